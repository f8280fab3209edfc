"""The second opinion: zxing-cpp reads the repaired symbol, drawn clean, or there is no text.

Reed-Solomon vouches for the codewords; modes, lengths, character sets and padding are zxing-cpp's
to judge. What is no text in its own encoding is none here.
"""

from typing import Final

import numpy as np
import zxingcpp

from gate.reading.layout import Bits

_PX_PER_MODULE: Final = 1
_MARGIN_MODULES: Final = 4
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def confirmed_text(dark: Bits) -> str | None:
    """Return the text of a clean symbol (side, side), or None if it is none."""
    drawn = np.pad(np.where(dark, 0, 255).astype(np.uint8), _MARGIN_MODULES, constant_values=255)
    found = zxingcpp.read_barcodes(
        drawn.repeat(_PX_PER_MODULE, axis=0).repeat(_PX_PER_MODULE, axis=1),
        formats=_QR,
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=zxingcpp.Binarizer.FixedThreshold,
        is_pure=True,
        try_invert=False,
        try_downscale=False,
    )
    texts = [code.text for code in found if code.valid]
    return texts[0] if len(texts) == 1 and texts[0] and _REPLACEMENT not in texts[0] else None
