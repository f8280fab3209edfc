"""What a clerk chose on a page: which cards, what they become, why; each fault in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from gate.errors import ConfigError
from gate.hub.desk.selection import MAX_NAMED, Selection, selection_of
from gate.trust.status_list import Status

ACTIONS: Final[Mapping[str, Status]] = {
    "revoke": Status.INVALID,
    "suspend": Status.SUSPENDED,
    "reinstate": Status.VALID,
}

NONE_TICKED: Final = "Tick the cards that you mean, or choose all that were found."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done, before it is confirmed; `hidden` are its fields in a form."""

    action: str
    chosen: Selection
    hidden: tuple[tuple[str, str], ...]

    @property
    def status(self) -> Status:
        """What the cards are to become."""
        return ACTIONS[self.action]


def wish_of(given: QueryDict) -> Wish:
    """Read what was chosen: ticked cards, or with `which=all` everything that was looked for.

    Raises:
        ConfigError: every field that can't be, or nothing was ticked.
    """
    action = given.get("action", "")
    if action not in ACTIONS:
        raise ConfigError("desk", ["Choose what becomes of the cards."])
    if given.get("which") == "all":
        fields = {name: given.get(name, "") for name in _FIELDS}
        chosen = selection_of(fields)
        hidden = [("which", "all"), *((name, value) for name, value in fields.items() if value)]
    else:
        ticked = given.getlist("card")
        if not ticked:
            raise ConfigError("desk", [NONE_TICKED])
        if len(ticked) > MAX_NAMED or not all(map(_is_row, ticked)):
            raise ConfigError("desk", ["Those are no cards of this desk."])
        chosen = Selection(cards=tuple(map(int, ticked)))
        hidden = [("card", one) for one in ticked]
    return Wish(action=action, chosen=chosen, hidden=(("action", action), *hidden))


def expected_of(given: QueryDict) -> int:
    """Return how many cards were shown to whoever confirmed it; raises ConfigError."""
    text = given.get("expected", "")
    if not _is_row(text):
        raise ConfigError("desk", ["It was not shown how many cards it is. Look again."])
    return int(text)


_FIELDS: Final = ("numbers", "source", "centre", "change", "type", "status", "from", "until")


def _is_row(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
