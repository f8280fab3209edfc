"""The application of the audit record."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Its table is called audit_*."""

    name = "gate.hub.audit"
    label = "audit"
