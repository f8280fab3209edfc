"""Who looked at whom, and who changed what: written once, kept by the database, named by nobody."""
