"""The schemes catalogue: the shipped one is sound, an unsound one is told why."""

import re
from pathlib import Path

import pytest

from gate.access.catalogue import NO_CATALOGUE, Catalogue, parse_catalogue
from gate.access.catalogue_rows import Colour, Confidence
from gate.errors import ConfigError

PUBLIC = re.compile(r"\w\.\w|newsletter|ecscard|third-party|^general knowledge$|^unsourced")
SHIPPED = (Path(__file__).parents[2] / "config" / "schemes.toml").read_text()

SMALL = """
[[scheme]]
id = "one"
number = 1
name = "Scheme One"
partner = true
source = "one.example"
confidence = "seen"

[[card_type]]
family = "one"
code = "worker"
number = 1
name = "Worker"
colour = "gold"
colour_confidence = "seen"
category = "craft"
validity_years = 3.0
validity_confidence = "seen"
hse_required = true
source = "one.example"
confidence = "seen"

[[evidence]]
id = "test"
name = "Test"
validity_years = 2.0
applies_to = ["worker", "craft"]
source = "one.example"
confidence = "conflict"
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return parse_catalogue(SHIPPED, "schemes.toml")


def test_the_shipped_catalogue_has_the_schemes_and_cards_of_the_trade(catalogue: Catalogue) -> None:
    assert len({scheme.id for scheme in catalogue.schemes.values()}) == 34
    assert len({card_type.code for card_type in catalogue.card_types.values()}) == 96
    assert len(catalogue.evidence) == 15


def test_both_issuers_of_a_family_issue_its_cards(catalogue: Catalogue) -> None:
    from_jib = catalogue.card_type("ecs-jib", "installation-electrician")
    from_sjib = catalogue.card_type("ecs-sjib", "installation-electrician")
    assert from_jib is not None
    assert from_jib is from_sjib
    assert (from_jib.name, from_jib.colour) == ("Installation Electrician", Colour.GOLD)


def test_a_number_on_a_card_means_its_code(catalogue: Catalogue) -> None:
    assert catalogue.card_type(2, 1) is catalogue.card_type("ecs-jib", "installation-electrician")
    assert catalogue.scheme(1) is catalogue.scheme("cscs")
    assert catalogue.scheme_spellings("ecs-jib") == {"ecs-jib", 2}
    assert catalogue.type_spellings(2, "installation-electrician") == {
        "installation-electrician",
        1,
    }


def test_a_card_of_another_family_is_not_known(catalogue: Catalogue) -> None:
    assert catalogue.card_type("cscs", "installation-electrician") is None
    assert catalogue.card_type("nobody", "installation-electrician") is None
    assert catalogue.type_spellings("cscs", "installation-electrician") == {
        "installation-electrician"
    }


def test_withdrawn_types_are_known_by_code_and_number(catalogue: Catalogue) -> None:
    withdrawn = catalogue.withdrawn()
    assert {"cscs-cro-withdrawn", "cscs-ia-withdrawn"} < withdrawn["cscs"]
    assert withdrawn[1] == withdrawn["cscs"]
    assert "cscs-manager" not in withdrawn["cscs"]


def test_what_sources_disagree_about_stays_marked(catalogue: Catalogue) -> None:
    assert catalogue.evidence["citb-hse-labourer"].confidence is Confidence.CONFLICT
    trainee = catalogue.card_type("ecs-jib", "electrical-trainee-1")
    assert trainee is not None
    assert trainee.validity_confidence is Confidence.CONFLICT


def test_apprentices_and_trainees_are_supervised(catalogue: Catalogue) -> None:
    learners = {
        card_type.code: card_type.supervised
        for card_type in catalogue.card_types.values()
        if card_type.code.endswith(("apprentice", "trainee")) or "trainee-" in card_type.code
    }
    assert len(learners) == 11
    assert all(learners.values())


def test_an_empty_catalogue_takes_codes_at_their_spelling() -> None:
    assert NO_CATALOGUE.scheme_spellings("ecs-jib") == {"ecs-jib"}
    assert NO_CATALOGUE.type_spellings("ecs-jib", 7) == {7}
    assert NO_CATALOGUE.withdrawn() == {}


SCHEME, CARD_TYPE, EVIDENCE = (f"[[{part}" for part in SMALL.split("[[")[1:])
FAULTS = {
    "a scheme twice": (
        SMALL + SCHEME,
        [
            "scheme.id = one stands 2 times; allowed: once",
            "scheme.number = 1 stands 2 times; allowed: once",
        ],
    ),
    "a card type twice": (
        SMALL + CARD_TYPE,
        [
            "card_type.code = worker stands 2 times; allowed: once",
            "card_type.number = 1 stands 2 times; allowed: once",
        ],
    ),
    "evidence twice": (SMALL + EVIDENCE, ["evidence.id = test stands 2 times; allowed: once"]),
    "a family without a scheme": (
        SMALL.replace('family = "one"', 'family = "two"'),
        ["card_type worker: family = two; allowed: a family of a scheme"],
    ),
    "evidence for a card there is not": (
        SMALL.replace('"craft"]', '"crfat"]'),
        [
            (
                "evidence test: applies_to = crfat; "
                'allowed: "any", or codes and categories of card types'
            )
        ],
    ),
    "a type no longer issued that is not withdrawn": (
        SMALL.replace("validity_years = 3.0", "validity_years = 0.0"),
        ["card_type worker: validity_years = 0; allowed: 0 for a withdrawn type, more for another"],
    ),
    "a colour that is none": (
        SMALL.replace('"gold"', '"golden"'),
        [
            'card_type[1].colour = "golden"; allowed: one of '
            + ", ".join(f'"{colour}"' for colour in Colour)
        ],
    ),
    "a code that no card can carry": (
        SMALL.replace('code = "worker"', f'code = "{"w" * 25}"'),
        [
            (
                f'card_type[1].code = "{"w" * 25}"; allowed: 1 to 24 lower-case letters, digits '
                "and hyphens, such as river-side-2"
            )
        ],
    ),
}


@pytest.mark.parametrize(("text", "faults"), FAULTS.values(), ids=FAULTS.keys())
def test_an_unsound_catalogue_is_told_why(text: str, faults: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_catalogue(text, "schemes.toml")
    assert list(caught.value.faults) == faults


def test_a_sound_small_catalogue_is_read() -> None:
    small = parse_catalogue(SMALL, "schemes.toml")
    assert small.scheme("one") is small.schemes[1]
    assert small.evidence["test"].applies_to == ("worker", "craft")


def test_each_fact_names_a_public_source_or_says_that_it_has_none(catalogue: Catalogue) -> None:
    tables = (catalogue.schemes, catalogue.card_types, catalogue.evidence)
    rows = [row for table in tables for row in table.values()]
    nowhere = [row.source for row in rows if not PUBLIC.search(row.source)]
    seen_nowhere = [
        row.name for row in rows if row.source == "unsourced" and row.confidence is Confidence.SEEN
    ]

    assert (nowhere, seen_nowhere) == ([], [])
