"""Organisations, sites, units, and who may see them."""
