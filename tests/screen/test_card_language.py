"""From the picture of a card to the words on the screen: in the holder's own language."""

from pathlib import Path

import numpy as np
import pytest
import segno

from gate.access.languages import Language
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Frame
from gate.screen.catalogues import speaker
from gate.screen.window import Viewer
from tests.unit.conftest import Desk
from tests.unit.test_lane_teller import LANGUAGE, Watched


def _seen(text: str) -> str:
    """Return what the unit's decoders read in a picture of a code."""
    rows = segno.make_qr(text).matrix_iter(scale=4, border=4)
    luma = np.where(np.array([list(row) for row in rows]), 0, 255).astype(np.uint8)
    [reading] = open_decoder().decode(Frame(luma=luma, at_s=0.0)).readings
    return reading.text


@pytest.mark.parametrize("language", [*Language])
def test_the_reason_stands_in_the_language_of_the_card_and_small_in_english(
    tmp_path: Path, language: Language
) -> None:
    desk = Desk()
    watched = Watched(desk, tmp_path, LANGUAGE)

    watched.present(_seen(desk.card_in(language, days=-1)))

    scene = Viewer(watched.path, watched.lane.clock).scene()
    expected = speaker(language)("Card expired")
    assert scene.headline == expected
    assert (language is Language.ENGLISH) == (scene.english == "")
    assert language is Language.ENGLISH or scene.english.startswith("Card expired: ")
