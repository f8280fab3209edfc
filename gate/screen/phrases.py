"""What a screen says beside the reasons (`gate.access.words`): message ids, as those are."""

from enum import StrEnum


class Phrase(StrEnum):
    """One short text."""

    SHOW_CARD = "Show your card"
    IN = "In"
    OUT = "Out"
    SEE_GUARD = "See the guard"
    CANT_READ = "Can't read the code"
    CLOSER = "Closer"
    FURTHER = "Further away"
    BRIGHTER = "Brighter"
    WIPE = "Wipe the screen"
    TILT = "Tilt it a little"
    STILL = "Hold still"
    OUT_OF_ORDER = "Out of order"
    ANOTHER_GATE = "Use another gate"
    EXIT_BUTTON = "Push the exit button"
    UPDATE = "Gate needs an update"
    ATTENTION = "Gate needs attention"
    FIRE = "Fire alarm"
    EXIT = "EXIT"
    DO_NOT_ENTER = "DO NOT ENTER"
    WORKED_ON = "Being worked on"
    NOT_RUNNING = "Gate not running"
