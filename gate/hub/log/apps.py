"""The application of the entry log; it has no tables of its own."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class LogConfig(AppConfig):
    """Teaches every connection of SQLite's to search for people."""

    name = "gate.hub.log"
    label = "log"

    def ready(self) -> None:
        """Hear of connections as they are made."""
        from gate.hub.log.search import add_to_sqlite  # noqa: PLC0415 - it needs the models

        connection_created.connect(add_to_sqlite)
