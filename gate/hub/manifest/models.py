"""What makes a site's manifest and its presence, and what was handed to which unit.

Rules, blocks, their ends, orders, forgiven exits, releases and identifications are written once:
migrations 0002, 0005, 0006 and 0008 have the database refuse to change or remove them, but for a
card's number, which may be erased. Persons are keyed hashes. Each carries the version of the
manifest that told the gates of it.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.access.model import Direction
from gate.hub.alarms.models import MAX_NAME_CHARS
from gate.hub.ingest.models import Journal
from gate.hub.sites.models import Site, Unit
from gate.trust.commanded import MAX_POINT_CHARS
from gate.trust.manifest import COMMAND_ID_BYTES, CommandKind
from gate.trust.person import PERSON_BYTES

MAX_ISSUER_CHARS: Final = 64
MAX_NUMBER_CHARS: Final = 32
MAX_REASON_CHARS: Final = 200
"""All three as the site's rules have them (`gate.access.site_policy.BlockedCard`)."""

ETAG_CHARS: Final = 32
MAX_BASIS_CHARS: Final = 160
"""Four counts and the name of a time zone."""


class Manifest(models.Model):
    """A site's manifest as it was last signed; no message means that it is to be signed anew."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, primary_key=True)
    version = models.BigIntegerField()
    issued_at = models.DateTimeField(null=True)
    message = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"manifest of {self.site_id}, version {self.version}"


class Watched(models.Model):
    """Until when somebody at the gatehouse waits for a site's scans."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.site_id}, watched until {self.until}"


class Written(models.Model):
    """Who wrote something down, when, and since which version of the manifest it is told.

    The name stands beside the user, because it is what the record says however users change; who
    used the hub's own console has no user.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    by_name = models.CharField(max_length=MAX_NAME_CHARS)
    version = models.BigIntegerField()

    class Meta:
        abstract = True


class Rules(Written):
    """A site's rules, TOML text, judged whole before they were taken; the last are in force.

    `stay_h` is what they say of free exits, for pages that must not read all the rest; null where
    exits are seen.
    """

    text = models.TextField()
    stay_h = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"rules of {self.site_id}, version {self.version}"


class Block(Written):
    """Somebody who is not to come in, known by a card; in force until it has an end."""

    person = models.BinaryField(max_length=PERSON_BYTES)
    issuer = models.CharField(max_length=MAX_ISSUER_CHARS, blank=True)
    number = models.CharField(max_length=MAX_NUMBER_CHARS, blank=True)
    reason = models.CharField(max_length=MAX_REASON_CHARS)

    def __str__(self) -> str:
        return f"block of {bytes(self.person).hex()}"


class Unblock(Written):
    """The end of a block."""

    block = models.OneToOneField(Block, on_delete=models.PROTECT)
    reason = models.CharField(max_length=MAX_REASON_CHARS)

    def __str__(self) -> str:
        return f"end of the {self.block}"


class Induction(models.Model):
    """Somebody who counts as inducted at a site, until `ends_at` where that is set.

    Of which version their induction was, and on which day, is known of both or of neither.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    person = models.BinaryField(max_length=PERSON_BYTES)
    ends_at = models.DateTimeField(null=True)
    edition = models.PositiveSmallIntegerField(null=True)
    on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "person"], name="inducted_once_a_site"),
        ]

    def __str__(self) -> str:
        return f"induction of {bytes(self.person).hex()}"


class Order(Written):
    """A command to all gates of a site; the last stands until the next, and is told meanwhile.

    A test release never stands, and is told for its ten minutes only.
    """

    order_id = models.BinaryField(max_length=COMMAND_ID_BYTES, unique=True)
    kind = models.CharField(
        max_length=16, choices=[(kind.value, kind.name) for kind in CommandKind]
    )
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    not_after = models.DateTimeField()
    """Moves on while it stands, so that a gate that comes back obeys it still."""

    def __str__(self) -> str:
        return f"{self.kind} of {self.site_id}"


class Forgiveness(Written):
    """An exit that was forgotten and that somebody took for made, as of `at`: estimated.

    It undoes no passage that comes after. `order_id` is the command's that tells the gates.
    """

    person = models.BinaryField(max_length=PERSON_BYTES)
    issuer = models.CharField(max_length=MAX_ISSUER_CHARS, blank=True)
    number = models.CharField(max_length=MAX_NUMBER_CHARS, blank=True)
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    order_id = models.BinaryField(max_length=COMMAND_ID_BYTES, unique=True)
    not_after = models.DateTimeField()

    def __str__(self) -> str:
        return f"forgiven exit of {bytes(self.person).hex()}"


class Release(Written):
    """Somebody whom a gate sent to the guard, and whom a guard let in from the gatehouse.

    The entry that referred them names them, and nothing here does. `order_id` is the command's
    that tells the gate.
    """

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, db_index=False)
    seq = models.BigIntegerField()
    person = models.BinaryField(max_length=PERSON_BYTES)
    access_point = models.CharField(max_length=MAX_POINT_CHARS)
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    order_id = models.BinaryField(max_length=COMMAND_ID_BYTES, unique=True)
    not_after = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journal", "seq"], name="released_once_a_referral"),
        ]

    def __str__(self) -> str:
        return f"release of entry {self.seq} of journal {self.journal_id}"


class Identification(Written):
    """A unit that somebody asked to blink and beep; `points` are its access points, one a line."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    points = models.TextField()
    order_id = models.BinaryField(max_length=COMMAND_ID_BYTES, unique=True)
    not_after = models.DateTimeField()

    def __str__(self) -> str:
        return f"identification of {self.unit_id}"


class Handed(models.Model):
    """Which version of its site's manifest a unit was handed last, and when it last asked."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True)
    version = models.BigIntegerField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"version {self.version}, handed to {self.unit_id}"


class Whereabouts(models.Model):
    """The entry by which somebody last passed a gate of a site.

    The entry names them, and nothing here does: who is erased there is nameless here.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    person = models.BinaryField(max_length=PERSON_BYTES)
    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    seq = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    direction = models.CharField(
        max_length=3, choices=[(direction.value, direction.name) for direction in Direction]
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "person"], name="seen_last_once_a_site"),
        ]

    def __str__(self) -> str:
        return f"{bytes(self.person).hex()} went {self.direction}"


class Noticed(models.Model):
    """An entry that tells of a fire, or of people who passed and whom nobody knows.

    There is one of a thousand passages: a site's are few enough to be read whenever it is signed.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    seq = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    direction = models.CharField(max_length=3, blank=True)
    count = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["site", "at_ms"], name="noticed_by_time")]

    def __str__(self) -> str:
        return f"{self.kind}, {self.count}, in journal {self.journal_id}"


class Folded(models.Model):
    """How far a journal's entries have been looked at for whereabouts."""

    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, primary_key=True)
    through = models.BigIntegerField()

    def __str__(self) -> str:
        return f"journal {self.journal_id} through {self.through}"


class SignedHours(models.Model):
    """How long everybody was at a site, as it was signed last; only while its rules ask for it."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, primary_key=True)
    issued_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=ETAG_CHARS, blank=True)
    message = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"hours of {self.site_id}"


class CountedWeek(models.Model):
    """Minutes of everybody in a week that is over; `basis` is what they were counted from."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False)
    monday = models.DateField()
    basis = models.CharField(max_length=MAX_BASIS_CHARS)
    body = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "monday"], name="week_counted_once"),
        ]

    def __str__(self) -> str:
        return f"week of {self.monday} at {self.site_id}"


class SignedPresence(models.Model):
    """A site's presence as it was last signed: one for all processes, so that none is older."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, primary_key=True)
    issued_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=ETAG_CHARS, blank=True)
    message = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"presence of {self.site_id}"
