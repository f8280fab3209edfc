"""Faults as campaigns with seeds: real processes, real sockets, and a wire that spoils things."""
