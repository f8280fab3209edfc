"""What keeps a machine from joining: one after the other.

Each is a setback that has to be told, the code that is shown (join_codes), and what is done to the
site's network and to the machine before and after, in the words of network/lay.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gate.errors import Setback


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One setback; `is_1970`: the machine's clock has lost its cell."""

    setback: Setback
    code: str = "cable"
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    is_1970: bool = False


def troubles(front: int, other_front: int) -> Iterator[tuple[str, Trouble]]:
    """Yield each row's name and what is wrong; the ports are the hub's and an impostor's."""
    hub = f"door hub {front}"
    yield "no cable", Trouble(setback=Setback.NO_CABLE, before=("cable out", "dhcp on", hub))
    silent = ("cable in", "dhcp off")
    yield "DHCP missing", Trouble(setback=Setback.NO_ADDRESS, before=silent, after=("dhcp on",))
    for name, setback, door in (
        ("captive portal", Setback.PORTAL, "portal"),
        ("hub down", Setback.HUB_UNREACHABLE, "closed"),
        ("CA changed", Setback.AUTHORITY_CHANGED, f"hub {other_front}"),
    ):
        yield name, Trouble(setback=setback, before=(f"door {door}",), after=(hub,))
    yield "clock says 1970", Trouble(setback=Setback.CLOCK_WRONG, is_1970=True)
    for name, setback, code in (
        ("code of another hub", Setback.OTHER_HUB, "stranger"),
        ("token expired", Setback.EXPIRED, "expired"),
        ("code cancelled", Setback.UNKNOWN, "cancelled"),
        ("code damaged", Setback.DAMAGED_CODE, "damaged"),
    ):
        yield name, Trouble(setback=setback, code=code)
    yield "nobody issues cards", NOBODY_ISSUES
    yield "token stolen", Trouble(setback=Setback.TAKEN, code="stolen", after=("forget",))
    yield (
        "SD full",
        Trouble(setback=Setback.DISK, before=("disk full",), after=("disk free",)),
    )


NOBODY_ISSUES: Final = Trouble(
    setback=Setback.NO_TRUST,
    code="stolen",
    before=("trust away",),
    after=("trust back", "forget"),
)
"""It has joined by then; and it is another machine afterwards, since what it kept for that code is
gone."""
