"""What a person's name may consist of on a card.

Letters, marks and digits assigned in Unicode 14 (a frozen table, so that every Python and browser
agrees), single spaces of ASCII, apostrophes, hyphens, full stop and comma; in NFC; not beginning
with a character that a spreadsheet takes for a formula. No control, format or bidi character can
hide in it.
"""

import re
import unicodedata
from typing import Final

from gate.card.name_ranges import NAME_RANGES

MAX_NAME_BYTES: Final = 64

_PUNCTUATION: Final = " '\u2019\\-\u2010.,"


def _character_class() -> str:
    parts = []
    for span in NAME_RANGES.split():
        first, _, last = span.partition("-")
        parts.append(f"{chr(int(first, 16))}-{chr(int(last or first, 16))}")
    return "".join(parts)


_ASCII_NAME: Final = re.compile(r"[A-Za-z0-9'.,][A-Za-z0-9 '.,\-]*")
_NAME: Final = re.compile(f"[{_character_class()}{_PUNCTUATION}]+")


def is_name(text: str) -> bool:
    """Tell whether `text` may stand as a holder's name; 1 to 64 bytes of UTF-8."""
    if _ASCII_NAME.fullmatch(text):
        return len(text) <= MAX_NAME_BYTES
    return (
        0 < len(text.encode()) <= MAX_NAME_BYTES
        and text[0] not in " -"
        and _NAME.fullmatch(text) is not None
        and unicodedata.is_normalized("NFC", text)
    )
