from pathlib import Path

import pytest
from PIL import Image

from gate.bench.photos import Tally, count_photos
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.errors import DeviceError


def photo(path: Path, text: str | None) -> None:
    scene = empty_scene((320, 240), seed=1)
    Image.fromarray(scene if text is None else pasted(scene, qr_picture(text))).save(path)


@pytest.mark.parametrize(
    ("texts", "truth", "tally"),
    [
        pytest.param(["A"], "A", Tally(exact=1), id="the text"),
        pytest.param(["B", "A"], "A", Tally(exact=1), id="the text and another"),
        pytest.param(["A"], "A\n", Tally(wrong=1, wrong_ascii=1), id="not to the byte"),
        pytest.param(["e"], "é", Tally(wrong=1), id="another text, not ASCII"),
        pytest.param([], "A", Tally(), id="missed"),
        pytest.param([], None, Tally(), id="nothing where nothing is"),
        pytest.param(["A"], None, Tally(false=1), id="something where nothing is"),
    ],
)
def test_a_picture_counts_as(texts: list[str], truth: str | None, tally: Tally) -> None:
    assert Tally().plus(texts, truth) == tally


def test_photographs_are_counted_for_each_decoder(tmp_path: Path) -> None:
    photo(tmp_path / "1.png", "CC1:A")
    (tmp_path / "1.txt").write_text("CC1:A")
    photo(tmp_path / "2.png", None)
    counts = {row.name: row.value for row in count_photos(tmp_path)}
    for decoder in ("pyzbar", "zxing-cpp", "chain", "gate read"):
        assert counts[f"1 photos, exact, {decoder}"] == 1
        assert counts[f"1 photos, wrong, {decoder}"] == 0
        assert counts[f"1 without a code, read, {decoder}"] == 0


def test_a_folder_without_photographs_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="no PNG picture in it"):
        count_photos(tmp_path)


def test_a_text_that_is_none_is_named(tmp_path: Path) -> None:
    photo(tmp_path / "1.png", "CC1:A")
    (tmp_path / "1.txt").write_bytes(b"\xff")
    with pytest.raises(DeviceError, match=r"1\.txt: not a text in UTF-8"):
        count_photos(tmp_path)
