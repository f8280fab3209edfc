"""Everybody's last passage, as a unit is handed it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gate.access.model import Direction
from gate.access.presence import Passage, fold_passages
from gate.events.model import EventKind
from gate.hub.manifest.models import Folded, SignedPresence
from gate.hub.manifest.whereabouts import catch_up, person_of, seen_since
from gate.hub.sites.models import Site, Unit
from gate.trust.site_presence import accept_presence
from tests.hub.manifest.passing import AT, MINUTE, beats, last, passes, person, send, told

if TYPE_CHECKING:
    from gate.signing.keys import SigningKey
    from tests.hub.ingest.conftest import Sender, SimulatedUnit
    from tests.hub.manifest.conftest import Asker

pytestmark = pytest.mark.django_db


def test_in_at_one_gate_and_out_at_another_is_known_at_both(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    a, b = gates
    passes(a, "Sam", "in", AT)
    passes(a, "Dee", "in", AT + MINUTE)
    passes(b, "Sam", "out", AT + 2 * MINUTE)
    send(sender, b, a)
    presence = told(site, signing_key, AT + 3 * MINUTE)
    assert last(presence) == {"Sam": ("out", "Gate B out"), "Dee": ("in", "Gate A in")}
    sam = next(row for row in presence.rows if row.name == "Sam")
    assert (sam.person, sam.at) == (person("Sam"), AT + 2 * MINUTE)


def test_over_http_it_is_the_hubs_word(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], asker: Asker
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the hub's own clock answers here
    passes(gates[0], "Sam", "in", now - MINUTE)
    send(sender, gates[0])
    assert last(asker.presence(gates[1])) == {"Sam": ("in", "Gate A in")}


def test_who_was_refused_or_stood_before_no_gate_has_not_moved(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    passes(gates[0], "Sam", "in", AT)
    passes(gates[0], "Sam", "out", AT + MINUTE, outcome="refuse")
    passes(gates[0], "Dee", "in", AT, outcome="refer")
    passes(gates[0], "Kim", "", AT)
    send(sender, gates[0])
    assert last(told(site, signing_key, AT + MINUTE)) == {"Sam": ("in", "Gate A in")}


def test_a_grant_that_was_not_taken_leaves_its_holder_where_they_were(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    annulled = EventKind.NOT_TURNED
    passes(gates[0], "Sam", "in", AT)
    passes(gates[0], "Sam", "in", AT + MINUTE, outcome="", kind=annulled)
    passes(gates[0], "Kim", "out", AT)
    passes(gates[0], "Kim", "out", AT + MINUTE, outcome="", kind=annulled)
    send(sender, gates[0])
    seen = last(told(site, signing_key, AT + 2 * MINUTE))
    assert {name: way for name, (way, _) in seen.items()} == {"Sam": "out", "Kim": "in"}


def test_within_a_record_its_order_decides_and_not_the_clock(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    passes(gates[0], "Sam", "in", AT)
    passes(gates[0], "Sam", "out", AT - 60 * MINUTE)
    send(sender, gates[0])
    assert last(told(site, signing_key, AT + MINUTE)) == {"Sam": ("out", "Gate A out")}


def test_a_gate_whose_clock_is_years_ahead_holds_nobody(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the hub stamps what it receives by its own clock
    passes(gates[0], "Sam", "in", datetime(2199, 1, 1, tzinfo=UTC))
    send(sender, gates[0])
    catch_up(site)
    passes(gates[1], "Sam", "out", now + MINUTE)
    send(sender, gates[1])
    assert last(told(site, signing_key, now + MINUTE)) == {"Sam": ("out", "Gate B out")}


def test_of_an_erased_person_the_hash_alone_is_left(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    passes(gates[0], "Sam", "in", AT)
    send(sender, gates[0])
    told(site, signing_key, AT + MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ingest_entry SET salt = NULL, holder = NULL")
    (row,) = told(site, signing_key, AT + 2 * MINUTE).rows
    assert (row.person, row.name) == (person("Sam"), "")


def test_another_sites_people_are_nobodys_business(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    passes(gates[0], "Sam", "in", AT)
    send(sender, gates[0])
    other = Site.objects.create(
        organisation=site.organisation, slug="quay", name="Quay", time_zone="Europe/London"
    )
    assert told(other, signing_key, AT).rows == ()


def test_it_is_signed_at_most_every_few_seconds_and_never_grows_old(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    held, signings = None, 0
    for seconds in range(180):
        now = AT + timedelta(seconds=seconds)
        if seconds < 60:
            passes(gates[0], f"Worker {seconds}", "in", now)
            send(sender, gates[0])
        fresh = told(site, signing_key, now)
        accept_presence(fresh, held, now, clock_trusted=True)
        signings += held is None or fresh.issued_at != held.issued_at
        held = fresh
        assert now - fresh.issued_at <= timedelta(seconds=60)
        if seconds < 60:
            assert now - fresh.issued_at < timedelta(seconds=5)
    assert signings <= 12 + 3
    assert len(held.rows if held else ()) == 60


def test_a_clock_that_is_set_back_gives_no_older_presence(
    site: Site, signing_key: SigningKey
) -> None:
    first = told(site, signing_key, AT)
    again = told(site, signing_key, AT - 60 * MINUTE)
    accept_presence(again, first, AT, clock_trusted=True)


def known(site: Site, key: SigningKey, now: datetime) -> dict[str, tuple[float, float]]:
    """Return how many seconds ago each gate was heard, and its record was whole."""
    presence = told(site, key, now)
    return {
        gate.name: (
            (presence.issued_at - gate.heard_at).total_seconds(),
            (presence.issued_at - gate.whole_at).total_seconds(),
        )
        for gate in presence.gates
    }


def test_it_says_how_far_each_gate_was_heard(
    gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    a, b = gates
    assert {gate.name for gate in told(site, signing_key, AT).gates if not gate.was_heard} == {
        a.name,
        b.name,
    }
    beats(a, AT - timedelta(seconds=9, milliseconds=400))
    beats(b, AT - MINUTE, backlog=3, oldest_at=AT - 5 * MINUTE)
    assert known(site, signing_key, AT + MINUTE) == {a.name: (70, 70), b.name: (120, 360)}
    assert told(site, signing_key, AT + MINUTE).lag == 6 * MINUTE


def test_a_gate_that_cannot_say_what_it_owes_is_known_in_nothing(
    gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    beats(gates[1], AT + 2 * MINUTE)
    beats(gates[0], AT, backlog=3)
    assert told(site, signing_key, AT).lag > timedelta(days=365)
    beats(gates[0], AT, backlog=3, oldest_at=datetime(1970, 1, 1, tzinfo=UTC))
    assert told(site, signing_key, AT + MINUTE).lag > timedelta(days=365)
    beats(gates[0], AT, backlog=3, oldest_at=AT + 60 * MINUTE)
    assert told(site, signing_key, AT + 2 * MINUTE).lag == 2 * MINUTE


def test_a_gate_that_was_retired_makes_no_hole(
    gates: tuple[SimulatedUnit, SimulatedUnit], site: Site, signing_key: SigningKey
) -> None:
    beats(gates[0], AT)
    beats(gates[1], AT - 60 * MINUTE)
    Unit.objects.filter(uid=gates[1].uid).update(retired_at=AT)
    assert list(known(site, signing_key, AT)) == [gates[0].name]


def test_what_was_looked_at_is_not_looked_at_again(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site
) -> None:
    passes(gates[0], "Sam", "in", AT)
    send(sender, gates[0])
    assert (catch_up(site), catch_up(site)) == (True, False)
    assert Folded.objects.get().through == 1
    passes(gates[0], "Dee", "in", AT)
    send(sender, gates[0])
    assert catch_up(site)
    assert len(list(seen_since(site, AT, 10))) == 2


def test_a_holder_part_that_is_none_of_ours_is_nobody(site: Site) -> None:
    del site
    for holder in ("", '"}', "x" * 34, "g" * 32 + '"}', "0" * 32 + "}}"):
        assert person_of(holder) is None
    assert person_of("0" * 32 + '"}') == bytes(16)


@pytest.mark.parametrize("page", [1, 3, 1000])
@pytest.mark.parametrize("seed", range(4))
def test_however_it_is_sent_it_is_the_fold_of_the_passages(
    sender: Sender,
    gates: tuple[SimulatedUnit, SimulatedUnit],
    site: Site,
    seed: int,
    page: int,
) -> None:
    """The table, caught up in any steps, says what gate.access.presence folds of it all."""
    chance = Random(seed)
    passages = []
    for minute in range(30):
        name, direction = chance.choice(("Sam", "Dee", "Kim")), chance.choice(("in", "out"))
        at = AT + minute * MINUTE
        passes(chance.choice(gates), name, direction, at)
        passages.append(
            Passage(
                person=person(name),
                direction=Direction(direction),
                at=at,
                access_point="",
                area="",
            )
        )
        if chance.random() < 0.2:
            send(sender, *(gate for gate in gates if gate.entries))
            catch_up(site, page)
    send(sender, *(gate for gate in gates if gate.entries))
    catch_up(site, page)
    folded = fold_passages(passages)
    assert {row[0]: row[2] for row in seen_since(site, AT, 10)} == (
        dict.fromkeys(folded.inside, "in") | dict.fromkeys(folded.left, "out")
    )


def test_what_all_gates_sent_is_looked_at_in_one_turn_of_the_writer(
    sender: Sender, gates: tuple[SimulatedUnit, SimulatedUnit], site: Site
) -> None:
    SignedPresence.objects.create(site=site)
    for gate in gates:
        passes(gate, "Sam", "in", AT)
        passes(gate, "Dee", "in", AT)
    send(sender, *gates)
    with CaptureQueriesContext(connection) as asked:
        assert catch_up(site)
    said = " ".join(one["sql"] for one in asked)
    assert said.count("INSERT INTO manifest_folded") == len(gates)
    assert said.count('FROM "manifest_signedpresence"') == 1
