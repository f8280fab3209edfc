"""What the room gives: codes, and where they lie."""

from dataclasses import dataclass

from gate.reading.plane import Points


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Code:
    """One QR code, confirmed by Reed-Solomon and by zxing-cpp.

    Attributes:
        text: exactly as it was encoded.
        corners: (4, 2) px of the frame: upper left, upper right, lower right, lower left.
        version: 1 to 40.
        level: of error correction, L M Q or H.
        errors: codewords that were wrong without being doubtful.
        erasures: codewords that were left out as doubtful.
        evidence_bits: minus log2 of the chance that noise passes its blocks' checks.
        agreement: share of the modules that looked, before repair, as they are.
    """

    text: str
    corners: Points
    version: int
    level: str
    errors: int
    erasures: int
    evidence_bits: float
    agreement: float
