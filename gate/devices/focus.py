"""Where a camera's lens is set to, for those that can be: fixed, never searching by itself.

A lens that hunts is out of focus while somebody stands there, and focuses on the yard while nobody
does. So it is set to the distance at which cards are held, and found once, at the place
(`gate.doctor.focus_check`): modules of one kind differ by 2 dioptres (raspberrypi/picamera2
issue 1105).
"""

from typing import Final

DEFAULT_DIOPTRES: Final = 5.0
"""A card held 20 cm from the lens; READING: fixed focus, 3 to 15 dioptres."""

MAX_DIOPTRES: Final = 15.0
"""7 cm; nearer a card is larger than the picture."""


class Focus:
    """One camera's wish; whoever searches writes it, the camera's own thread reads it.

    Attributes:
        dioptres: of the distance in focus: 1 divided by metres.
        can_move: whether the camera has a lens that can be set; None until it is open.
    """

    def __init__(self, dioptres: float = DEFAULT_DIOPTRES) -> None:
        self.dioptres = dioptres
        self.can_move: bool | None = None
