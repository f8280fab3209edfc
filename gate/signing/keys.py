"""Keys and the two signature algorithms a card may use (RFC 9864 fully-specified names).

Raw signatures are COSE's: 64 bytes for both; ESP256 as r || s.
"""

from enum import IntEnum


class Algorithm(IntEnum):
    """COSE algorithm numbers."""

    ED25519 = -19
    ESP256 = -9
