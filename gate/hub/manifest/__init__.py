"""What a site's gates are told: rules, blocks, orders; and where everybody was last seen."""
