"""Whoever runs the hub: its organisations, sites and people."""
