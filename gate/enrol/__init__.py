"""A unit's first day: from a set-up code to its first entry at the hub, or back to how it was."""
