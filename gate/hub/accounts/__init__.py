"""Signing in: passwords and their reset, the second factor, and what keeps guessing slow."""
