"""What a worker sees and hears, as a table; the drivers only play it (EXPERIENCE, the worker)."""

from enum import StrEnum


class Signal(StrEnum):
    """One state of the light, the sounder and the screen."""

    READY = "ready"
    READY_AGEING = "ready_ageing"
    SEEN = "seen"
    ADMITTED = "admitted"
    NOTED = "noted"
    REFERRED = "referred"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    FAULT = "fault"
    OFF = "off"
