"""Commands of `gate hub manage`."""
