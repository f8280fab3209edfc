"""The entry log: what happened at the gates of a site on a day."""
