"""What the letters say: what is so, since when, what goes on by itself, and the next step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from gate.hub.alarms.words import moment_words, words_of
from gate.hub.config import HubConfig
from gate.hub.gates.state import fresh_now, tiers_of
from gate.hub.gates.words import meaning_of
from gate.hub.ingest.day_root import day_root
from gate.hub.ingest.models import Alarm, Heartbeat
from gate.hub.log.day import Day
from gate.hub.log.filters import SHOWN_WORDS
from gate.hub.log.silence import silences
from gate.hub.mails.models import Silence
from gate.hub.manifest.words import age_words
from gate.hub.report.figures import figures_of
from gate.hub.retention.models import Run
from gate.hub.sites.models import Site

_HERE_ONLY: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A letter's subject, one line, and its text."""

    subject: str
    body: str


def silent(site: Site, beat: Heartbeat, now: datetime) -> Told:
    """Tell that a gate is silent."""
    name, at = beat.unit.name, moment_words(beat.received_at, ZoneInfo(site.time_zone))
    return _told(
        site,
        f"{name} is silent; it still checks cards by itself",
        f"The hub has not heard {name} of {site.name} since {at}.",
        "It goes on checking cards by itself, with the rules and lists that it had then, and sends"
        " its entries later. Until it does, nobody here knows who went through it since: the roll"
        " call says so.",
        _lasting(site, beat, now),
        "Look whether it has power and network. When it is heard again you are told.",
        page="gates",
    )


def still_silent(site: Site, beat: Heartbeat, now: datetime) -> Told:
    """Tell that a gate has been silent for a day, or two."""
    name, age = beat.unit.name, age_words(now - beat.received_at)
    return _told(
        site,
        f"{name} has been silent for {age}",
        f"The hub has not heard {name} of {site.name} for {age}.",
        _lasting(site, beat, now),
        "An update can be carried there on a stick: see Carry an update by hand.",
        page="gates",
    )


def heard_again(site: Site, silence: Silence) -> Told:
    """Tell that a gate is heard again."""
    zone, name = ZoneInfo(site.time_zone), silence.unit.name
    heard_at = silence.ended_at or silence.since
    return _told(
        site,
        f"{name} is heard again",
        f"The hub hears {name} of {site.name} again, since {moment_words(heard_at, zone)}. It was"
        f" silent for {age_words(heard_at - silence.since)}.",
        "What it recorded meanwhile comes in by itself.",
        page="gates",
    )


def alarm(site: Site, raised: Alarm) -> Told:
    """Tell of an alarm of the stored record."""
    told = words_of(raised)
    at = moment_words(raised.first_at, ZoneInfo(site.time_zone))
    return _told(
        site,
        f"Alarm at {site.name}: {told.headline}",
        f"{told.headline}: {raised.unit.name}, {at}.",
        "What it means and what to do stands on the page Alarms, where it is acknowledged.",
        page="alarms",
    )


def not_let_go(site: Site, night: Run) -> Told:
    """Tell that something old could not be let go of."""
    at = moment_words(night.at, ZoneInfo(site.time_zone))
    return _told(
        site,
        f"{site.name} keeps something for longer than it may",
        f"What had grown old at {site.name} was let go of on {at}, and not all of it went.",
        f"The hub says: {night.fault}",
        "It is tried again each night. Show this to whoever looks after the hub.",
        page="alarms",
    )


def report(site: Site, day: Day, now: datetime) -> Told:
    """Tell a day in figures, with its root; nobody's name."""
    figures, root = figures_of(site, day), day_root(site, day.on)
    lines = [f"{SHOWN_WORDS[show]}: {number}" for show, number in figures.by_outcome.items()]
    gates = [
        f"{gate.name}: {gate.through_in} in, {gate.through_out} out, {gate.referred} referred,"
        f" {gate.refused} refused, {gate.not_turned} not turned"
        for gate in (*figures.gates, figures.total)
    ]
    reasons = [f"{one.headline}: {one.number}" for one in figures.reasons]
    doubts = [one.words(day) for one in silences(site, day, now)]
    return _told(
        site,
        f"{site.name}, {day.on:%A %-d %B %Y}: {figures.total.through_in} in",
        f"{site.name}, {day.on:%A %-d %B %Y}, {day.zone_words}.",
        "\n".join(lines),
        "\n".join(gates),
        "\n".join(reasons),
        "\n".join(doubts),
        f"The root of the day, over all that the hub had received by its midnight:\n"
        f"{root.root.hex()}\nKeep this letter: the page shows the same root as long as nothing of"
        " that day was changed.",
        page="report",
        query=f"?day={day.on.isoformat()}",
    )


def _lasting(site: Site, beat: Heartbeat, now: datetime) -> str:
    fresh = fresh_now(beat, tiers_of(site), now)
    return f"What it knows of cancelled cards and rules: {meaning_of(fresh)}"


def _told(site: Site, subject: str, *parts: str, page: str, query: str = "") -> Told:
    where = _address(reverse(page, args=[site.slug]) + query)
    wished = _address(reverse("mails", args=[site.slug]))
    end = f"You asked for this; change it at {wished}" if wished else "You asked for this."
    return Told(subject=subject, body="\n\n".join(filter(None, (*parts, where, end))) + "\n")


def _address(path: str) -> str:
    """Return a page's address as others reach it; nothing where nobody else can."""
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    names = [host for host in config.hosts if host not in _HERE_ONLY and not host.startswith(".")]
    if not names:
        return ""
    port = "" if config.https else f":{config.listen.rpartition(':')[2]}"
    return f"{'https' if config.https else 'http'}://{names[0]}{port}{path}"
