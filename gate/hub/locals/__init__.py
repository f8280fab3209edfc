"""Who may sign in at a site's units, when they can't ask the hub."""
