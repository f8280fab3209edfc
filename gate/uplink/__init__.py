"""The network process: brings the journal to the hub. It decides nothing, no gate waits for it."""
