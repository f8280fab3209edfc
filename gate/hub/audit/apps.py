"""The application of the audit record."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Its table is called audit_*."""

    name = "gate.hub.audit"
    label = "audit"

    def ready(self) -> None:
        """Listen to who signs in."""
        from gate.hub.audit.accounts import listen  # noqa: PLC0415 - needs the models loaded

        listen()
