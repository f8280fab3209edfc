"""The table of purposes: what a site keeps of people, what for, and for how long if nobody says.

Another purpose is another row, whose parts find what it keeps. What names nobody is none: keyed
hashes alone, heartbeats, counts. Who acted for the site, such as the author of a block, stays with
what they did; an address of e-mail or of a network does not.
"""

from dataclasses import dataclass
from typing import Final

from gate.hub.retention.parts import Part
from gate.hub.retention.people import People, Photographs
from gate.hub.retention.record import Record
from gate.hub.retention.written import (
    AUDITED,
    CHECKED,
    ENDED_BLOCKS,
    FORGIVEN,
    LETTERS,
    NOTES,
    UNKNOWN_PASSES,
)

_WORKING_TIME: Final = 731
"""Two years, of which one may be a leap year (Working Time Regulations 1998, reg. 9)."""

_CLAIM: Final = 1096 + 124
"""Three years to bring a claim for an injury (Limitation Act 1980, s. 11), and four months in which
it may be served (Civil Procedure Rules, r. 7.5)."""

_YEAR: Final = 366
_SEVEN_YEARS: Final = 2557
"""Six years for a claim on a contract (Limitation Act 1980, s. 5), and the year that serves it."""

_LEFT: Final = "of those who left the first did on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One row of the table.

    Attributes:
        name: stored, and in addresses.
        title: what it is, for people.
        what: what in it names somebody.
        since: from when its days count.
        why: what it is kept for, and why so long.
        rows: what is counted.
        days: kept if nobody set anything.
        least: fewest days that may be set, and why no fewer.
        most: most days that may be set.
        parts: where it is.
        oldest: what is said before the date of the oldest.
    """

    name: str
    title: str
    what: str
    since: str
    why: str
    rows: str
    days: int
    least: int
    least_why: str
    most: int
    parts: tuple[Part, ...]
    oldest: str = "the oldest of"


RECORD: Final = Purpose(
    name="record",
    title="The gates' record",
    what="Name and card in each entry. That somebody passed, where and when, stays for good.",
    since="the hub took the entry in",
    why="Who was on site when somebody was hurt: three years to bring a claim (Limitation Act 1980,"
    " s. 11), four months more to serve it (CPR 7.5).",
    rows="entries",
    days=_CLAIM,
    least=_WORKING_TIME,
    least_why="hours must be shown for two years (Working Time Regulations 1998, reg. 9)",
    most=_SEVEN_YEARS,
    parts=(Record(),),
)
PEOPLE: Final = Purpose(
    name="people",
    title="People who have left",
    what="Name, company, cards and passes; the photograph and notes, if they are there still. That"
    " somebody was inducted stays.",
    since="they had no good pass, induction or passage any more",
    why="What somebody was told at their induction is asked after an accident: as long as the"
    " record.",
    rows="people",
    oldest=_LEFT,
    days=_CLAIM,
    least=_WORKING_TIME,
    least_why="whom the record names must be found here, to be erased at their word",
    most=_SEVEN_YEARS,
    parts=(People(is_visitor=False), UNKNOWN_PASSES),
)
AUDIT: Final = Purpose(
    name="audit",
    title="Who looked at whom, and changed what",
    what="The user's name, and the address of their computer. That it was done stays.",
    since="it was done",
    why="As long as the record names people it must be told who looked at them.",
    rows="records",
    days=_CLAIM,
    least=_YEAR,
    least_why="what is looked into is often found out late",
    most=_SEVEN_YEARS,
    parts=(AUDITED, CHECKED),
)
PURPOSES: Final = (
    RECORD,
    PEOPLE,
    Purpose(
        name="photographs",
        title="Photographs of people who have left",
        what="The portrait, in the register and on passes.",
        since="they had no good pass, induction or passage any more",
        why="A guard compares faces with it at the gate. Who has left comes in by none; a month is"
        " for who comes back.",
        rows="photographs",
        oldest=_LEFT,
        days=30,
        least=7,
        least_why="somebody who is away for a week has not left",
        most=_YEAR,
        parts=(Photographs(),),
    ),
    Purpose(
        name="visitors",
        title="Visitors",
        what="Name and company. That somebody came, to whom and when, stays.",
        since="they left",
        why="Who was here is asked for a while. An accident has a record of its own, kept for three"
        " years (RIDDOR 2013, reg. 12).",
        rows="visitors",
        oldest=_LEFT,
        days=_YEAR,
        least=30,
        least_why="a visit of last month may be asked for",
        most=_SEVEN_YEARS,
        parts=(People(is_visitor=True),),
    ),
    Purpose(
        name="notes",
        title="Notes on people",
        what="The whole note.",
        since="it was written",
        why="It is for whoever works with somebody now; what is still so after a year is written"
        " anew.",
        rows="notes",
        days=_YEAR,
        least=30,
        least_why="who was away for a month must find it",
        most=_CLAIM,
        parts=(NOTES,),
    ),
    Purpose(
        name="blocks",
        title="Ended blocks, and forgiven exits",
        what="The card's number. When, by whom and why stays.",
        since="the block ended, or the exit was forgiven",
        why="Somebody may ask why they were kept out. A block in force is kept until it ends.",
        rows="cards",
        days=_YEAR,
        least=30,
        least_why="who was blocked last month may ask why",
        most=_SEVEN_YEARS,
        parts=(ENDED_BLOCKS, FORGIVEN),
    ),
    AUDIT,
    Purpose(
        name="letters",
        title="E-mail that was sent",
        what="The whole letter, with the address of its reader.",
        since="it was written",
        why="Whether somebody was told of a silent gate or an alarm; a year of the daily roots.",
        rows="letters",
        days=400,
        least=30,
        least_why="what was told last month may be asked for",
        most=_SEVEN_YEARS,
        parts=(LETTERS,),
    ),
)
BY_NAME: Final = {one.name: one for one in PURPOSES}
