"""The record: what an entry holds, how it is encoded, how entries chain. Pure."""
