"""The application of the hub's own e-mail."""

from django.apps import AppConfig


class MailsConfig(AppConfig):
    """Its tables are called mails_*."""

    name = "gate.hub.mails"
    label = "mails"
