"""A support bundle that the hub asks for: had made by another service, sent once, nothing left."""

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from gate.errors import TrustError
from gate.events.support import MAX_ZIP_BYTES
from gate.sim.hub import RETRY_AFTER_S, Trouble
from gate.store.support import ASKED, BUNDLE, ENDED
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.support_ask import sign_ask
from gate.uplink.cycle import Pace, Uplink
from gate.uplink.support import MADE_WITHIN_S, Supporting
from tests.uplink.test_cycle import Waits

if TYPE_CHECKING:
    from tests.uplink.conftest import Site

NUMBER: Final = bytes(range(16))


def zipped(text: str = "all is well") -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(zipfile.ZipInfo("about.json"), text)
    return file.getvalue()


class Asked:
    """A unit that its hub asks for a bundle, and the service that makes it."""

    def __init__(self, site: "Site") -> None:
        self.site = site
        self.place = site.directory / "support"
        self.place.mkdir()
        self.text = ""
        self.supporting = Supporting(site.link, self._keys, lambda: self.text, self.place)

    def asks(self, number: bytes = NUMBER) -> None:
        self.site.hub.books.asked[self.site.link.uid] = number
        self.text = sign_ask(self.site.link.uid, number, self.site.hub.books.key)

    def makes(self, bundle: bytes | None) -> None:
        """Do what gate-support.service does."""
        (self.place / ASKED).unlink()
        if bundle is not None:
            (self.place / BUNDLE).write_bytes(bundle)
        (self.place / ENDED).touch()

    def turn(self, *troubles: Trouble) -> None:
        self.site.hub.troubles.extend(troubles)
        self.supporting.turn()

    def left(self) -> set[str]:
        return {file.name for file in self.place.iterdir()}

    @property
    def came(self) -> tuple[bytes, str] | None:
        support = self.site.hub.books.bundles.get(self.site.link.uid)
        return None if support is None else (support.zip, support.fault)

    def _keys(self) -> Sequence[TrustedKey]:
        hub = self.site.link.hub_key
        return (TrustedKey(key=hub, uses=frozenset({KeyUse.SITE})),)


@pytest.fixture
def asked(site: "Site") -> Asked:
    return Asked(site)


def test_a_bundle_is_made_and_sent_once_and_nothing_is_left(asked: Asked) -> None:
    asked.turn()
    assert asked.left() == set()
    asked.asks()
    asked.turn()
    assert asked.left() == {ASKED}
    asked.turn()
    assert asked.site.hub.requests == 0
    asked.makes(zipped())
    asked.turn()
    assert asked.came == (zipped(), "")
    asked.turn()
    assert (asked.site.hub.requests, asked.left()) == (1, set())


def test_another_ask_is_answered_by_another_bundle(asked: Asked) -> None:
    asked.asks()
    asked.turn()
    (asked.place / BUNDLE).write_bytes(zipped("of before"))
    asked.asks(bytes(16))
    asked.turn()
    assert asked.left() == {ASKED}


@pytest.mark.parametrize(
    "trouble", [Trouble.LOST_REQUEST, Trouble.LOST_ANSWER, Trouble.BUSY, Trouble.PORTAL_PAGE]
)
def test_a_hub_that_is_gone_in_the_middle_gets_the_same_bundle_later(
    asked: Asked, trouble: Trouble
) -> None:
    asked.asks()
    asked.turn()
    asked.makes(zipped())
    asked.turn(trouble)
    assert asked.left() == {BUNDLE, ENDED}
    asked.site.clock.advance(RETRY_AFTER_S)
    asked.turn()
    assert (asked.came, asked.left()) == ((zipped(), ""), set())


def test_a_hub_whose_disk_is_full_is_left_alone_for_as_long_as_it_says(asked: Asked) -> None:
    asked.asks()
    asked.turn()
    asked.makes(zipped())
    asked.turn(Trouble.BUSY)
    asked.turn()
    assert asked.site.hub.requests == 1
    asked.turn(Trouble.NONE)
    asked.site.clock.advance(RETRY_AFTER_S)
    asked.turn()
    assert asked.came == (zipped(), "")


@pytest.mark.parametrize(
    ("bundle", "words"),
    [
        (None, "its check ended without a bundle; next: journalctl"),
        (bytes(MAX_ZIP_BYTES + 1), "a bundle of 524289 bytes, at most 524288"),
        (b"no ZIP", "the bundle is no ZIP"),
        (b"", "neither a bundle alone"),
    ],
)
def test_why_there_is_no_bundle_is_told_instead(
    asked: Asked, bundle: bytes | None, words: str
) -> None:
    asked.asks()
    asked.turn()
    asked.makes(bundle)
    asked.turn()
    assert asked.came is not None
    assert asked.came[0] == b""
    assert words in asked.came[1]
    assert asked.left() == set()


def test_a_unit_that_can_not_ask_for_it_says_so(asked: Asked) -> None:
    asked.place.rmdir()
    asked.asks()
    asked.turn()
    asked.turn()
    assert asked.came is not None
    assert "can't be written: No such file" in asked.came[1]


def test_a_bundle_that_nothing_makes_is_given_up(asked: Asked) -> None:
    asked.asks()
    asked.turn()
    asked.site.clock.advance(MADE_WITHIN_S)
    asked.turn()
    assert asked.came is not None
    assert "nothing made it within 20 minutes" in asked.came[1]
    assert asked.left() == set()


def test_what_the_hub_does_not_take_is_not_sent_again(asked: Asked) -> None:
    asked.asks()
    asked.turn()
    asked.makes(zipped())
    asked.site.hub.books.asked.clear()
    asked.turn()
    asked.turn()
    assert (asked.site.hub.requests, asked.came, asked.left()) == (1, None, set())


def test_an_ask_that_ends_under_way_leaves_nothing_behind(asked: Asked) -> None:
    asked.asks()
    asked.turn()
    asked.makes(zipped())
    asked.text = ""
    asked.turn()
    assert (asked.left(), asked.site.hub.requests) == (set(), 0)


def test_an_ask_that_is_not_by_this_units_hub_is_refused(
    asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    asked.text = sign_ask(asked.site.link.uid, NUMBER, asked.site.hub.stranger)
    asked.turn()
    asked.turn()
    assert asked.left() == set()
    assert [one.getMessage() for one in caplog.records] == ["refused"]


def test_a_unit_that_trusts_nobody_makes_none(site: "Site", tmp_path: Path) -> None:
    def nobody() -> Sequence[TrustedKey]:
        raise TrustError("nobody is known")

    Supporting(site.link, nobody, lambda: "A", tmp_path / "none").turn()
    assert not (tmp_path / "none").exists()


def test_a_unit_without_a_record_still_answers_and_not_while_the_hub_is_silent(
    site: "Site",
) -> None:
    turns: list[int] = []
    broken = replace(site.link, journal=site.path.with_name("none.db"))
    site.record(1)
    site.hub.troubles.append(Trouble.BUSY)
    for link, turned in ((site.link, 0), (broken, 1)):
        uplink = Uplink(
            link,
            site.directory / "trust",
            Pace(every_s=2),
            lambda: 0.5,
            supports=lambda: turns.append(1),
        )
        uplink.run(Waits(site, 1))
        assert len(turns) == turned
