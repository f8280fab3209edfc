"""The application of support bundles."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """Its tables are called support_*."""

    name = "gate.hub.support"
    label = "support"
