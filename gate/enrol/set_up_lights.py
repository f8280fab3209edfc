"""What a machine in set-up shows by its lamps and sounder: how it stands, and what went wrong.

The lamps are those of its wiring, or of the project's drawing; a relay's pin is never taken. The
beeps of a setback are those of gate.enrol.words, and are repeated until the next code is seen.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from gate.config_fields import OutputsConfig
from gate.devices.outputs import GpioOutputs, OutputPins, open_outputs
from gate.devices.signals import Light, Lights, Pattern, Step
from gate.enrol.unit_file import IN_PINS, tables_of
from gate.enrol.words import SETBACK_WORDS
from gate.errors import DeviceError, Setback

BEEP_HZ: Final = 1_200
LONG_S: Final = 0.8
SHORT_S: Final = 0.15
GAP_S: Final = 0.35
AGAIN_S: Final = 4.0
"""Between two times of the same beeps: long enough to be told apart and written down."""

_log = logging.getLogger(__name__)

_DARK: Final[Lights] = frozenset()
_GREEN: Final[Lights] = frozenset({Light.GREEN})
_RED: Final[Lights] = frozenset({Light.RED})
_AMBER: Final[Lights] = frozenset({Light.AMBER})

WAITING: Final = Pattern(
    rests=True, steps=(Step(seconds=1, lights=_GREEN), Step(seconds=1, lights=_AMBER))
)
"""The set-up light: no signal of a gate at work has two colours in turn."""

WORKING: Final = Pattern(
    rests=True,
    steps=(Step(seconds=0.5, lights=_GREEN), Step(seconds=0.5, lights=_DARK)),
)

SEEN: Final = Pattern(rests=False, steps=(Step(seconds=0.12, lights=_GREEN, tone_hz=2_400),))

DONE: Final = Pattern(
    rests=False,
    stays=True,
    steps=(Step(seconds=0.4, lights=_GREEN, tone_hz=2_400), Step(seconds=1, lights=_GREEN)),
)

BROKEN: Final = Pattern(
    rests=True, steps=(Step(seconds=1, lights=_AMBER), Step(seconds=1, lights=_DARK))
)
"""As a gate's fault: there is no camera to show a code to."""


class SetUpLights:
    """Lamps and sounder; one that fails says so in the log, and stops nothing."""

    def __init__(self, outputs: GpioOutputs | None) -> None:
        self._outputs = outputs

    def play(self, pattern: Pattern, name: str) -> None:
        """Play a pattern until another one comes."""
        if self._outputs is not None:
            with _told():
                self._outputs.play(pattern, name)

    def close(self) -> None:
        """Darken, and let go of the pins."""
        if self._outputs is not None:
            with _told():
                self._outputs.close()


def failed(setback: Setback) -> Pattern:
    """Return how a setback looks and sounds: red, its long beeps, its short ones, a pause."""
    words = SETBACK_WORDS[setback]
    steps: list[Step] = []
    for beeps, seconds in ((words.long, LONG_S), (words.short, SHORT_S)):
        for _ in range(beeps):
            steps.append(Step(seconds=seconds, lights=_RED, tone_hz=BEEP_HZ))
            steps.append(Step(seconds=GAP_S, lights=_RED))
    return Pattern(rests=True, steps=(*steps, Step(seconds=AGAIN_S, lights=_RED)))


def open_lights(wiring: Path | None, monotonic: Callable[[], float]) -> SetUpLights:
    """Open the lamps and the sounder of a wiring file, or else of the project's drawing.

    A machine whose pins can't be had says so in the log, and is set up without lamps.

    Raises:
        ConfigError: the wiring can't be read.
    """
    outputs = None
    with _told():
        pins, factory = lamp_pins(wiring)
        outputs = open_outputs(pins, factory, monotonic)
    return SetUpLights(outputs)


def lamp_pins(wiring: Path | None) -> tuple[OutputPins, str]:
    """Return the pins of lamps and sounder, never a relay's, and whose pins they are.

    Raises:
        ConfigError: the wiring can't be read.
        DeviceError: it names no pins.
    """
    found: Mapping[str, Any] = {} if wiring is None else tables_of(wiring).get("outputs", {})
    outputs = found or IN_PINS
    factory = str(outputs.get("factory", OutputsConfig().factory))
    pins: dict[str, int | None] = {}
    for lamp in ("green", "red", "amber", "sounder"):
        gpio = outputs.get(lamp)
        if gpio is not None and type(gpio) is not int:
            raise DeviceError(f"{wiring}: outputs: a pin that is no number")
        pins[lamp] = gpio
    return OutputPins(
        green=pins["green"], red=pins["red"], amber=pins["amber"], sounder=pins["sounder"]
    ), factory


@contextmanager
def _told() -> Iterator[None]:
    """Make a lamp's fault a line of the log: nobody is kept from setting up by a lamp."""
    try:
        yield
    except DeviceError as error:
        _log.warning("set-up light", extra={"error": str(error)})
