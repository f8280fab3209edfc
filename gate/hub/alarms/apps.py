"""The application of what people write about alarms; the alarms themselves are the ingest's."""

from django.apps import AppConfig


class AlarmsConfig(AppConfig):
    """Its table is called alarms_*."""

    name = "gate.hub.alarms"
    label = "alarms"
