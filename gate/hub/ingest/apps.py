"""The application of journals, entries, alarms and heartbeats."""

import os
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cached_property

from django.apps import AppConfig
from django.conf import settings

from gate.hub.config import HubConfig
from gate.hub.ingest.limits import Budget
from gate.hub.ingest.places import place_for, places_of
from gate.hub.ingest.recall import Recall
from gate.hub.keys import load_hub_key
from gate.hub.looking import somebody_looks
from gate.signing.keys import SigningKey


class IngestConfig(AppConfig):
    """Its tables are called ingest_*; what a process keeps between requests is kept here."""

    name = "gate.hub.ingest"
    label = "ingest"

    @cached_property
    def budget(self) -> Budget:
        """How often each unit has asked this process."""
        return Budget()

    @cached_property
    def recall(self) -> Recall:
        """The units that this process has just heard of."""
        return Recall()

    @cached_property
    def hub_key(self) -> SigningKey:
        """What signs receipts, read once in a process.

        Raises:
            ConfigError: the file can't be read.
            TrustError: it holds no key.
        """
        config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
        return load_hub_key(config)

    def place_for(self, size_bytes: int, now: datetime) -> AbstractContextManager[None]:
        """Return what a batch of so many bytes is taken in under."""
        config: HubConfig = settings.HUB  # type: ignore[misc]  # as above
        is_looking = somebody_looks(now)
        if config.sqlite_file is not None and not is_looking:
            return nullcontext()  # its writers take turns, and commit together
        places = places_of(len(os.sched_getaffinity(0)), is_looking=is_looking)
        return place_for(size_bytes, config.data, places)
