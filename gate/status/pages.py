"""The pages that name nobody: sign in, what is now, ages of lists, faults. Pure."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from gate.access.presence import SITE_WIDE_FRESH
from gate.status.faults import Fault
from gate.status.layout import (
    ROLL_CALL,
    SIGN_IN,
    Frame,
    card,
    page,
    pill,
    table,
)
from gate.status.markup import Content, Html, join, tag
from gate.status.reply import Reply
from gate.status.roll import Roll
from gate.status.unit_watch import Lane, Seen
from gate.status.words import age_words, moment_words, shown_words, way_words
from gate.store.trust_freshness import CLOCK, MANIFEST, worst_tier
from gate.trust.freshness import Freshness, Tier
from gate.trust.gates_heard import GateHeard
from gate.trust.local_login import LocalRole

REFRESH_S: Final = 5
"""Of what is live; nothing on it is read for longer, and nothing is typed there."""

_TIERS: Final = {
    Tier.GREEN: ("Young enough", "admit", "✓"),
    Tier.AMBER: ("Getting old", "note", "!"),
    Tier.RED: ("Too old", "refuse", "✗"),
}
_NEXT: Final = {Tier.GREEN: "amber", Tier.AMBER: "red"}


def sign_in_page(
    frame: Frame, seen: Seen, *, works: bool, fault: str = "", wait: bool = False
) -> Reply:
    """Return what anybody sees: whether the gate works, and where to sign in."""
    state = ("This gate works", "admit", "✓") if works else ("This gate has a fault", "refuse", "✗")
    told = card(tag("h1", pill(*state)), tag("p", _who_helps(works=works), class_="quiet"))
    inside = _no_logins(seen) if not seen.logins else _form(fault)
    status = HTTPStatus.OK
    if fault:
        status = HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.FORBIDDEN
    return page(frame, "Sign in", tag("div", told, inside, class_="narrow"), status=status)


def message_page(unit: str, status: HTTPStatus, words: str) -> Reply:
    """Return that something can't be answered, and why."""
    said = card(tag("h1", status.phrase), tag("p", f"{words[:1].upper()}{words[1:]}."))
    return page(Frame(unit=unit), status.phrase, tag("div", said, class_="narrow"), status=status)


def now_page(frame: Frame, seen: Seen, roll: Roll, faults: list[Fault]) -> Reply:
    """Return what is now: each lane, how many are inside, what is wrong."""
    return page(
        frame,
        "Now",
        tag("h1", "Now", class_="hidden"),
        _fire(roll, seen),
        tag("div", [_lane(lane) for lane in seen.lanes], class_="lanes"),
        _inside(frame, seen, roll),
        _clock(seen),
        _first_faults(faults),
        refresh_s=REFRESH_S,
    )


def lists_page(frame: Frame, seen: Seen) -> Reply:
    """Return how old everything is that the gate goes by, and what is left of its time."""
    rows = [
        _age_row(what, fresh, seen)
        for what, fresh in seen.judged.items()
        if what != CLOCK or not seen.moment.trusted
    ]
    judged = seen.trust is not None and bool(seen.judged)
    worst = worst_tier(seen.judged) if judged else Tier.RED
    return page(
        frame,
        "Lists",
        tag("h1", "Lists and rules"),
        tag(
            "p",
            "What this gate goes by, and how old it is. Amber admits with a note; red has a guard"
            " check everybody, or refuses, as the site has chosen.",
            class_="quiet",
        ),
        card(tag("p", "Altogether: ", pill(*_TIERS[worst]))) if judged else "",
        card(table(("What", "State", "Signed", "Age", "Left"), rows, "stack"))
        if rows
        else card(tag("p", "What this gate goes by can't be known; see Faults.")),
        _site_age(seen),
        refresh_s=60,
    )


def faults_page(frame: Frame, faults: list[Fault]) -> Reply:
    """Return what is wrong, each with what to do."""
    told: Content = [_fault(fault) for fault in faults]
    if not faults:
        told = card(tag("p", pill("Nothing is wrong", "admit", "✓")))
    return page(frame, "Faults", tag("h1", "Faults"), told, refresh_s=30)


def _who_helps(*, works: bool) -> str:
    if works:
        return "Sign in to see the roll call, the record, and how the gate is."
    return (
        "The way out is free. Sign in to see what is wrong and what to do, or call the contractor."
    )


def _no_logins(seen: Seen) -> Html:
    if seen.trust is None or seen.trust.manifest is None:
        why = "This gate has no manifest of its site, so it knows nobody who may sign in."
        step = (
            "Connect it to its hub, or carry an update to it by hand (gate trust import). Logins"
            " are given on the hub's page Gate logins."
        )
    else:
        why = "Nobody may sign in at this site's gates yet."
        step = (
            "A manager gives logins on the hub's page Gate logins; they are here within a minute."
        )
    return card(tag("h2", "Nobody can sign in here"), tag("p", why), tag("p", step))


def _form(fault: str) -> Html:
    said = tag("p", fault, class_="fault", role="alert") if fault else ""
    return tag(
        "form",
        tag("h2", "Sign in"),
        said,
        tag("label", "Name", for_="name"),
        tag(
            "input",
            id="name",
            name="name",
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
            maxlength="32",
            required=True,
        ),
        tag("label", "Password", for_="password"),
        tag(
            "input",
            id="password",
            name="password",
            type="password",
            autocomplete="current-password",
            maxlength="64",
            required=True,
        ),
        tag("button", "Sign in", class_="main"),
        method="post",
        action=SIGN_IN,
        class_="card",
    )


def _fire(roll: Roll, seen: Seen) -> Html | str:
    alarm = roll.muster.alarm
    if alarm is None:
        return ""
    what = "Fire alarm tested" if alarm.is_test else "FIRE ALARM"
    since = f"{what}, since {alarm.at.astimezone(seen.zone):%H:%M:%S}"
    turned = (
        f"Turned through since by nobody known: {alarm.turned_out} out, {alarm.turned_in} in."
        " It stands until the guard's key and a card in order end it here."
    )
    return card(tag("h2", pill(since, "refuse", "!")), tag("p", turned), tone="refuse")


def _lane(lane: Lane) -> Html:
    if lane.state is None:
        what, _, step = lane.fault.partition("; next: ")
        state = [
            tag("p", pill("Not known", "refuse", "✗")),
            tag("p", f"{what[:1].upper()}{what[1:]}."),
        ]
        state += [tag("p", f"Next: {step}.", class_="quiet")] if step else []
        return card(_lane_name(lane), state, tone="refuse")
    words, tone = shown_words(lane.state.shown)
    mark = {"admit": "✓", "note": "!", "refuse": "✗"}[tone]
    return card(_lane_name(lane), tag("p", pill(words, tone, mark)), tone=tone)


def _lane_name(lane: Lane) -> Html:
    way = way_words(lane.direction)
    return tag("h2", lane.name, " ", pill(way, way))


def _inside(frame: Frame, seen: Seen, roll: Roll) -> Html:
    at = f"{roll.call.at.astimezone(seen.zone):%H:%M:%S}"
    unsure = "" if roll.is_sure else " The list may be wrong: the roll call says why."
    words = f"{roll.present_words}, at {at}.{unsure}"
    may_open = frame.who is not None and frame.who.role is not LocalRole.CONTRACTOR
    link = tag("a", "Roll call", class_="button main", href=ROLL_CALL) if may_open else ""
    return card(
        tag("p", tag("strong", str(roll.present), class_="number"), " ", tag("span", words)), link
    )


def _clock(seen: Seen) -> Html:
    now = seen.moment
    local = f"{now.at.astimezone(seen.zone):%H:%M:%S} {seen.zone.key}"
    if now.trusted:
        return tag("p", f"It is {local}.", class_="quiet")
    words = f"This gate doesn't know what time it is; it is no earlier than {local}."
    return tag("p", pill(words, "note", "!"))


def _first_faults(faults: list[Fault]) -> Content:
    return [_fault(fault) for fault in faults if fault.is_bad]


def _fault(fault: Fault) -> Html:
    tone, mark = ("refuse", "✗") if fault.is_bad else ("note", "!")
    return card(
        tag(
            "p",
            tag("span", mark, class_=f"mark {tone}", aria_hidden="true"),
            " ",
            tag("strong", fault.what),
        ),
        tag("p", "Next: ", fault.step),
        tone=tone,
    )


def _age_row(what: str, fresh: Freshness, seen: Seen) -> list[Content]:
    left = "" if fresh.tier is Tier.RED else f"{_NEXT[fresh.tier]} in {age_words(fresh.left)}"
    name, signed = what.removeprefix("list "), moment_words(seen.moment.at - fresh.age, seen.zone)
    if what == MANIFEST:
        name = "The site's rules, blocks and logins"
    if what == CLOCK:
        name, signed = "Running without a clock that something set", ""
    return [name, pill(*_TIERS[fresh.tier]), signed, age_words(fresh.age), left]


def _site_age(seen: Seen) -> Html | str:
    if seen.site is None:
        return ""
    at = seen.site.issued_at
    heard = [
        [
            gate.name,
            _heard(gate, seen.moment.at),
            moment_words(gate.heard_at, seen.zone) if gate.was_heard else "never",
            moment_words(gate.whole_at, seen.zone) if gate.was_heard else "not known",
        ]
        for gate in seen.site.gates
    ]
    return join(
        tag("h2", "The site's gates"),
        tag(
            "p",
            f"As the hub knew on {moment_words(at, seen.zone)},"
            f" {age_words(seen.moment.at - at)} ago.",
            class_="quiet",
        ),
        card(table(("Gate", "State", "Heard", "Its record is known until"), heard, "stack"))
        if heard
        else "",
    )


def _heard(gate: GateHeard, now: datetime) -> Html:
    """Return a gate's state as a roll call takes it: who passed there lately is known, or not."""
    if now - gate.whole_at > SITE_WIDE_FRESH:
        return pill("Unheard: the list may be wrong", "note", "!")
    return pill("Known", "admit", "✓")
