"""What the hub tells people by e-mail, of themselves: silent gates, alarms, the daily report."""
