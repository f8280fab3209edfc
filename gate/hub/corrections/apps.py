"""The application of corrections."""

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    """Its table is called corrections_*."""

    name = "gate.hub.corrections"
    label = "corrections"
