"""The gatehouse: who stands at a gate now, with the face on record, and letting in by name."""
