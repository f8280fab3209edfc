"""Commands of `gate hub manage`, each a thin way into gate.hub.sites.services."""
