"""The `Inputs` port without contacts: for tests, and for a site on one machine.

It obeys the rules of `gate.devices.inputs`: what is active at the start is a change, what acts at
once acts before the change can be read, nothing changes after `close`. It differs in being told
what changes, and in failing on request.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from gate.devices.ports import Change, Clock, Contact, Reactions
from gate.errors import DeviceError


class SimInputs:
    """The `Inputs` port; a text in `broken` makes reading a contact fail with it."""

    def __init__(
        self,
        clock: Clock,
        wired: Iterable[Contact] = (),
        *,
        active: Iterable[Contact] = (),
        reactions: Reactions | None = None,
    ) -> None:
        self.wired = frozenset(wired)
        self.broken: str | None = None
        self._clock = clock
        self._reactions = reactions or {}
        self._active: set[Contact] = set()
        self._changes: deque[Change] = deque()
        self._closed = False
        for contact in active:
            self.set(contact, active=True)

    def set(self, contact: Contact, *, active: bool) -> None:
        """Let a contact become active, or be no more; one that is so already changes nothing.

        Raises:
            DeviceError: it is not wired.
        """
        if contact not in self.wired:
            raise DeviceError(f"{contact}: it is not wired")
        if self._closed or active is (contact in self._active):
            return
        (self._active.add if active else self._active.discard)(contact)
        react = self._reactions.get(contact) if active else None
        fault = "" if react is None else _told(react)
        at_s = self._clock.monotonic()
        reacted_s = None if react is None else 0.0
        self._changes.append(
            Change(contact=contact, active=active, at_s=at_s, reacted_s=reacted_s, fault=fault)
        )

    def pulse(self, contact: Contact) -> None:
        """Let a contact be active for a moment."""
        self.set(contact, active=True)
        self.set(contact, active=False)

    def changes(self) -> Sequence[Change]:
        """Return what changed since it was asked last, oldest first."""
        found = list(self._changes)
        self._changes.clear()
        return found

    def is_active(self, contact: Contact) -> bool:
        """Tell whether a contact is active now."""
        if self.broken is not None:
            raise DeviceError(self.broken)
        return not self._closed and contact in self._active

    def close(self) -> None:
        """Let go; safe to call twice."""
        self._closed = True


def _told(react: Callable[[], None]) -> str:
    try:
        react()
    except DeviceError as error:
        return str(error)
    return ""
