"""The application of sites, units and memberships."""

from django.apps import AppConfig


class SitesConfig(AppConfig):
    """Its tables are called sites_*."""

    name = "gate.hub.sites"
    label = "sites"
