"""At which inductions people were, as a manifest tells it: an eleventh claim, if rules ask."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.sim.issuer import NOW
from gate.trust.inductions import HeldInduction
from gate.trust.manifest import SiteManifest, accept_manifest, open_manifest, sign_manifest
from tests.trust.test_manifest import CLAIMS, HUB, KEYS, MANIFEST, MANIFESTS, person, signed

HELD = st.builds(
    HeldInduction,
    version=st.integers(1, 2**16 - 1),
    on=st.dates(date(2000, 1, 2), date(2179, 6, 6)),
)
THIRD = HeldInduction(version=3, on=date(2026, 11, 22))
TOLD = replace(MANIFEST, inductions={person(7): THIRD})
ROW = (3).to_bytes(2, "big") + (date(2026, 11, 22) - date(2000, 1, 1)).days.to_bytes(2, "big")
BEFORE = sorted(map(person, range(40))).index(person(7))
ROWS = bytes(4 * BEFORE) + ROW + bytes(4 * (39 - BEFORE))


def test_inductions_are_an_eleventh_claim_in_the_order_of_the_inducted() -> None:
    assert signed(CLAIMS | {11: ROWS}) == sign_manifest(TOLD, HUB)
    assert open_manifest(sign_manifest(TOLD, HUB), KEYS, "riverside").inductions == {
        person(7): THIRD
    }


# Invariant: whatever is known of some inducted persons comes back as it was sent.
@given(manifest=MANIFESTS, known=st.lists(st.none() | HELD, max_size=8))
def test_inductions_come_back_as_they_were_sent(
    manifest: SiteManifest, known: list[HeldInduction | None]
) -> None:
    told = {one: held for one, held in zip(manifest.inducted, known, strict=False) if held}
    sent = replace(manifest, inductions=told)
    assert open_manifest(sign_manifest(sent, HUB), KEYS, "riverside") == sent


def test_other_inductions_are_another_version() -> None:
    with pytest.raises(TrustError, match="version 7 again, with other contents"):
        accept_manifest(TOLD, MANIFEST, NOW, clock_trusted=True)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param(0, "not 4 bytes for each", id="a number"),
        pytest.param(ROWS[:-1], "not 4 bytes for each", id="a byte short"),
        pytest.param(ROWS + bytes(4), "not 4 bytes for each", id="one row too many"),
        pytest.param(bytes(160), "one order", id="nothing known, yet said"),
        pytest.param(b"\0\3\0\0" + ROWS[4:], "on 2000-01-01", id="a version without a day"),
        pytest.param(b"\0\0\0\3" + ROWS[4:], "version 0", id="a day without a version"),
    ],
)
def test_rows_that_no_hub_means_are_refused(rows: object, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        open_manifest(signed(CLAIMS | {11: rows}), KEYS, "riverside")


@pytest.mark.parametrize(
    ("version", "on", "told"),
    [
        (0, date(2026, 1, 1), "version 0, outside 1 to 65535"),
        (65_536, date(2026, 1, 1), "version 65536, outside 1 to 65535"),
        (1, date(2000, 1, 1), "on 2000-01-01, outside 2000-01-02 to 2179-06-06"),
        (1, date(2179, 6, 7), "on 2179-06-07, outside 2000-01-02 to 2179-06-06"),
    ],
)
def test_an_induction_fits_in_its_four_bytes(version: int, on: date, told: str) -> None:
    with pytest.raises(TrustError, match=told):
        HeldInduction(version=version, on=on)


def test_nobody_is_told_of_who_was_not_inducted() -> None:
    with pytest.raises(TrustError, match="somebody who is not inducted"):
        replace(MANIFEST, inductions={person(100): THIRD})
