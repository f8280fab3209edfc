"""A support bundle: what an engineer needs to help from afar, and nobody's name, card or key.

Twice safe: it is made of what tells of machines alone (answers, counts, faults, the log), and every
text is swept before it is packed. Swept are all names and numbers that this unit's record knows,
its keys in each spelling, and whatever looks like a card, a set-up code, a key or a password.
"""

import base64
import json
import platform
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Final

from gate import __version__
from gate.config_fields import Config
from gate.config_lanes import lanes_of
from gate.doctor.finding import Finding
from gate.doctor.rounds import Site
from gate.errors import EventError, JournalError
from gate.events.codec import decode_holder
from gate.events.support import MAX_ZIP_BYTES
from gate.store.journal_reader import JournalReader

REMOVED: Final = "[removed]"

MAX_LOG_CHARS: Final = 2_000_000
MAX_FAULTS: Final = 500
MAX_SECRET_FILE_BYTES: Final = 64 << 10

MIN_WORD_CHARS: Final = 3
"""Of a part of a name: shorter ones stand in every other word."""

LOG_LINES: Final = 5000

_SERVICES: Final = ("gate-unit", "gate-uplink", "gate-screen", "gate-status", "gate-enrol")
_STATES: Final = "Id,ActiveState,SubState,Result,NRestarts,MemoryPeak,ExecMainStatus"

_LOOKS_SECRET: Final = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|\Z)",
        r"\b[A-Z]{2}[0-9]+:[0-9A-Z $%*+./:\\-]{16,}",  # a card, a code, a pass: Base45
        r"(?<=://)[^\s/@]+@",  # who signs in at a camera
        r"(?i)(?:passw\w*|psk|secret|token|pin)\s*[=:]\s*\S+",
        r"\b[0-9a-fA-F]{24,}\b",
        r"[A-Za-z0-9+/_-]{32,}={0,2}",
        r"[\w.+-]+@[\w-]+\.[\w.-]+",
    )
)


def bundle_of(site: Site, findings: Sequence[Finding]) -> bytes:
    """Return the bundle as a ZIP."""
    secrets = set(secrets_of(site.config))
    texts = {
        "about.json": json.dumps(_about(site.config), indent=1),
        "answers.json": json.dumps([_told(one) for one in findings], indent=1),
        "record.json": json.dumps(_record(site.config.unit.journal), indent=1),
        "services.txt": _services(site),
        "log.txt": _log(site),
    }
    return _fitting({name: swept(text, secrets) for name, text in texts.items()})


def swept(text: str, secrets: Iterable[str]) -> str:
    """Return a text without any of the secrets, and without what looks like one."""
    known = {_lowered(one) for one in secrets if len(one) >= MIN_WORD_CHARS}
    if known:
        text = re.sub(_any_of(sorted(known)), REMOVED, text, flags=re.IGNORECASE)
    for pattern in _LOOKS_SECRET:
        text = pattern.sub(REMOVED, text)
    return text


def secrets_of(config: Config) -> Iterator[str]:
    """Yield what must not leave the unit: whom its record names, and its keys, as they are spelt.

    Only people's own words are taken: a name that is also a part's or a unit's is removed there
    too.
    """
    for path in (config.unit.site_key, config.unit.key):
        yield from _spellings(path)
    for lane in lanes_of(config):
        yield from re.findall(r"://([^\s/@]+)@", lane.camera.source)
    if not config.unit.journal.exists():
        return
    try:
        with JournalReader.open(config.unit.journal) as reader:
            for entry in reader.entries():
                if entry.holder is not None:
                    holder = decode_holder(entry.holder)
                    yield from (holder.number, holder.name, *holder.name.split())
                    yield from (holder.person.hex(), base64.b64encode(holder.person).decode())
    except (JournalError, EventError):
        return  # what can't be read is not in the bundle either: counts alone are


def _lowered(text: str) -> str:
    """Return a text in small letters, as long as it was: İ, which would become two, stays."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _any_of(words: Sequence[str], at: int = 0) -> str:
    """Return a pattern of the longest of these words, sorted, which are alike up to `at`.

    Words that begin alike share a branch. Side by side they took 1.7 s for 52 kB of log on a
    desk's machine with the 5,000 words of 1,000 people: hours on a large site's unit.
    """
    end = at
    while all(len(one) > end and one[end] == words[0][end] for one in words):
        end += 1
    common, left = re.escape(words[0][at:end]), [one for one in words if len(one) > end]
    if not left:
        return common
    branches = [_any_of(list(one), end) for _, one in groupby(left, key=lambda one: one[end])]
    return f"{common}(?:{'|'.join(branches)}){'?' if len(left) < len(words) else ''}"


def _spellings(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SECRET_FILE_BYTES)
    except OSError:
        return
    yield from (data.hex(), base64.b64encode(data).decode("ascii"))
    yield from (line for line in data.decode("latin-1").splitlines() if len(line) >= 16)


def _about(config: Config) -> Mapping[str, object]:
    return {
        "software": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "kernel": platform.release(),
        "unit": config.unit.name,
        "site": config.unit.site,
        "hub": None if config.hub is None else config.hub.url,
        "lanes": [
            {
                "name": lane.point.name,
                "direction": str(lane.point.direction),
                "camera": lane.camera.source.partition(":")[0],
                "outputs": str(lane.outputs.pins()),
                "inputs": str(lane.inputs.pins()),
            }
            for lane in lanes_of(config)
        ],
    }


def _told(finding: Finding) -> Mapping[str, object]:
    return {
        "check": finding.name,
        "answer": finding.answer,
        "says": finding.says,
        "facts": dict(finding.facts),
    }


def _record(journal: Path) -> Mapping[str, object]:
    """Return how many entries of each kind there are, and the faults; of people nothing."""
    counts: dict[str, int] = {}
    faults: list[Mapping[str, object]] = []
    if not journal.exists():
        return {"entries": 0}
    try:
        with JournalReader.open(journal) as reader:
            for entry in reader.entries():
                kind = str(entry.event.kind)
                counts[kind] = counts.get(kind, 0) + 1
            for seq, fault, lane, part in reader.broken(0):
                faults.append({"seq": seq, "kind": str(fault), "lane": lane, "part": part})
    except (JournalError, EventError) as error:
        return {"entries": sum(counts.values()), "kinds": counts, "error": str(error)}
    return {"entries": sum(counts.values()), "kinds": counts, "faults": faults[-MAX_FAULTS:]}


def _services(site: Site) -> str:
    names = [f"{name}.service" for name in _SERVICES]
    return site.ask(["systemctl", "show", f"--property={_STATES}", *names]) or "no systemd\n"


def _log(site: Site) -> str:
    units = [part for name in _SERVICES for part in ("-u", name)]
    command = ["journalctl", "--no-pager", "-o", "short-iso", "-n", str(LOG_LINES), *units]
    return (site.ask(command) or "no log\n")[-MAX_LOG_CHARS:]


def _fitting(texts: dict[str, str]) -> bytes:
    """Pack the texts; of a log that is too long, the newest part."""
    packed = _packed(texts)
    while len(packed) > MAX_ZIP_BYTES and texts["log.txt"]:
        log = texts["log.txt"]
        texts["log.txt"] = log[len(log) - len(log) // 2 :]
        packed = _packed(texts)
    return packed


def _packed(texts: Mapping[str, str]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in texts.items():
            packed.writestr(zipfile.ZipInfo(name), text.encode("utf-8", "replace"))
    return file.getvalue()
