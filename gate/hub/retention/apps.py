"""The application of retention."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Its tables are called retention_*."""

    name = "gate.hub.retention"
    label = "retention"
