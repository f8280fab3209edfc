"""Tables as files that are sent while they are made: CSV, XLSX and PDF, in flat memory."""
