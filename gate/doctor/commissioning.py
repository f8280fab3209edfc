"""Whether a unit may have its certificate: every part passed, and somebody's word on the rest.

No software can tell that a gate without power lets people out. So the certificate is given only on
the word of who tried it with the unit unplugged, each of the three by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gate import __version__
from gate.config_fields import Config
from gate.config_lanes import lanes_of
from gate.devices.ports import Luma
from gate.doctor.camera_check import keep_picture
from gate.doctor.finding import Answer, Finding, not_asked, passed
from gate.doctor.hands import Question
from gate.doctor.rounds import picture_path
from gate.errors import ConfigError
from gate.paper.certificate import Certificate, CheckedPart, SeenPicture

WORDS: Final = (
    ("exit", "With the unit unplugged, the exit turned freely."),
    ("exit button", "With the unit unplugged, the exit button released the exit."),
    ("fire input", "With the unit unplugged, the fire input released the exit."),
)
"""EXPERIENCE's acceptance test; what has no exit button or fire input is no gate to certify."""

UNPLUGGED: Final = "unplugged: "
BY_ITSELF: Final = frozenset({"network", "hub", "temperature", "supply"})
"""What need not be asked of a unit that stands alone, or on a board that doesn't tell."""

MAX_INSTALLER_CHARS: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Commissioned:
    """What was found, and what keeps the unit from its certificate; nothing if it may have it."""

    findings: Sequence[Finding]
    missing: Sequence[str]


def ask_unplugged(question: Question) -> Iterator[Finding]:
    """Ask for the word on each of the three that no software can tell."""
    for name, words in WORDS:
        if question(f"{words} Is that so?"):
            yield passed(f"{UNPLUGGED}{name}", words)
        else:
            says = "Nobody confirmed it: unplug the unit, try it, plug it in, and run this again."
            yield not_asked(f"{UNPLUGGED}{name}", says)


def judge(findings: Sequence[Finding]) -> Commissioned:
    """Say what keeps a unit from its certificate: what is found, and the words that are missing."""
    missing = found_missing(findings)
    confirmed = {one.name for one in findings if one.answer is Answer.PASSED}
    asked = {one.name for one in findings}
    for name, words in WORDS:
        if f"{UNPLUGGED}{name}" not in asked | confirmed:
            missing.append(f"{UNPLUGGED}{name}: {words} Nobody was asked.")
    return Commissioned(findings=findings, missing=missing)


def found_missing(findings: Sequence[Finding]) -> list[str]:
    """Return what of some findings keeps a unit from its certificate.

    What needs attention does not; what is broken does, and whatever should have been asked and was
    not.
    """
    missing = [f"{one.name}: {one.says}" for one in findings if one.answer is Answer.FAILED]
    missing += [
        f"{one.name}: {one.says}"
        for one in findings
        if one.answer is Answer.NOT_ASKED and one.name not in BY_ITSELF
    ]
    return missing


def checked_installer(name: str) -> str:
    """Return an installer's name as it may stand on paper.

    Raises:
        ConfigError: it is none.
    """
    if not 1 <= len(name.strip()) <= MAX_INSTALLER_CHARS or not name.isprintable():
        allowed = f"1 to {MAX_INSTALLER_CHARS} printable characters"
        raise ConfigError("--installer", [f"{name[:40]!r}; allowed: {allowed}"])
    return name.strip()


def certificate_of(
    commissioned: Commissioned,
    config: Config,
    pictures: Sequence[tuple[str, bytes]],
    installer: str,
    uid: str,
    now: datetime,
) -> Certificate:
    """Return what the certificate of a unit says that may have it."""
    words = {f"{UNPLUGGED}{name}" for name, _ in WORDS}
    hub = "none: it stands alone" if config.hub is None else config.hub.url
    lanes = ", ".join(f"{lane.point.name} ({lane.point.direction})" for lane in lanes_of(config))
    return Certificate(
        facts=(
            ("Site", config.unit.site),
            ("Unit", config.unit.name),
            ("Lanes", lanes),
            ("Hub", hub),
            ("Checked", f"{now:%Y-%m-%d %H:%M} UTC"),
            ("Software", f"Site Gate {__version__}"),
        ),
        parts=[
            CheckedPart(name=one.name, answer=str(one.answer), says=one.says)
            for one in commissioned.findings
            if one.name not in words
        ],
        pictures=[SeenPicture(lane=lane, png=png) for lane, png in pictures],
        words=[text for _, text in WORDS],
        installer=installer,
        uid=uid,
    )


def keep_pictures(config: Config, pictures: Sequence[tuple[str, Luma]]) -> None:
    """Keep what each camera saw, to compare later pictures with it; raises OSError."""
    for lane, picture in pictures:
        keep_picture(picture, picture_path(config, lane))
