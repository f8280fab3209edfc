"""Sending what was written: each letter by one process at a time, until a server has taken it.

A process takes a letter for itself before it sends it, so that two processes don't send one twice.
If it dies after the server took the letter and before that is written down, the letter is sent once
more, with the same Message-ID: better twice than never.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q, QuerySet

from gate.hub.config import HubConfig
from gate.hub.mails.models import MAX_ERROR_CHARS, Letter

HELD_FOR: Final = timedelta(minutes=2)
"""Longer than a mail server that answers at all may take for one letter."""

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=30)

GIVEN_UP_AFTER: Final = timedelta(days=5)
"""As long as a mail server tries (RFC 5321, section 4.5.4.1)."""

_FOR_GOOD: Final = 500
"""From here on a refusal is for good (RFC 5321, section 4.2.1): there is no such mailbox."""

MOST: Final = 500
"""In one go; the rest waits a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of it; `error` is what the server, or the way to it, said last."""

    sent: int
    waiting: int
    error: str


def send_due(now: datetime) -> Sent:
    """Send what is due. A server that can't be reached is not asked again for each letter."""
    old = Q(made_at__lt=now - GIVEN_UP_AFTER)
    _unsent().filter(old).update(given_up_at=now)
    connection = get_connection()
    sent, error = 0, ""
    try:
        for number in _unsent().filter(held_until__lte=now).values_list("pk", flat=True)[:MOST]:
            letter = taken(number, now)
            if letter is None:
                continue
            error, is_its_own = _send(letter, connection, now)
            if error and not is_its_own:
                break
            sent += not error
    finally:
        _close(connection)
    return Sent(sent=sent, waiting=_unsent().count(), error=error)


def _unsent() -> QuerySet[Letter]:
    return Letter.objects.filter(sent_at=None, given_up_at=None).order_by("pk")


def taken(number: int, now: datetime) -> Letter | None:
    """Take a letter for this process; None if another has it."""
    free = Letter.objects.filter(pk=number, sent_at=None, given_up_at=None, held_until__lte=now)
    if not free.update(held_until=now + HELD_FOR):
        return None
    return Letter.objects.get(pk=number)


def _send(letter: Letter, connection: BaseEmailBackend, now: datetime) -> tuple[str, bool]:
    """Send one; return what went wrong, which the letter keeps, and if that is its own fault."""
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    domain = config.mail_from.rpartition("@")[2]
    message = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=config.mail_from,
        to=[letter.address],
        headers={
            "Message-ID": f"<letter-{letter.pk}-{int(letter.made_at.timestamp())}@{domain}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's holiday answers it
        },
        connection=connection,
    )
    try:
        connection.open()
        message.send()
    except OSError as error:  # of the network, and smtplib's own, which are OSErrors
        _close(connection)
        refused = _refusals(error)
        letter.tries += 1
        letter.error = f"{type(error).__name__}: {error}"[:MAX_ERROR_CHARS]
        wait = min(FIRST_WAIT * 2 ** min(letter.tries - 1, 10), LONGEST_WAIT)
        letter.held_until = now + wait
        if refused and min(refused) >= _FOR_GOOD:
            letter.given_up_at = now
        letter.save(update_fields=["tries", "error", "held_until", "given_up_at"])
        return letter.error, bool(refused)
    letter.sent_at, letter.error = now, ""
    letter.save(update_fields=["sent_at", "error"])
    return "", True


def _refusals(error: OSError) -> list[int]:
    """Return with which codes a server refused the reader, if it did (SMTPRecipientsRefused)."""
    told = getattr(error, "recipients", None)
    return [code for code, _ in told.values()] if isinstance(told, dict) else []


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        return  # everything was said by then, and is written down
