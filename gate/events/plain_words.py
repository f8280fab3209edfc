"""What the manager of a site reads about a record: what it means, and what to do about it.

The hub and the unit's own page say the same. The headline of a reason is the one the worker read
(gate.access.words); the explanation here is addressed to whoever looks after the site.
"""

from collections.abc import Mapping
from typing import Final

from gate.access.words import words_for
from gate.errors import Outcome, Reason
from gate.events.model import EventKind

_EXPLAINED: Final = {
    Reason.SEVERAL_CODES: (
        "Two cards were held up at once. Nothing to do if the next attempt went well."
    ),
    Reason.MALFORMED: (
        "The code is no card that a scheme or this site issued. Ask to see the card."
    ),
    Reason.SET_UP_CODE: (
        "A set-up code was shown to a gate that works, which it sets up no more. Keep it safe."
    ),
    Reason.WEB_CODE: (
        "A web address, such as many schemes print on their plastic cards; the gate opened nothing."
        " Check the card with its scheme at the induction, and issue a site pass."
    ),
    Reason.WIFI_CODE: "A code that joins a Wi-Fi network, and no card. Ask to see the card.",
    Reason.CONTACT_CODE: "A code with contact details, and no card. Ask to see the card.",
    Reason.HEALTH_CODE: "A health certificate's code, and no card. Ask to see the card.",
    Reason.UNKNOWN_ISSUER: (
        "Nobody this site trusts issued the card. Check it with its scheme, or issue a site pass."
    ),
    Reason.BAD_SIGNATURE: (
        "The card says it is genuine and is not: altered or forged. Keep its details and call"
        " the scheme."
    ),
    Reason.SCHEME_NOT_TRUSTED: (
        "The issuer may not speak for the scheme on the card. Call the scheme."
    ),
    Reason.OUTLIVES_CARD: (
        "The site pass runs longer than the scheme card it was issued on. Issue it anew."
    ),
    Reason.NOT_YET_VALID: (
        "The card starts on a later day. Check the date with the worker's scheme."
    ),
    Reason.EXPIRED: (
        "The card is past its expiry date. Ask the worker to renew it with their scheme."
    ),
    Reason.REVOKED: "The scheme cancelled this card. Keep its details and call the scheme.",
    Reason.SUSPENDED: "The scheme put this card on hold. The worker must clear it with the scheme.",
    Reason.STATUS_UNKNOWN: (
        "The gate has never had this scheme's list of cancelled cards. A guard decides; check"
        " that the gate has a network."
    ),
    Reason.LIST_TOO_OLD: (
        "The gate's list of cancelled cards, or what it has of the site's rules, is too old. A"
        " guard decides; bring the gate's network back."
    ),
    Reason.CLOCK_UNTRUSTED: (
        "The gate doesn't know the time. A guard decides; bring the gate's network back."
    ),
    Reason.BLOCKED: "This site blocked the card. The site rules say why.",
    Reason.NOT_INDUCTED: "No induction on this site. Book one before letting them in.",
    Reason.INDUCTION_EXPIRED: "The induction on this site has run out. Book another.",
    Reason.ESCORT: "A visitor whose host is not on site. Call the host to the gate.",
    Reason.CARD_TYPE: "This type of card is not accepted here. See the site rules.",
    Reason.WITHDRAWN_TYPE: (
        "The scheme has withdrawn this type of card. The worker needs another one."
    ),
    Reason.OCCUPATION: "The card's occupation doesn't cover the work. See the site rules.",
    Reason.AREA: "The card doesn't open this area. Send the worker to their own entrance.",
    Reason.LIMIT: "The card carries a limit that rules this work out. See the site rules.",
    Reason.HEALTH_SAFETY: (
        "The health and safety test on the card is older than this site accepts. Ask for a newer"
        " one."
    ),
    Reason.NO_RULES: "The gate has no site rules and lets nobody in. Give it some.",
    Reason.LOCKDOWN: "The site was locked down. Exits stayed free.",
    Reason.OCCUPANCY: "The site or the area was full. Entry opens again as people leave.",
    Reason.OUT_OF_HOURS: "Outside the hours of the site. A guard decides.",
    Reason.PASSBACK: (
        "The card was already signed in. It may have been shared, or an exit was missed."
    ),
    Reason.REST: "Less than the rest this site asks for between shifts. Talk to their supervisor.",
    Reason.HOURS: "Over the hours this site allows. Talk to their supervisor.",
    Reason.SUPERVISION: "This worker needs a qualified person on site. Check that one is.",
    Reason.FIRST_AID: "Too few first aiders for the people on site. Call one in.",
    Reason.SUPERVISOR_MISSING: "No site supervisor has signed in. Call one in.",
    Reason.RAMS: "Today's method statement is not signed. Have it signed before work starts.",
    Reason.NOT_ON_RECORD: (
        "The site rules ask for something that the site has no record of for this person. Add it."
    ),
    Reason.RANDOM_SEARCH: "Chosen at random for a search.",
    Reason.EXPIRING_SOON: "The card expires soon. Remind the worker to renew it.",
    Reason.LIST_AGEING: (
        "The gate's list of cancelled cards, or what it has of the site's rules, is getting old."
        " Check the gate's network."
    ),
    Reason.LIVE_NOT_SHOWN: "A printed card was shown where a live one is preferred. Nothing to do.",
    Reason.OVERRIDE: "The guard's key let the worker in, whom the gate had sent to the guard.",
    Reason.EMERGENCY: (
        "The guard's key, turned twice, let somebody in: that is for the emergency services."
    ),
}

PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "camera": (
        "The camera gives no picture. Entry is locked, the way out is free.",
        "Look at its cable and its power. If it lasts a minute, call your contractor.",
    ),
    "journal": (
        "The record can't be written. Entry is locked, the way out is free and counted.",
        "Call your contractor: the disk is full, worn out or read-only.",
    ),
    "trust": (
        "Something that was brought to the gate does not count; it goes by what it had.",
        "See below what, and have it brought anew: by the network, or by hand.",
    ),
    "clock": (
        "The gate's clock can't be relied upon.",
        "Bring the network back, or have your contractor set the clock.",
    ),
    "commands": (
        "A command of the site could not be carried out, or not be remembered.",
        "See the hub's page Blocked, and tell the guard there what is to be done.",
    ),
    "presence": (
        "What the site's other gates saw does not count.",
        "Bring the network to the hub back. Until then a second entry is noted, not refused.",
    ),
    "tamper": ("The gate's housing is open, or its wire is cut.", "Look, and close it."),
    "mains": (
        "The mains have failed, or their wire is cut: the gate runs from its battery.",
        "Bring the mains back before the battery is empty; the way out stays free after that.",
    ),
    "fire_release": (
        "A relay did not obey when the fire alarm sounded. The hardware releases by itself.",
        "Have the relay and its wiring mended and tested, then start the gate again.",
    ),
    "lens": (
        "The camera sees cards less sharply than it did, though it still reads them.",
        "Clean the camera's window, in and out; then its light and its focus.",
    ),
    "illumination": (
        "The lamp at the reader can't be lit. Cards are read by what light there is.",
        "Have its wiring looked at: docs/reference/wiring.md.",
    ),
    "fire_test": (
        "The weekly test of the fire release is overdue.",
        "Turn the guard's key for 10 seconds, have the alarm sounded, and give the all-clear.",
    ),
    "portal": (
        "The portal's relays or contacts do not obey. Entry is locked; the way out is hard-wired.",
        "Have their wiring looked at. The gate tries again by itself.",
    ),
}
"""What a broken part means, and what to do; by the part's name in the record."""

OUTCOMES: Final = {
    Outcome.ADMIT: "Admitted",
    Outcome.NOTE: "Admitted with a note",
    Outcome.REFER: "Referred to a guard",
    Outcome.REFUSE: "Refused",
}

_KINDS: Final = {
    EventKind.JOURNAL_OPENED: ("Record started", "The unit began a new record."),
    EventKind.UNIT_STARTED: ("Unit started", "The unit is checking cards."),
    EventKind.UNIT_STOPPED: (
        "Unit stopped",
        "The unit was told to stop. Entry is locked, exits are free.",
    ),
    EventKind.ACCESS: ("Access", "A card was presented."),
    EventKind.FAULT: (
        "Fault",
        "A part of the unit failed. Entry may be locked; call the contractor if it lasts.",
    ),
    EventKind.FAULT_CLEARED: ("Fault over", "The part works again."),
    EventKind.EXITS_UNRECORDED: (
        "Exits not recorded",
        "People left while the unit could not record. Their number is known, their names are not.",
    ),
    EventKind.CLOCK_JUMPED: (
        "Clock jumped",
        "Times before it may be off by as much. Nothing to do if the clock was just set.",
    ),
    EventKind.FRESHNESS: (
        "Freshness changed",
        "Amber: check the unit's network. Red: a guard decides until it is back.",
    ),
    EventKind.MANIFEST: ("New rules in force", "The unit goes by this site's manifest now."),
    EventKind.COMMAND: (
        "Command of the site",
        "The site told the unit to do this. Where it was not done, the detail says why.",
    ),
    EventKind.TURNED: ("Turned", "Whoever was let through has passed."),
    EventKind.NOT_TURNED: (
        "Not turned",
        "Somebody was let through and didn't pass: they are still where they came from.",
    ),
    EventKind.TURN_UNKNOWN: (
        "Turn not known",
        (
            "Somebody was let through, and nobody knows whether they passed: fewer turned than were"
            " let through together, a fire began, or the power was cut. Ask where they are."
        ),
    ),
    EventKind.TURNS_UNIDENTIFIED: (
        "Nobody known passed",
        "Somebody passed without a card. Their number is known, their names are not.",
    ),
    EventKind.FORCED: ("Forced", "The entry moved though nobody was let in. Look who came in."),
    EventKind.HELD: ("Held open", "The portal stood open for too long. Look why."),
    EventKind.HELD_OVER: ("Shut again", "The portal that stood open is shut again."),
    EventKind.EXIT_BUTTON: ("Exit button", "Somebody left by the button, without a card."),
    EventKind.MAINTENANCE: ("Maintenance", "The gate was being worked on by the guard's key."),
    EventKind.FIRE_ALARM: (
        "Fire alarm",
        "Both ways were freed and the roll call frozen. It stands until the all-clear.",
    ),
    EventKind.FIRE_TEST: ("Fire alarm tested", "Both ways were freed, during maintenance."),
    EventKind.ALL_CLEAR: (
        "All clear",
        "The person named here ended the alarm at the gate, by card and guard's key.",
    ),
    EventKind.FORGIVEN: (
        "Exit forgiven",
        "A manager took a forgotten exit for made. The time is estimated, and ends no hours.",
    ),
}


def headline(code: str) -> str:
    """Return five words or fewer for a reason; a code this hub does not know is shown as it is."""
    reason = _reason(code)
    return f"Reason {code}" if reason is None else words_for(reason).headline


def told_worker(code: str) -> str:
    """Return what the gate's screen said, empty for a code this hub does not know."""
    reason = _reason(code)
    return "" if reason is None else str(words_for(reason))


def explanation(code: str) -> str:
    """Return what a reason means and what to do."""
    reason = _reason(code)
    if reason is None:
        return "This hub is older than the gate and doesn't know this reason. Update the hub."
    return _EXPLAINED[reason]


def outcome_words(code: str) -> str:
    """Return an outcome in words."""
    known = next((outcome for outcome in Outcome if outcome.value == code), None)
    return f"Outcome {code}" if known is None else OUTCOMES[known]


def kind_words(code: str) -> tuple[str, str]:
    """Return a headline and an explanation for a record about the unit itself."""
    kind = next((kind for kind in EventKind if kind.value == code), None)
    if kind is None:
        return f"Record {code}", "This hub is older than the gate and doesn't know this record."
    return _KINDS[kind]


def _reason(code: str) -> Reason | None:
    return next((reason for reason in Reason if reason.value == code), None)
