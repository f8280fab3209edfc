"""Site passes: issued to people whose scheme card somebody looked at, or a hub could read."""
