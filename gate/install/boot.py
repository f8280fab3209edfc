"""The boot configuration: our part of config.txt, between two lines that tell it is ours.

Pure text. One block in the one file: the Pi 5's boot loader does not know `include`. Whatever
stands outside the block is somebody else's and stays as it is, to the byte.
"""

from collections.abc import Sequence
from typing import Final

from gate.errors import InstallError

BEGIN: Final = "# site gate begins: written by scripts/install, which also takes it away"
END: Final = "# site gate ends"
MAX_LINE_CHARS: Final = 98
"""What the firmware reads of a line (raspberrypi.com, config.txt)."""

NEUTRAL: Final = ("[all]", "dtoverlay=")
"""For every board; and a parameter is the board's own, not one of an overlay before it."""


def with_block(text: str, parts: Sequence[str]) -> str:
    """Return config.txt with the block made of `parts`, at its end.

    Raises:
        InstallError: a block without its end, or a line too long for the firmware.
    """
    lines = [line for part in parts for line in (*NEUTRAL, *part.splitlines())]
    for line in lines:
        if len(line) > MAX_LINE_CHARS:
            raise InstallError(f"boot: {len(line)} characters, at most {MAX_LINE_CHARS}: {line}")
    rest = without_block(text)
    if rest and not rest.endswith("\n"):
        rest += "\n"
    return rest + "\n".join([BEGIN, *lines, *NEUTRAL, END]) + "\n"


def without_block(text: str) -> str:
    """Return config.txt without the block; as it is where there is none.

    Raises:
        InstallError: the block's lines don't belong together.
    """
    lines = text.splitlines(keepends=True)
    begins = [number for number, line in enumerate(lines) if line.rstrip("\r\n") == BEGIN]
    ends = [number for number, line in enumerate(lines) if line.rstrip("\r\n") == END]
    if not begins and not ends:
        return text
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        raise InstallError(
            f"boot: config.txt has {len(begins)} lines '{BEGIN}' and {len(ends)} '{END}';"
            " next: remove what stands between them, and them"
        )
    return "".join(lines[: begins[0]] + lines[ends[0] + 1 :])
