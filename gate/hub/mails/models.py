"""Who wants which e-mail, what was written to whom, and the silences that were written of.

A letter stands here before it is sent and until long after: what a mail server did not take is
tried again, and what one took is not written twice.
"""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from gate.hub.sites.models import Site, Unit

MAX_SUBJECT_CHARS: Final = 200
MAX_KEY_CHARS: Final = 80
MAX_ERROR_CHARS: Final = 300


class Topic(models.TextChoices):
    """What there is to be told of."""

    SILENCE = "silence", "A gate that is silent, after five minutes, and when it is heard again"
    ALARM = "alarm", "An alarm of the stored record"
    REPORT = "report", "The daily report, the morning after"


class Wish(models.Model):
    """Somebody who wants to be told of something at a site."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    topic = models.CharField(max_length=16, choices=Topic.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "site", "topic"], name="wished_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} wants {self.topic} of {self.site}"


class Silence(models.Model):
    """A unit that was not heard since `since`; it ended when it was heard again."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "since"], name="silent_once_since"),
        ]

    def __str__(self) -> str:
        return f"silence of {self.unit}"


class Watch(models.Model):
    """Since when somebody has looked without a gap: no gate is silent to a hub that was off.

    One row, for all processes.
    """

    since = models.DateTimeField()
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"watched since {self.since}"


class Letter(models.Model):
    """One e-mail to one person; `key` names what it tells, so that it is written once.

    Whoever sends it holds it until `held_until`; a mail server that failed is asked again then.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    key = models.CharField(max_length=MAX_KEY_CHARS)
    address = models.EmailField()
    subject = models.CharField(max_length=MAX_SUBJECT_CHARS)
    body = models.TextField()
    made_at = models.DateTimeField()
    held_until = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=MAX_ERROR_CHARS, blank=True)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="written_once_to_each"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["held_until"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="letters_to_be_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"
