"""The disk: journal, trust directory, whole-file writes."""
