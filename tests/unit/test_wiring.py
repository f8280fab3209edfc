"""A unit put together from what lies on the disk, with pretended hardware."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gate.access.model import Direction
from gate.card.model import Card, Competence, StatusRef
from gate.config import load_config
from gate.devices.ports import Contact, Mark
from gate.devices.signals import Signal
from gate.errors import ConfigError, DeviceError, TrustError
from gate.events.model import Event, EventKind
from gate.signing.keys import Algorithm
from gate.sim.devices import (
    ManualClock,
    SimCamera,
    SimDecoder,
    SimNotifier,
    SimOutputs,
    picture_of,
)
from gate.sim.inputs import SimInputs
from gate.store import desk as desks
from gate.store import trust_store
from gate.store.cursor import Cursor, cursor_directory
from gate.store.journal import open_journal
from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader
from gate.unit.contacts import reactions
from gate.unit.daemon import run
from gate.unit.portal import State
from gate.unit.retention import EVERY_S
from gate.unit.wiring import Parts, Unit, assemble, build
from tests.devices.test_decoder_libraries import mark_of

NOW = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
CATALOGUE = Path(__file__).parents[2] / "config" / "schemes.toml"
POLICY = (
    'version = 1\nsite = "riverside"\ntime_zone = "UTC"\n'
    '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n'
    '[passback]\nmode = "refuse"\n'
)
UNIT = (
    '[unit]\nname = "A"\nsite = "riverside"\njournal = "journal.db"\ntrust = "trust"\n'
    'policy = "policy.toml"\nsite_key = "site.key"\n'
    '[[access_point]]\nname = "A"\ndirection = "in"\n[camera]\nsource = "dir:pictures"\n'
    '[outputs]\nfactory = "mock"\nentry_relay = 17\n'
)


def card(number: str, place: StatusRef) -> Card:
    return Card(
        issuer="ecs-jib",
        number=number,
        holder_id=number,
        name=f"Holder {number}",
        not_before=NOW,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=365),
        competence=Competence(scheme="ecs-jib", card_type="approved-electrician"),
        status=place,
    )


class Site:
    """A unit's directory, and the issuer it trusts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._desk = desks.create_desk(
            path / "desk",
            iss="ecs-jib",
            schemes=frozenset({"ecs-jib"}),
            algorithm=Algorithm.ED25519,
            now=NOW,
            capacity=100,
        )
        tokens = trust_store.list_tokens(self._desk.directory)
        trust = trust_store.load_trust(self._desk.directory)
        trust_store.merge(path / "trust", trust, tokens, NOW)
        (path / "policy.toml").write_text(POLICY, "utf-8")
        (path / "unit.toml").write_text(UNIT, "utf-8")

    def card(self, number: str) -> str:
        """Issue a card; return its text."""
        return desks.issue(self._desk, partial(card, number))[0]

    def unit(
        self, *texts: str, hours: float = 1, wired: tuple[Contact, ...] = (), fire: bool = False
    ) -> Unit:
        """Put the unit together some hours later, before a camera that shows `texts` in turn."""
        clock = ManualClock(NOW + timedelta(hours=hours))
        script = [picture_of(text) for text in texts]
        outputs = SimOutputs(clock)
        burning = (Contact.FIRE,) if fire else ()
        parts = Parts(
            open_camera=lambda: SimCamera(script, clock),
            decoder=SimDecoder(),
            outputs=outputs,
            inputs=SimInputs(clock, wired, active=burning, reactions=reactions(outputs, 5.0)),
            clock=clock,
            notifier=SimNotifier(),
        )
        return assemble(load_config(self.path / "unit.toml"), parts)

    def seen(self, *texts: str, hours: float = 1) -> list[Signal]:
        """Run the unit to the end of its pictures; return what it answered."""
        signals: list[Signal] = []
        unit = self.unit(*texts, hours=hours)
        run(unit, threading.Event(), watch=lambda answer, _taken: signals.append(answer.signal))
        return signals


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_who_is_inside_is_known_after_a_restart(site: Site) -> None:
    first, second = site.card("1"), site.card("2")

    assert site.seen(first) == [Signal.ADMITTED]
    assert site.seen(first, second, hours=2) == [Signal.REFUSED, Signal.ADMITTED]


def test_who_was_not_seen_for_a_day_is_not_held_to_be_inside(site: Site) -> None:
    text = site.card("1")
    site.seen(text)

    assert site.seen(text, hours=23) == [Signal.REFUSED]
    assert site.seen(text, hours=26) == [Signal.NOTED]  # a note: the list is ageing by then


def test_a_person_who_was_erased_is_nobody_inside(site: Site) -> None:
    text = site.card("1")
    site.seen(text)
    journal = site.path / "journal.db"
    with JournalReader.open(journal) as reader:
        unit_key = next(entry.holder for entry in reader.passages(NOW) if entry.holder)
    person = bytes.fromhex(unit_key.split('"person":"')[1].split('"')[0])
    with open_journal(journal, now=NOW, clock_trusted=True) as writer:
        assert writer.erase(person) == 1

    assert site.seen(text, hours=2) == [Signal.ADMITTED]


def test_a_journal_that_cannot_be_opened_is_a_fault_and_not_an_end(site: Site) -> None:
    text = site.card("1")
    (site.path / "journal.db").mkdir()

    assert site.seen(text) == [Signal.FAULT]


def test_what_the_hub_has_and_is_old_leaves_the_journal(site: Site) -> None:
    site.seen(site.card("1"))
    journal = site.path / "journal.db"
    with JournalReader.open(journal) as reader, Cursor(cursor_directory(journal)) as cursor:
        cursor.rewind(reader.head())
    unit = site.unit(hours=24 * 91)

    unit.retention.turn(0.0)
    unit.retention.turn(EVERY_S)
    unit.recorder.note_unit(EventKind.UNIT_STOPPED)
    unit.recorder.close()

    answer = audit(journal)
    assert (answer.fault, answer.pruned, answer.head.seq - answer.pruned) == (None, 3, 2)


FIRE = (Contact.FIRE, Contact.GUARD_KEY)


def test_a_fire_alarm_stands_over_a_restart_until_the_all_clear(site: Site) -> None:
    run(site.unit(wired=FIRE, fire=True), threading.Event())
    again = site.unit(wired=FIRE, hours=2)
    again.upkeep.start(again.controller)

    assert again.controller.state is State.FIRE
    assert again.parts.outputs.is_released(Direction.IN)  # type: ignore[attr-defined]  # SimOutputs
    again.recorder.close()


def test_a_fire_alarm_that_nobody_could_end_does_not_stand(site: Site) -> None:
    run(site.unit(wired=FIRE, fire=True), threading.Event())
    again = site.unit(hours=2)
    again.upkeep.start(again.controller)

    assert again.controller.state is State.LOCKED
    again.recorder.close()


def real_unit(site: Site, inputs: str, camera: str = "") -> Unit:
    """Build the unit as `gate run` does, on pretended pins; what it trusts is the public part."""
    text = UNIT.replace("[camera]\n", f"[camera]\n{camera}")
    (site.path / "unit.toml").write_text(f"{text}exit_relay = 18\n[inputs]\n{inputs}", "utf-8")
    (site.path / "pictures").mkdir()
    unit = build(load_config(site.path / "unit.toml"))
    unit.upkeep.start(unit.controller)
    unit.contacts.turn(0.0)
    return unit


def end(unit: Unit) -> None:
    """Let everything go."""
    unit.parts.inputs.close()
    unit.parts.outputs.close()
    unit.recorder.close()


def test_a_wire_to_the_fire_alarm_that_is_cut_frees_a_real_unit_from_the_start(site: Site) -> None:
    unit = real_unit(site, "fire = 16\nguard_key = 13\n")

    assert unit.controller.state is State.FIRE
    assert EventKind.FIRE_ALARM in [event.kind for event in recorded(site)]
    end(unit)


def test_a_real_unit_takes_the_contacts_of_its_file(site: Site) -> None:
    unit = real_unit(site, "rotation_in = 5\nexit_button = 12\n")

    assert unit.parts.inputs.wired == {Contact.ROTATION_IN, Contact.EXIT_BUTTON}
    assert unit.controller.keeper.turnstile.contacts == {Direction.IN}
    assert unit.controller.state is State.LOCKED
    end(unit)


def test_a_real_unit_looks_where_and_for_what_its_file_says(site: Site) -> None:
    unit = real_unit(site, "", camera='area = [25, 0, 75, 100]\nmarks = ["aztec"]\n')
    shown = mark_of(Mark.AZTEC, "CC1:AZTEC")
    aside = np.pad(shown, ((0, 0), (240, 240)), constant_values=90)
    Image.fromarray(aside).save(site.path / "pictures" / "a.png")

    camera = unit.parts.open_camera()
    [frame] = list(islice(camera.frames(), 1))
    assert np.array_equal(frame.luma, shown)
    assert [one.text for one in unit.parts.decoder.decode(frame).readings] == ["CC1:AZTEC"]
    assert isinstance(unit.parts.open_camera, partial)
    assert unit.parts.open_camera.keywords["exposure"] is unit.parts.exposure
    camera.close()
    end(unit)


def recorded(site: Site) -> list[Event]:
    with JournalReader.open(site.path / "journal.db") as reader:
        return [entry.event for entry in reader.entries()]


def test_rules_of_another_site_are_refused(site: Site) -> None:
    (site.path / "policy.toml").write_text(POLICY.replace("riverside", "hilltop"), "utf-8")

    with pytest.raises(ConfigError, match=r'site = "hilltop"; the unit stands at "riverside"'):
        site.unit()


def test_a_trust_directory_that_is_not_there_is_named(site: Site) -> None:
    (site.path / "unit.toml").write_text(UNIT.replace('"trust"', '"nowhere"'), "utf-8")

    with pytest.raises(TrustError, match="nowhere"):
        site.unit()


def test_a_misspelt_type_is_logged_as_a_warning(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    misspelt = POLICY.replace('types = "any"', 'types = ["no-such-type"]')
    (site.path / "policy.toml").write_text(misspelt, "utf-8")
    named = UNIT.replace("policy =", f'schemes = "{CATALOGUE}"\npolicy =')
    (site.path / "unit.toml").write_text(named, "utf-8")

    with caplog.at_level(logging.WARNING, "gate"):
        site.unit().recorder.close()

    assert "no-such-type" in caplog.text


def test_a_private_key_keeps_a_real_unit_from_starting(site: Site) -> None:
    (site.path / "unit.toml").write_text(UNIT.replace('"trust"', '"desk"'), "utf-8")

    with pytest.raises(TrustError, match="private key"):
        build(load_config(site.path / "unit.toml"))


def test_a_camera_that_cannot_be_named_keeps_a_real_unit_from_starting(site: Site) -> None:
    with pytest.raises(DeviceError, match="camera"):
        build(load_config(site.path / "unit.toml"), camera_spec="webcam")
