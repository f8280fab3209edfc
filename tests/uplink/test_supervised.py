"""What the supervisor hears of an uplink that waits, looks, and is told to stop."""

from threading import Timer

from gate.errors import DeviceError
from gate.sim.devices import SimNotifier
from gate.uplink.supervised import SupervisedStop


class DeafSupervisor(SimNotifier):
    """Takes nothing."""

    def alive(self, status: str) -> None:
        raise DeviceError(f"nobody takes {status!r}")


def test_an_uplink_is_ready_and_alive_as_it_begins() -> None:
    notifier = SimNotifier()
    SupervisedStop(notifier)
    assert notifier.said == ["ready", "alive: begins"]


def test_each_look_at_it_is_a_word() -> None:
    notifier = SimNotifier()
    stop = SupervisedStop(notifier)
    assert not stop.is_set()
    stop.set()
    assert stop.is_set()
    assert notifier.said[2:] == ["alive: a pass", "alive: a pass"]


def test_a_long_wait_is_heard_again_and_again() -> None:
    notifier = SimNotifier()
    stop = SupervisedStop(notifier, word_s=0.001)
    assert not stop.wait(0.005)
    assert notifier.said[2:] == ["alive: waits"] * 5


def test_a_wait_ends_as_soon_as_it_is_told_to() -> None:
    notifier = SimNotifier()
    stop = SupervisedStop(notifier)
    Timer(0.01, stop.set).start()
    assert stop.wait(3600)
    assert notifier.said[2:] == ["alive: waits"]


def test_one_that_was_told_to_stop_waits_no_more() -> None:
    notifier = SimNotifier()
    stop = SupervisedStop(notifier)
    stop.set()
    assert stop.wait(3600)
    assert notifier.said[2:] == []


def test_a_supervisor_that_does_not_listen_stops_no_uplink() -> None:
    stop = SupervisedStop(DeafSupervisor(), word_s=0.001)
    assert not stop.wait(0.002)
