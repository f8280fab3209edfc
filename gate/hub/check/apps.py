"""The application of checks of cards."""

from django.apps import AppConfig


class CheckConfig(AppConfig):
    """Its table is called check_*."""

    name = "gate.hub.check"
    label = "check"
