"""Attacks on a gate that nobody connected: cards, files, keys, commands and clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gate.card.verify import authenticate, protected_header
from gate.card.wire import PREFIX
from gate.errors import CardError
from gate.events.model import EventKind
from gate.signing import base45, cose
from gate.signing.keys import Algorithm, VerifyingKey
from gate.sim.issuer import NOW, SimIssuer
from gate.trust.bundle import TrustBundle
from gate.trust.issuers import format_issuers
from gate.trust.manifest import Command, CommandKind, sign_manifest
from gate.trust.status_list import Status
from gate.trust.status_token import issue_status_token
from tests.attack_table import NOTHING, attack
from tests.store.trust_files import HUB, manifest
from tests.unit.whole_unit import WholeUnit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.attack_table import Refusal

ECS = SimIssuer()
CSCS = SimIssuer("cscs")
STRANGER = SimIssuer(seed="stranger")
IN_1970 = datetime(1970, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNKNOWN = "refuse unknown_issuer: Card not recognised: see the site office"
STAYS = "everything; nobody comes in"
BOLT = "the plug, or a flat battery"


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[WholeUnit]:
    """Return a unit that holds one issuer and its list, signed at NOW, and doesn't run yet."""
    made = WholeUnit(tmp_path)
    made.files.switch(ecs=list_token())
    yield made
    made.stop()


def list_token(issued_at: datetime = NOW, *revoked: int) -> bytes:
    held = ECS.status_list(dict.fromkeys(revoked, Status.INVALID), issued_at)
    return issue_status_token(held, ECS.key)


def test_a_good_card_is_admitted_or_the_others_here_could_not_fail(unit: WholeUnit) -> None:
    unit.boot(NOW, trusted=True)
    assert unit.present(ECS.text()) == "admit"


@attack(
    "status token as card",
    has="a genuine status list, shown as a code",
    says="refuse malformed: Card not recognised: show the code on your card",
    stays=STAYS,
)
def test_a_status_token_is_no_card(unit: WholeUnit, refusal: Refusal) -> None:
    unit.boot(NOW, trusted=True)
    refusal.heard(unit.present(PREFIX + base45.encode(list_token())))


class TestKeys:
    @attack(
        "kid collision",
        "a stranger's card that names the issuer's key",
        has="a key of one's own",
        says="refuse bad_signature: Card not recognised: see the site office",
        stays=STAYS,
    )
    def test_a_key_s_name_on_a_card_is_no_proof(self, unit: WholeUnit, refusal: Refusal) -> None:
        header = protected_header(Algorithm.ED25519, ECS.key.verifying_key.kid)
        honest = cose.parse_sign1(base45.decode(ECS.text().removeprefix(PREFIX)))
        forged = cose.sign1(header, honest.payload, STRANGER.key)
        unit.boot(NOW, trusted=True)
        refusal.heard(unit.present(PREFIX + base45.encode(forged)))

    @attack(
        "kid collision",
        "another issuer's key that bears the same name, in the issuer's name",
        has="a trusted issuer's key, ground until its name is another's",
        says="unknown_issuer: the key belongs to another issuer",
        stays=STAYS,
    )
    def test_of_two_issuers_whose_keys_share_a_name_each_speaks_for_itself(
        self, refusal: Refusal
    ) -> None:
        theirs = Namesake(Algorithm.ED25519, CSCS.key.verifying_key.public)
        trust = TrustBundle(issuers=(CSCS.issuer(key=theirs), ECS.issuer()))
        header = protected_header(Algorithm.ED25519, ECS.key.verifying_key.kid)
        honest = cose.parse_sign1(base45.decode(ECS.text().removeprefix(PREFIX)))
        forged = cose.sign1(header, honest.payload, CSCS.key)
        with refusal.raised(CardError):
            authenticate(PREFIX + base45.encode(forged), trust)
        assert authenticate(ECS.text(), trust) == ECS.card()

    @attack(
        "kid collision",
        "an issuers' file that gives a key another's name",
        has="a stick, and the trust directory",
        says=".../trust/issuers.json: issuers[0].keys[0].kid: '...', but this key's is ...",
        stays="the issuers that were held",
    )
    def test_a_file_cannot_give_a_key_another_s_name(
        self, unit: WholeUnit, refusal: Refusal
    ) -> None:
        unit.boot(NOW, trusted=True)
        ours, theirs = (one.key.verifying_key.kid.hex() for one in (ECS, STRANGER))
        text = format_issuers([STRANGER.issuer()]).replace(theirs, ours)
        (unit.files.path / "issuers.json").write_text(text, "utf-8")
        unit.turn()
        unit.turn()
        refusal.heard("; ".join(unit.faults()))
        assert unit.present(ECS.text()) == "admit"

    @attack(
        "retired key used after its date",
        "an issuer's, on a card",
        has="an issuer's key that was retired",
        says=UNKNOWN,
        stays="everything; cards it signed before its date live on",
    )
    def test_a_retired_key_makes_no_new_cards(self, unit: WholeUnit, refusal: Refusal) -> None:
        self.trust(unit, not_after=NOW - HOUR)
        unit.files.switch(ecs=list_token(NOW - 2 * HOUR))
        unit.boot(NOW, trusted=True)
        since = NOW - HOUR / 2
        refusal.heard(unit.present(ECS.text(ECS.card(8, issued_at=since, not_before=since))))
        assert unit.present(ECS.text()) == "admit"

    @attack(
        "retired key used after its date",
        "an issuer's, on a list",
        has="an issuer's key that was retired",
        says="lists/ecs.cwt: status token: https://ecs-jib.invalid/1 is not signed by a list key of"
        " ecs-jib",
        stays="the list that was held",
    )
    def test_a_retired_key_signs_no_new_list(self, unit: WholeUnit, refusal: Refusal) -> None:
        self.trust(unit, not_after=NOW + HOUR)
        unit.boot(NOW, trusted=True)
        unit.files.carry_list(list_token())
        unit.files.switch(ecs=list_token(NOW + 2 * HOUR))
        unit.turn()
        refusal.heard("; ".join(unit.faults()))
        assert unit.present(ECS.text()) == "admit"

    @attack(
        "stolen key that backdates",
        "an issuer's, on a card",
        has="an issuer's key that was marked compromised",
        says=UNKNOWN,
        stays="everything; the issuer's honest cards by that key are refused with it",
    )
    def test_a_compromised_key_signs_no_card_of_any_date(
        self, unit: WholeUnit, refusal: Refusal
    ) -> None:
        self.trust(unit, compromised=True)
        unit.boot(NOW, trusted=True)
        long_ago = NOW - 300 * DAY
        refusal.heard(unit.present(ECS.text(ECS.card(issued_at=long_ago, not_before=long_ago))))

    def trust(self, unit: WholeUnit, **changed: Any) -> None:  # noqa: ANN401 - fields of TrustedKey, by name
        """Carry an issuers' file that says this of the issuer's key."""
        text = format_issuers([ECS.issuer(**changed)])
        (unit.files.path / "issuers.json").write_text(text, "utf-8")


class Namesake(VerifyingKey):
    """A key that bears the name of the issuer's: 64 bits of a hash can be ground."""

    @property
    def kid(self) -> bytes:
        return ECS.key.verifying_key.kid


def told(kind: CommandKind, *, version: int = 1) -> bytes:
    """Return a manifest that tells gates to do one thing within the hour."""
    command = Command(id=b"one and the same", kind=kind, not_after=NOW + HOUR)
    return manifest_message(version, command)


def manifest_message(version: int, *commands: Command) -> bytes:
    return sign_manifest(manifest(version, commands=commands), HUB)


class TestCommands:
    @attack(
        "a command replayed",
        "in a newer manifest, and after a power cut",
        has="the hub's key, or a hub that repeats itself",
        says=NOTHING,
        stays="everything; the record has the command once",
    )
    def test_a_command_is_done_once(self, unit: WholeUnit, refusal: Refusal) -> None:
        unit.files.switch(manifest=told(CommandKind.TEST_RELEASE))
        unit.boot(NOW, trusted=True)
        unit.turn()
        unit.files.switch(manifest=told(CommandKind.TEST_RELEASE, version=2))
        unit.turn()
        unit.boot(NOW + timedelta(minutes=1), trusted=True)
        unit.turn()

        first, *again = unit.recorded(EventKind.COMMAND)
        assert first == f"test_release {b'one and the same'.hex()}"
        refusal.heard("".join(again))
        assert len(unit.recorded(EventKind.MANIFEST)) == 3

    @attack(
        "a command under an untrusted clock",
        has="a manifest withheld until its commands are void, and the plug",
        says="a command waits until something vouches for the clock",
        stays="everything; it is done once the clock is trusted, if its time isn't over",
    )
    def test_no_command_is_done_under_an_untrusted_clock(
        self, unit: WholeUnit, refusal: Refusal, caplog: pytest.LogCaptureFixture
    ) -> None:
        unit.files.switch(manifest=told(CommandKind.TEST_RELEASE))
        clock = unit.boot(IN_1970, trusted=False)
        unit.turn()
        unit.turn()

        (heard,) = (one.getMessage() for one in caplog.records if "command" in one.getMessage())
        refusal.heard(heard)
        assert unit.recorded(EventKind.COMMAND) == []
        clock.trusted = True
        clock.set(NOW + HOUR / 2)
        unit.turn()
        assert len(unit.recorded(EventKind.COMMAND)) == 1

    @attack(
        "a command after its time",
        has="a manifest withheld for hours",
        says="a command came after its time",
        stays="everything",
    )
    def test_no_command_is_done_after_its_time(
        self, unit: WholeUnit, refusal: Refusal, caplog: pytest.LogCaptureFixture
    ) -> None:
        unit.files.switch(manifest=told(CommandKind.TEST_RELEASE))
        unit.boot(NOW + 2 * HOUR, trusted=True)
        unit.turn()
        (heard,) = (one.getMessage() for one in caplog.records if "command" in one.getMessage())
        refusal.heard(heard)
        assert unit.recorded(EventKind.COMMAND) == []


EXPIRED = "refuse expired: Card expired: renew with your card scheme"
WRONG = "wrong clock at boot"


class TestClock:
    @pytest.mark.parametrize(
        ("at", "trusted"),
        [
            pytest.param(
                IN_1970,
                False,
                marks=attack(
                    WRONG,
                    "1970, to make an expired card good again",
                    has=f"{BOLT}, and an expired card",
                    says=EXPIRED,
                    stays="the floor: the time of the newest signature in force",
                ),
            ),
            pytest.param(
                NOW - 300 * DAY,
                True,
                marks=attack(
                    WRONG,
                    "set back by a false time source, to make an expired card good again",
                    has="the way to the time source, and an expired card",
                    says=EXPIRED,
                    stays="the floor; the clock isn't trusted, and the record says so",
                ),
            ),
        ],
    )
    def test_a_clock_set_back_makes_no_expired_card_good(
        self, *, unit: WholeUnit, refusal: Refusal, at: datetime, trusted: bool
    ) -> None:
        unit.boot(at, trusted=trusted)
        refusal.heard(unit.present(ECS.text(ECS.card(expires_at=NOW))))
        assert unit.present(ECS.text()) == "admit"
        assert unit.trusted_then() == [False, False]

    @attack(
        WRONG,
        "power cut every hour, to keep a cancelled card alive",
        has=f"{BOLT}, and the way to the hub and the time source",
        says="refer clock_untrusted: Gate needs an update: see the guard",
        stays="everything; the guard decides from the 24th hour on",
    )
    def test_time_without_a_clock_adds_up_across_power_cuts(
        self, unit: WholeUnit, refusal: Refusal
    ) -> None:
        unit.boot(NOW, trusted=True)
        for boot in range(25):
            unit.boot(IN_1970 + timedelta(seconds=boot), trusted=False)
            for _ in range(6):
                unit.turn(600)
        refusal.heard(unit.present(ECS.text()))


@attack(
    "older files carried by hand",
    "a list",
    has="a stick, and the trust directory",
    says="status list https://ecs-jib.invalid/1: older than the one in force, which stays",
    stays="the list that was held: the cancelled card stays cancelled",
)
def test_an_older_list_brought_by_hand_does_not_count(unit: WholeUnit, refusal: Refusal) -> None:
    unit.files.switch(ecs=list_token(NOW, 7))
    unit.boot(NOW, trusted=True)
    unit.files.switch(ecs=list_token(NOW - DAY))
    unit.turn()
    refusal.heard("; ".join(unit.faults()))
    assert unit.present(ECS.text()).startswith("refuse revoked")


@attack(
    "older files carried by hand",
    "a manifest",
    has="a stick, and the trust directory",
    says="manifest: version 3 again; held is 4, newer",
    stays="the manifest that was held",
)
def test_an_older_manifest_brought_by_hand_does_not_count(
    unit: WholeUnit, refusal: Refusal
) -> None:
    unit.files.switch(manifest=manifest_message(4))
    unit.boot(NOW, trusted=True)
    unit.files.switch(manifest=manifest_message(3))
    unit.turn()
    refusal.heard("; ".join(unit.faults()))
    assert unit.recorded(EventKind.MANIFEST) == ["version 4"]
