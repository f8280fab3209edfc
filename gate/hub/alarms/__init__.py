"""Alarms of a site: what must not happen and did, who took notice of it, and what they wrote."""
