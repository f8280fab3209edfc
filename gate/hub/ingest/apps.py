"""The application of journals, entries, alarms and heartbeats."""

from functools import cached_property

from django.apps import AppConfig
from django.conf import settings

from gate.hub.config import HubConfig
from gate.hub.keys import load_hub_key
from gate.signing.keys import SigningKey


class IngestConfig(AppConfig):
    """Its tables are called ingest_*."""

    name = "gate.hub.ingest"
    label = "ingest"

    @cached_property
    def hub_key(self) -> SigningKey:
        """What signs receipts, read once in a process.

        Raises:
            ConfigError: the file can't be read.
            TrustError: it holds no key.
        """
        config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
        return load_hub_key(config)
