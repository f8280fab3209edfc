"""From a warp to a text: rectify, learn, and let zxing-cpp read what was repaired.

1. The symbol is rectified, and its modules learnt (`learn`), with the near smear, then the wide.
2. If some weren't repaired, the warp is refined on all modules as they look now, and all begins
   anew.
3. What was repaired whole is drawn clean and read by zxing-cpp.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gate.reading.codewords import Codewords
from gate.reading.confirm import confirmed_text
from gate.reading.equalise import TAPS, rectified
from gate.reading.fit import Fit, refined
from gate.reading.formats import Format
from gate.reading.layout import Bits, Layout, format_words, layout_of
from gate.reading.learn import Shown, Soft, learn
from gate.reading.model import Code
from gate.reading.plane import Plane
from gate.reading.template import surest_template
from gate.reading.work import Steps

_PART: Final = 0b0011
"""Structured append (ISO/IEC 18004:2015, 7.4.1): one of several codes; zxing-cpp takes it whole."""

_MIN_AGREEMENT: Final = 0.8
"""Of what modules looked like with what they are: noise repaired by erasures has 0.7, true reads
nearly always more than 0.9."""

_REFINEMENTS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decoded:
    """What came of one symbol.

    Attributes:
        fit: where it lies, as refined last.
        soft: how its modules look; None if there was no time for a look. Of what was not read, as
            at the first look: what is refined in vain wanders, and many frames begin here.
        code: None if it was not read.
        dark: its modules, once it was.
        is_light: light on dark.
    """

    fit: Fit
    soft: Soft | None = None
    code: Code | None = None
    dark: Bits | None = None
    is_light: bool = False


def decode(plane: Plane, fit: Fit) -> Steps[Decoded]:
    """Return what comes of the symbol that `fit` found."""
    layout = layout_of(fit.version)
    first, soft = Decoded(fit=fit), None
    for turn in range(_REFINEMENTS + 1):
        view = rectified(plane, fit.warp)
        for taps in TAPS:
            if not (yield):
                return first
            learnt = yield from learn([Shown(view=view, taps=taps)], layout)
            if learnt.whole is not None:
                return decoded(layout, fit, *learnt.whole, learnt.soft)
            soft = learnt.soft
            if first.soft is None:
                first = replace(first, soft=soft)
        if turn < _REFINEMENTS and soft is not None:
            signs = np.tanh(2 * soft).astype(np.float32)
            fit = refined(plane, fit, surest_template(signs), bends=True)
    return first


def decoded(layout: Layout, fit: Fit, form: Format, words: Codewords, soft: Soft) -> Decoded:
    """Return the code whose codewords were all repaired, if zxing-cpp reads it too."""
    dark = _drawn(layout, form, words)
    agreement = float(np.mean((soft < 0) == dark))
    missed = Decoded(fit=fit, soft=soft)
    if words.mode == _PART or agreement < _MIN_AGREEMENT:
        return missed
    text = confirmed_text(dark)
    if text is None:
        return missed
    repairs = [one for one in words.repairs if one is not None]
    code = Code(
        text=text,
        corners=fit.warp.corners,
        version=layout.version,
        level=form.level,
        errors=sum(one.errors for one in repairs),
        erasures=sum(one.erasures for one in repairs),
        evidence_bits=words.evidence_bits,
        agreement=agreement,
    )
    return Decoded(fit=fit, soft=soft, code=code, dark=dark)


def _drawn(layout: Layout, form: Format, words: Codewords) -> Bits:
    dark = layout.dark.copy()
    dark[tuple(layout.data_places.T)] = words.dark
    for copy in layout.format_places:
        dark[tuple(copy.T)] = format_words()[form.word]
    return dark
