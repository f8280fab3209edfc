"""The application of site passes."""

from django.apps import AppConfig


class PassesConfig(AppConfig):
    """Its tables are called passes_*."""

    name = "gate.hub.passes"
    label = "passes"
