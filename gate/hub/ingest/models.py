"""What the hub keeps of every unit: its journals, their entries, alarms, and its last heartbeat.

Entries are written by `gate.hub.ingest.rows_*` alone and are never changed or removed: migration
0002 has the database itself refuse it, but for erasing a person (salt and holder become NULL
together). Times of a scan are milliseconds since 1970, exactly as they were hashed.
"""

from datetime import datetime
from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q

from gate.events.chain import HASH_BYTES, JOURNAL_ID_BYTES
from gate.events.codec import SALT_BYTES, from_ms
from gate.events.model import MAX_DETAIL_CHARS, MAX_REASONS, MAX_TEXT_CHARS
from gate.hub.sites.models import Site, Unit

MAX_REASONS_CHARS: Final = MAX_REASONS * (MAX_TEXT_CHARS + 1)


class Journal(models.Model):
    """One journal of a unit and how far the hub has it; a quarantine begins another."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False)
    journal_id = models.BinaryField(max_length=JOURNAL_ID_BYTES)
    stored_through = models.BigIntegerField()
    head_hash = models.BinaryField(max_length=HASH_BYTES)
    predecessor = models.CharField(max_length=MAX_DETAIL_CHARS, blank=True)
    """What its first entry says of the journal before it; empty for a unit's first."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "journal_id"], name="journal_once_a_unit"),
        ]

    def __str__(self) -> str:
        return f"journal {bytes(self.journal_id).hex()} through {self.stored_through}"


class Entry(models.Model):
    """One record, its columns as `gate.events.batch_rows.COLUMNS` names them.

    Two indexes and no more: each costs a third of an insert. Foreign keys are not checked a row at
    a time: the ingest holds the journal's row while it writes, and no journal, unit or site with
    entries can be deleted.
    """

    pk = models.CompositePrimaryKey("journal_id", "seq")
    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    received_ms = models.BigIntegerField()
    seq = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    clock_trusted = models.BooleanField()
    kind = models.CharField(max_length=MAX_TEXT_CHARS)
    access_point = models.CharField(max_length=MAX_TEXT_CHARS)
    direction = models.CharField(max_length=MAX_TEXT_CHARS)
    outcome = models.CharField(max_length=MAX_TEXT_CHARS)
    reason = models.CharField(max_length=MAX_TEXT_CHARS)
    reasons = models.CharField(max_length=MAX_REASONS_CHARS)
    count = models.BigIntegerField()
    list_age_s = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=MAX_DETAIL_CHARS)
    commitment = models.BinaryField(max_length=HASH_BYTES)
    salt = models.BinaryField(max_length=SALT_BYTES, null=True)
    holder = models.TextField(null=True)  # noqa: DJ001 - NULL is "erased or never there", never ""
    hash = models.BinaryField(max_length=HASH_BYTES)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["site", "at_ms"], name="entry_of_a_site_by_time")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(salt__isnull=True, holder__isnull=True)
                | Q(salt__isnull=False, holder__isnull=False),
                name="salt_and_holder_go_together",
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.seq} of journal {self.journal_id}"

    @property
    def at(self) -> datetime:
        """When it happened, by the unit's clock."""
        return from_ms(self.at_ms)

    @property
    def received_at(self) -> datetime:
        """When the hub stored it, by its own clock."""
        return from_ms(self.received_ms)


class AlarmKind(models.TextChoices):
    """What somebody must look into."""

    CONFLICT = "conflict", "A unit sent another entry under a number already stored"
    UNNAMED_PREDECESSOR = "unnamed_predecessor", "A unit began a journal without naming its last"
    ENTRY_CHANGED = "entry_changed", "A stored entry is not what it was"
    SECOND_UNIT = "second_unit", "A second unit asked to join by a code"


class Alarm(models.Model):
    """Something that must not happen, once a subject, with how often it was seen."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    kind = models.CharField(max_length=32, choices=AlarmKind.choices)
    journal_id = models.BinaryField(max_length=JOURNAL_ID_BYTES)
    seq = models.BigIntegerField()
    detail = models.CharField(max_length=512)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveBigIntegerField(default=1)

    class Meta:
        ordering: ClassVar = [F("last_at").desc()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "kind", "journal_id", "seq"], name="alarm_once_a_subject"
            ),
        ]

    def __str__(self) -> str:
        return self.detail


class Check(models.Model):
    """One check of every journal of a site, done to its end (gate.hub.ingest.nightly)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    at = models.DateTimeField()
    journals = models.PositiveBigIntegerField()
    entries = models.PositiveBigIntegerField()
    bad_journals = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.journals} journals of {self.site}, {self.bad_journals} bad"


class HeardDay(models.Model):
    """A unit's day, of UTC, in slots of five minutes: how it was when it was heard in each.

    `slots` has a character for each: that of `gate.hub.ingest.heard`, a blank for unheard.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False)
    day = models.IntegerField()
    """Days since 1970."""
    slots = models.CharField(max_length=288)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "day"], name="heard_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"day {self.day} of {self.unit_id}"


class SharpDay(models.Model):
    """How the camera of one of a unit's lanes saw the cards of a day (`gate.events.camera_day`)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False)
    lane = models.CharField(max_length=MAX_TEXT_CHARS)
    day = models.IntegerField()
    """Days since 1970."""
    cards = models.IntegerField()
    edge_cpx = models.IntegerField()
    haze_percent = models.IntegerField()
    need_us = models.IntegerField()
    missed = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "lane", "day"], name="sharp_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"day {self.day} of {self.unit_id}, {self.lane}"


class Heartbeat(models.Model):
    """What a unit said of itself last."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True)
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    clock_trusted = models.BooleanField()
    backlog = models.BigIntegerField()
    oldest_at = models.DateTimeField(null=True)
    list_ages_s = models.JSONField()
    temperature_c = models.IntegerField(null=True)
    disk_free_bytes = models.BigIntegerField(null=True)
    version = models.CharField(max_length=MAX_TEXT_CHARS)
    boot_reason = models.CharField(max_length=MAX_DETAIL_CHARS)
    faults = models.JSONField()
    manifest_version = models.BigIntegerField(null=True)
    manifest_age_s = models.BigIntegerField(null=True)
    tier = models.CharField(max_length=MAX_TEXT_CHARS, default="")
    tier_left_s = models.BigIntegerField(null=True)
    untrusted_s = models.BigIntegerField(null=True)
    areas = models.JSONField(default=dict)
    """Where each of its access points leads; empty from a unit of before it told."""

    def __str__(self) -> str:
        return f"heartbeat of {self.unit}"
