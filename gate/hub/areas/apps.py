"""The application of areas and access points."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """Its tables are called areas_*."""

    name = "gate.hub.areas"
    label = "areas"
