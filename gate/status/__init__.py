"""The unit's own page: what a site's people see of a gate when hub and internet are down."""
