"""Threads that have the same thing done once, for all of them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from gate.hub.ingest.together import Together

WAIT_S = 20


@dataclass
class Store:
    """Writes down what it is given at once; holds whoever comes first until it is let go."""

    together: Together[str] = field(default_factory=Together)
    groups: list[list[str]] = field(default_factory=list)
    has_begun: threading.Event = field(default_factory=threading.Event)
    may_go_on: threading.Event = field(default_factory=threading.Event)
    answer: Callable[[str], bool] = bool

    def write(self, what: Sequence[str]) -> list[bool]:
        self.groups.append(list(what))
        if len(self.groups) == 1:
            self.has_begun.set()
            assert self.may_go_on.wait(WAIT_S)
        return [self.answer(one) for one in what]

    def waiting(self, number: int) -> None:
        """Return when so many wait."""
        deadline = threading.Event()
        while len(self.together._waiting) < number:  # noqa: SLF001 - nobody else can know it
            deadline.wait(0.001)


@pytest.fixture
def store() -> Iterator[Store]:
    held = Store()
    yield held
    held.may_go_on.set()


def asked_behind_one(store: Store, names: Sequence[str]) -> dict[str, bool | str]:
    """Return what each was answered that came while the first was being stored."""
    answers: dict[str, bool | str] = {}

    def ask(name: str) -> None:
        try:
            answers[name] = store.together.do(name, store.write)
        except OSError as error:
            answers[name] = str(error)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("first", *names)]
    threads[0].start()
    assert store.has_begun.wait(WAIT_S)
    for number, thread in enumerate(threads[1:], 1):
        thread.start()
        store.waiting(number)
    store.may_go_on.set()
    for thread in threads:
        thread.join(WAIT_S)
    return answers


def test_whoever_comes_alone_waits_for_nobody(store: Store) -> None:
    store.may_go_on.set()
    assert store.together.do("one", store.write)
    assert store.together.do("two", store.write)
    assert store.groups == [["one"], ["two"]]


def test_all_who_wait_are_stored_at_once_in_the_order_in_which_they_came(store: Store) -> None:
    answers = asked_behind_one(store, ["a", "b", "c"])
    assert store.groups == [["first"], ["a", "b", "c"]]
    assert answers == dict.fromkeys(["first", "a", "b", "c"], True)


def test_each_gets_its_own_answer(store: Store) -> None:
    store.answer = lambda name: name != "b"
    assert asked_behind_one(store, ["a", "b"]) == {"first": True, "a": True, "b": False}


def test_a_failure_is_raised_once_and_leaves_the_others_to_themselves(store: Store) -> None:
    def fail_for_a(name: str) -> bool:
        if name == "a":
            raise OSError("the disk is full")
        return True

    store.answer = fail_for_a
    answers = asked_behind_one(store, ["a", "b", "c"])
    assert answers.pop("first") is True
    assert sorted(map(str, answers.values())) == ["False", "False", "the disk is full"]
    assert store.together.do("later", store.write)
    assert store.groups[-1] == ["later"]
