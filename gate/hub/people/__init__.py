"""The people of a site: their cards, inductions, passes, visits, notes, and companies."""
