"""The areas of a site, and the access points that lead into and out of them."""
