"""Whether a site sees people leave, and what is known of who came in where it doesn't. Pure.

Where exits are free, people leave by ways that no gate sees. An entry proves that somebody came in,
not that they are there still: they came in, and may have left. Each question that follows from it
is answered here, once:
- what may be answered at most to who hasn't been seen to leave (`at_most`): nobody is refused or
  sent to the guard by what can't be known;
- who may be inside at a moment (`about`): each for as long as people stay at the most, for without
  an end everybody who ever came in would count;
- how people are told of it (`standing_words`, `doubt`).
What a site's rules come to then, `gate.access.policy` tells (`exit_warnings`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gate.access.presence import Presence
from gate.errors import Outcome

LONGEST_STAY_H: Final = 24
"""As far back as a gate looks in its own record when it starts (`gate.unit.attendance`)."""

USUAL_STAY_H: Final = 16
"""24 hours less the 11 of rest (Working Time Regulations 1998, regulation 10), and 3 for a day that
goes on longer."""

MAY_HAVE_LEFT: Final = "came in and may have left"
KNOWN_INSIDE: Final = "known inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """How a site knows that somebody has left.

    Attributes:
        stay: None where gates see people leave. Where exits are free, so long after coming in
            somebody may be inside; afterwards they are taken to have left.
    """

    stay: timedelta | None = None

    @property
    def are_seen(self) -> bool:
        """Whether who left was seen to leave."""
        return self.stay is None

    def at_most(self, outcome: Outcome) -> Outcome:
        """Return what a rule may answer that rests on people not having left since."""
        return outcome if self.stay is None else Outcome.NOTE

    def about(self, presence: Presence, at: datetime) -> Presence:
        """Return the presence of those who may be inside at a moment."""
        return presence if self.stay is None else presence.since(at - self.stay)

    def standing_words(self, *, is_sure: bool = True) -> str:
        """Say of a number of people on the list how they stand."""
        if self.stay is not None:
            return MAY_HAVE_LEFT
        return "inside" if is_sure else KNOWN_INSIDE

    @property
    def doubt(self) -> str:
        """What no list of people can know here, a sentence or two; empty where exits are seen."""
        if self.stay is None:
            return ""
        return (
            "Exits are not seen at this site: who came in may have left, so every number is the"
            f" most there can be. Who came in over {hours(self.stay)} hours before is taken to"
            " have left."
        )


SEEN: Final = Exits()


def hours(span: timedelta) -> int:
    """Return a stay as people write it."""
    return int(span / timedelta(hours=1))
