"""Whom the gate believes: issuers, their keys, their status lists. Pure."""
