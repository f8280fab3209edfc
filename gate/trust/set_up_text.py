"""How a set-up code is told from a card: by its beginning, and without reading it. Pure.

The gate process knows no more of set-up codes than this, and acts upon none.
"""

import re
from typing import Final

PREFIX: Final = "GE1:"

_ANY_VERSION: Final = re.compile(r"GE[0-9]+:")


def is_code(text: str) -> bool:
    """Tell whether a text says that it is a set-up code, of any version; nothing is checked."""
    return _ANY_VERSION.match(text) is not None
