"""A site's rules on the hub: edited, tried on a day that is over, and put in force."""
