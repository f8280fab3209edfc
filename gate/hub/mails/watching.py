"""Looking whether there is something to tell, and writing it: each thing once to each reader.

Whoever runs it, how often, and how many at once makes no difference: what was written of is in the
database, and a second process finds it there.

1. The watch itself.  2. Silences that begin, last a day or two, or end.  3. Alarms.  4. Reports.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from gate.hub.ingest.models import Alarm, Heartbeat
from gate.hub.log.day import Day
from gate.hub.log.silence import SILENT_AFTER
from gate.hub.mails import words
from gate.hub.mails.models import MAX_SUBJECT_CHARS, Letter, Silence, Topic, Watch, Wish
from gate.hub.mails.wishes import readers
from gate.hub.mails.words import Told
from gate.hub.retention.told import last_run
from gate.hub.sites.models import Site

GAP: Final = timedelta(minutes=5)
"""Who looks each minute and didn't for this long was switched off, and the hub most likely too."""

REMIND_AFTER: Final = (timedelta(hours=24), timedelta(hours=48))
"""When lists turn amber, and a day later (`gate.trust.freshness`)."""

REPORT_HOUR: Final = 6
"""Of the site's own day: before the first manager, after the night's uploads."""

ALARMS_FOR: Final = timedelta(days=7)
"""Older ones were told, or nobody wanted to be told while they were new."""


def look(now: datetime) -> int:
    """Write what is to be told; return how many letters were written."""
    # 1.
    since = _watched_since(now)
    wanted = set(Wish.objects.values_list("site_id", flat=True))
    written = 0
    for site in Site.objects.filter(pk__in=wanted):
        # 2.
        written += _silences(site, since, now)
        # 3.
        written += _alarms(site, now)
        # 4.
        written += _report(site, now)
    return written


def _watched_since(now: datetime) -> datetime:
    with transaction.atomic():
        watch, _ = Watch.objects.select_for_update().get_or_create(
            pk=1, defaults={"since": now, "last_at": now}
        )
        if now - watch.last_at > GAP:
            watch.since = now
        watch.last_at = max(watch.last_at, now)
        watch.save()
        return watch.since


def _silences(site: Site, watched_since: datetime, now: datetime) -> int:
    written = 0
    beats = Heartbeat.objects.filter(unit__site=site, unit__retired_at=None).select_related("unit")
    for beat in beats:
        since = beat.received_at
        for over in Silence.objects.filter(unit=beat.unit, ended_at=None, since__lt=since):
            written += _end(site, over, since)
        if now - max(since, watched_since) <= SILENT_AFTER:
            continue
        silence, _ = Silence.objects.get_or_create(unit=beat.unit, since=since)
        told = words.silent(site, beat, now)
        written += _write(site, Topic.SILENCE, f"silence:{silence.pk}", told, now)
        for age in REMIND_AFTER:
            if now - since > age:
                key = f"silence:{silence.pk}:{age // timedelta(hours=1)}"
                written += _write(
                    site, Topic.SILENCE, key, words.still_silent(site, beat, now), now
                )
    return written


def _end(site: Site, silence: Silence, heard_at: datetime) -> int:
    """Tell those who were told of a silence that it is over."""
    silence.ended_at = heard_at
    silence.save(update_fields=["ended_at"])
    told = Letter.objects.filter(key=f"silence:{silence.pk}").values_list("user_id", flat=True)
    key = f"silence:{silence.pk}:over"
    return _write(site, Topic.SILENCE, key, words.heard_again(site, silence), heard_at, only=told)


def _alarms(site: Site, now: datetime) -> int:
    alarms = Alarm.objects.filter(
        unit__site=site, first_at__gte=now - ALARMS_FOR, acknowledgement=None
    )
    written = sum(
        _write(site, Topic.ALARM, f"alarm:{alarm.pk}", words.alarm(site, alarm), now)
        for alarm in alarms.select_related("unit")
    )
    last = last_run(site)
    if last is not None and last.fault and last.at >= now - ALARMS_FOR:
        key = f"retention:{last.pk}"
        written += _write(site, Topic.ALARM, key, words.not_let_go(site, last), now)
    return written


def _report(site: Site, now: datetime) -> int:
    zone = ZoneInfo(site.time_zone)
    local = now.astimezone(zone)
    if local.hour < REPORT_HOUR:
        return 0
    on = local.date() - timedelta(days=1)
    key = f"report:{site.pk}:{on.isoformat()}"
    to = readers(site, Topic.REPORT)
    if Letter.objects.filter(key=key).count() >= len(to):
        return 0  # a day's figures are counted once, not each minute
    return _write(site, Topic.REPORT, key, words.report(site, Day(on=on, zone=zone), now), now)


def _write(
    site: Site,
    topic: Topic,
    key: str,
    told: Told,
    now: datetime,
    *,
    only: Iterable[int] | None = None,
) -> int:
    chosen = None if only is None else set(only)
    written = 0
    for user in readers(site, topic):
        if chosen is not None and user.pk not in chosen:
            continue
        _, is_new = Letter.objects.get_or_create(
            user=user,
            key=key,
            defaults={
                "site": site,
                "address": user.email,
                "subject": told.subject[:MAX_SUBJECT_CHARS],
                "body": told.body,
                "made_at": now,
                "held_until": now,
            },
        )
        written += is_new
    return written
