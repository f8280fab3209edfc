"""Who is inside, as the lanes of one unit know it together.

Whoever came in by one lane and left by the other is neither inside nor passed back. A lane's thread
changes it whole, and nobody waits: the lock is held for a change of memory, never for a disk.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from gate.access.muster import Alarm, People
from gate.access.presence import Presence


class Roll:
    """Keeps `people`; any thread may read or change it.

    Attributes:
        tested_at: when the fire release was last seen to work; None where none is wired.
    """

    def __init__(self, people: People, *, tested_at: datetime | None = None) -> None:
        self.tested_at = tested_at
        self._people = people
        self._lock = threading.Lock()

    @property
    def people(self) -> People:
        """Who is inside, and what a fire alarm made of it."""
        return self._people

    def change(self, change: Callable[[People], People]) -> None:
        """Put what `change` makes of the people in their place."""
        with self._lock:
            self._people = change(self._people)

    def alarmed(self, at: datetime, *, is_test: bool) -> Presence | None:
        """Freeze the roll call; return it, or None if an alarm stands already."""
        with self._lock:
            people = self._people
            if people.muster.alarm is not None:
                return None
            muster = people.muster.alarmed(at, people.presence, is_test=is_test)
            self._people = replace(people, muster=muster)
            self.tested_at = at
            return people.presence

    def cleared(self) -> Alarm | None:
        """End the alarm; return what it was, None if none stood."""
        with self._lock:
            alarm = self._people.muster.alarm
            self._people = replace(self._people, muster=self._people.muster.cleared())
            return alarm
