"""Rules 1 to 8 and 11, as rows: what a card is and what it proves."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from gate.access.presence import Presence
from gate.errors import Reason
from tests.access.rule_table import (
    CARD,
    DAY,
    NOW,
    PASS,
    PERSON,
    SECOND,
    Row,
    RuleTable,
    card,
    entry,
    row,
    way_out,
)

NOBODY: Final = Presence()


def plain(given: str, at: str, answer: str, /, **changed: object) -> Row:
    return row(given, at, answer, entry(**changed), NOBODY)


def expiring(left: timedelta) -> object:
    return replace(CARD, expires_at=NOW + left)


def found(*reasons: Reason) -> dict[str, object]:
    return {"findings": reasons}


def no_card(reason: Reason) -> dict[str, object]:
    return {"card": None, "person": None, "findings": (reason,)}


ELECTRICAL: Final = replace(PERSON, work="electrical")

TABLES: Final = (
    RuleTable(
        number=1,
        asks="Is the signature valid, and the issuer trusted on the date?",
        policy="",
        rows=(
            plain("a card in order", "", "admit"),
            plain("a signature that doesn't hold", "", "refuse bad_signature",
                  **no_card(Reason.BAD_SIGNATURE)),
            plain("an issuer nobody knows", "", "refuse unknown_issuer",
                  **no_card(Reason.UNKNOWN_ISSUER)),
            plain("a text that is no card", "", "refuse malformed", **no_card(Reason.MALFORMED)),
            plain("neither a card nor a finding", "", "refuse malformed", card=None, person=None),
            plain("a pass of this site", "", "admit", card=PASS),
            plain("a card made for another site", "", "refuse scheme_not_trusted",
                  card=replace(CARD, audience="hilltop")),
            row("a signature that doesn't hold", "on the way out", "admit",
                way_out(**no_card(Reason.BAD_SIGNATURE)), NOBODY),
        ),
    ),
    RuleTable(
        number=2,
        asks="Is the card in date? Is it soon not?",
        policy="[expiry]\nwarn_days = 28",
        rows=(
            plain("28 days and a second left", "", "admit", card=expiring(28 * DAY + SECOND)),
            plain("28 days left", "", "note expiring_soon", card=expiring(28 * DAY)),
            plain("a second left", "", "note expiring_soon", card=expiring(SECOND)),
            plain("it ended this second", "", "refuse expired",
                  card=expiring(timedelta(0)), **found(Reason.EXPIRED)),
            plain("it begins tomorrow", "", "refuse not_yet_valid", **found(Reason.NOT_YET_VALID)),
            row("it ended", "on the way out", "admit", way_out(**found(Reason.EXPIRED)), NOBODY),
        ),
    ),
    RuleTable(
        number=3,
        asks="Is it neither revoked nor suspended, and the list of those young enough?",
        policy='[freshness]\namber_h = 24\nred_h = 96\nwhen_red = "refer"',
        rows=(
            plain("revoked", "", "refuse revoked", **found(Reason.REVOKED)),
            plain("suspended", "", "refuse suspended", **found(Reason.SUSPENDED)),
            plain("a list that was never had", "", "refer status_unknown",
                  list_age_s=None, **found(Reason.STATUS_UNKNOWN)),
            plain("a list of 24 hours", "", "admit", list_age_s=24 * 3600),
            plain("a list of 24 hours and a second", "", "note list_ageing",
                  list_age_s=24 * 3600 + 1),
            plain("a list of 96 hours", "", "note list_ageing", list_age_s=96 * 3600),
            plain("a list of 96 hours and a second", "", "refer list_too_old",
                  list_age_s=96 * 3600 + 1),
            plain("revoked, by a list that is too old", "", "refuse revoked",
                  list_age_s=97 * 3600, **found(Reason.REVOKED)),
        ),
    ),
    RuleTable(
        number=4,
        asks="Is the scheme accepted, and the card type?",
        policy='[[accept]]\nscheme = "cscs"\ntypes = ["cscs-manager"]',
        rows=(
            plain("a type that is accepted", "", "admit",
                  card=card(scheme="cscs", card_type="cscs-manager")),
            plain("the same by its numbers", "", "admit", card=card(scheme=1, card_type=91)),
            plain("another type of the scheme", "", "refuse card_type",
                  card=card(scheme="cscs", card_type="cscs-labourer")),
            plain("a scheme that isn't accepted", "", "refuse card_type",
                  card=card(scheme="ipaf", card_type="pal")),
        ),
    ),
    RuleTable(
        number=5,
        asks="Has the scheme withdrawn the card type?",
        policy='[[accept]]\nscheme = "cscs"\ntypes = "any"',
        rows=(
            plain("Industry Accreditation", "", "refuse withdrawn_type",
                  card=card(scheme="cscs", card_type="cscs-ia-withdrawn")),
            plain("a manager's card", "", "admit",
                  card=card(scheme="cscs", card_type="cscs-manager")),
        ),
    ),
    RuleTable(
        number=6,
        asks="Has the card an occupation of the work that its holder was declared for?",
        policy='[[work]]\nname = "electrical"\noccupations = ["electrician", 12]',
        rows=(
            plain("declared for electrical work, an electrician", "", "admit",
                  record=ELECTRICAL, card=card(occupations=("plumber", "electrician"))),
            plain("declared for electrical work, a plumber", "", "refuse occupation",
                  record=ELECTRICAL, card=card(occupations=("plumber",))),
            plain("declared for electrical work, no occupation on the card", "",
                  "refuse occupation", record=ELECTRICAL),
            plain("declared for nothing", "", "refer not_on_record", record=PERSON),
            plain("declared for work that the site has no table of", "", "refer not_on_record",
                  record=replace(PERSON, work="plumbing")),
            plain("not known to the site", "", "refer not_on_record"),
            row("declared for electrical work, a plumber", "on the way out", "admit",
                way_out(record=ELECTRICAL, card=card(occupations=("plumber",))), NOBODY),
        ),
    ),
    RuleTable(
        number=7,
        asks="Has the card the occupation or endorsement that the area asks?",
        policy='[[endorsement]]\narea = "switchroom"\nany_of = ["high-voltage", 77]',
        rows=(
            plain("endorsed for high voltage", "switchroom", "admit",
                  area="switchroom", card=card(disciplines=("high-voltage",))),
            plain("qualified, by number", "switchroom", "admit",
                  area="switchroom", card=card(qualifications=(77,))),
            plain("the occupation", "switchroom", "admit",
                  area="switchroom", card=card(occupations=("high-voltage",))),
            plain("the experience", "switchroom", "admit",
                  area="switchroom", card=card(experience=("high-voltage",))),
            plain("none of them", "switchroom", "refuse area", area="switchroom"),
            plain("none of them", "another area", "admit"),
        ),
    ),
    RuleTable(
        number=8,
        asks="Does the area bar the card type, or a limit on the card?",
        policy=(
            '[[barred]]\narea = "switchroom"\nscheme = "ecs-jib"\n'
            'types = ["electrical-labourer", "pqp", "site-support"]\n'
            '[[limit]]\narea = "switchroom"\nlimits = ["not-electrical"]'
        ),
        rows=(
            plain("a labourer", "switchroom", "refuse limit",
                  area="switchroom", card=card(card_type="electrical-labourer")),
            plain("a PQP card", "switchroom", "refuse limit",
                  area="switchroom", card=card(card_type="pqp")),
            plain("site support, by its number", "switchroom", "refuse limit",
                  area="switchroom", card=card(scheme=2, card_type=31)),
            plain("an electrician", "switchroom", "admit", area="switchroom"),
            plain("an electrician, limited to other work", "switchroom", "refuse limit",
                  area="switchroom", card=card(limits=("not-electrical",))),
            plain("a labourer", "another area", "admit",
                  card=card(card_type="electrical-labourer")),
            plain("limited to other work", "another area", "admit",
                  card=card(limits=("not-electrical",))),
        ),
    ),
    RuleTable(
        number=11,
        asks="Is the health and safety evidence as young as the site asks?",
        policy='[health_safety]\nmode = "note"\ngrace_days = 10',
        rows=(
            plain("its last day was 10 days ago", "", "admit",
                  card=card(health_safety=(3, (NOW - 10 * DAY).date()))),
            plain("its last day was 11 days ago", "", "note health_safety",
                  card=card(health_safety=(3, (NOW - 11 * DAY).date()))),
            plain("none on the card", "", "refer not_on_record"),
            plain("its last day is tomorrow", "while nothing vouches for the clock",
                  "refer clock_untrusted", clock_trusted=False,
                  card=card(health_safety=(3, (NOW + DAY).date()))),
            plain("its last day was 11 days ago", "while nothing vouches for the clock",
                  "note health_safety", clock_trusted=False,
                  card=card(health_safety=(3, (NOW - 11 * DAY).date()))),
            plain("its last day was 10 days ago in London", "23:30 UTC in summer", "admit",
                  at=NOW.replace(month=7, hour=23, minute=30),
                  card=card(health_safety=(3, NOW.replace(month=7, day=14).date()))),
            plain("its last day was 11 days ago in London", "the same hour", "note health_safety",
                  at=NOW.replace(month=7, hour=23, minute=30),
                  card=card(health_safety=(3, NOW.replace(month=7, day=13).date()))),
        ),
    ),
)  # fmt: skip
