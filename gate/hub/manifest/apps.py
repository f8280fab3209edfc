"""The application of sites' manifests and presence."""

from django.apps import AppConfig


class ManifestConfig(AppConfig):
    """Its tables are called manifest_*."""

    name = "gate.hub.manifest"
    label = "manifest"
