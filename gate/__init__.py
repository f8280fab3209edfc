"""Site Gate: reads a worker's card, checks it offline, opens the turnstile, keeps the proof."""

__version__ = "0.1.0"
