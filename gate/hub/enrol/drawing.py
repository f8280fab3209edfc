"""Set-up codes to be held up: as a picture in a page, and on sheets of A4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gate.hub.alarms.words import moment_words
from gate.hub.enrol.codes import Made
from gate.hub.sites.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A code as SVG has it: the side in modules, and one path of the dark ones."""

    side: int
    path: str


def symbol_of(text: str) -> Symbol:
    """Return a code's symbol; raises ConfigError if none holds it."""
    from gate.paper.qr import dark_runs, qr_modules  # noqa: PLC0415 - large: for who draws

    modules = qr_modules(text)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in dark_runs(modules))
    return Symbol(side=len(modules), path=path)


def draw_sheet(site: Site, made: Sequence[Made], words: str, now: datetime) -> bytes:
    """Return a PDF of A4 sheets; raises ConfigError if a code fits no symbol."""
    from gate.paper.code_sheet import CodeSheet, SheetCode, draw_code_sheets  # noqa: PLC0415 - as above

    until = moment_words(made[0].code.until, ZoneInfo(site.time_zone))
    sheet = CodeSheet(
        title=f"Set-up codes, {site.name}",
        note=f"Each is good once, until {until}. Whoever has it can join: keep it locked away."
        " Cut it apart: a unit takes a code that it sees alone.",
        words=words,
    )
    codes = [SheetCode(name=one.code.name, text=one.text) for one in made]
    return draw_code_sheets(codes, sheet, now)
