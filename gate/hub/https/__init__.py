"""HTTPS on a site's own network: the hub's own authority, and how it is trusted."""
