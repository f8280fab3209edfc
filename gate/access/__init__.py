"""The decision: who may pass here, now, and why not. Pure."""
