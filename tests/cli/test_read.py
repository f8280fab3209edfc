import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.cli.read import read


def picture(path: Path, *texts: str) -> Path:
    scene = empty_scene((420, 300), seed=1)
    if texts:
        scene = pasted(scene, np.hstack([qr_picture(text) for text in texts]))
    Image.fromarray(scene).save(path)
    return path


def gate_read(*arguments: str | Path) -> Result:
    return CliRunner().invoke(read, [str(argument) for argument in arguments])


def test_every_picture_is_one_line_of_json_in_the_order_given(tmp_path: Path) -> None:
    second = picture(tmp_path / "b.png", "CC1:B")
    first = picture(tmp_path / "a.png", "CC1:A")
    ended = gate_read("--json", second, first)
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.exit_code == 0
    assert [(line["path"], line["texts"], line["decoder"]) for line in lines] == [
        (str(second), ["CC1:B"], "zxing-cpp"),
        (str(first), ["CC1:A"], "zxing-cpp"),
    ]
    assert all(line["ms"] > 0 for line in lines)
    assert ended.stderr == ""


def test_all_the_codes_of_a_picture_are_told(tmp_path: Path) -> None:
    ended = gate_read("--json", picture(tmp_path / "a.png", "CC1:A", "CC1:B"))
    assert sorted(json.loads(ended.stdout)["texts"]) == ["CC1:A", "CC1:B"]


def test_a_directory_stands_for_its_pictures(tmp_path: Path) -> None:
    picture(tmp_path / "b.png", "CC1:B")
    picture(tmp_path / "a.png", "CC1:A")
    (tmp_path / "a.txt").write_text("CC1:A")
    ended = gate_read("--json", tmp_path)
    assert [json.loads(line)["texts"] for line in ended.stdout.splitlines()] == [
        ["CC1:A"],
        ["CC1:B"],
    ]
    assert ended.exit_code == 0


def test_a_picture_without_a_code_is_told_and_the_answer_is_no(tmp_path: Path) -> None:
    ended = gate_read("--json", picture(tmp_path / "a.png"))
    line = json.loads(ended.stdout)
    assert (line["texts"], line["decoder"]) == ([], None)
    assert ended.exit_code == 1


def test_what_cannot_be_read_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    good = picture(tmp_path / "good.png", "CC1:A")
    (tmp_path / "empty").mkdir()
    ended = gate_read("--json", tmp_path / "gone.png", broken, tmp_path / "empty", good)
    assert [json.loads(line)["path"] for line in ended.stdout.splitlines()] == [str(good)]
    gone, damaged, empty = ended.stderr.splitlines()
    assert "gone.png: No such file or directory; name a picture" in gone
    assert "broken.png: not a picture, or damaged; open it elsewhere" in damaged
    assert "empty: holds no picture; put one there" in empty
    assert ended.exit_code == 2


@pytest.mark.parametrize("text", ["CC1:A", "x" * 300, "点茗" * 40, "\x1b[31mred\r\n\t"])
def test_for_people_it_is_a_table_of_80_columns_that_moves_no_cursor(
    tmp_path: Path, text: str
) -> None:
    long_path = tmp_path / ("a" * 90 + ".png")
    Image.fromarray(np.pad(qr_picture(text), 20, constant_values=255)).save(long_path)
    ended = gate_read(long_path)
    heading, line = ended.stdout.splitlines()
    assert heading.split() == ["PICTURE", "TEXT", "READ", "BY", "MS"]
    assert len(heading) <= 80
    assert len(line) <= 80
    assert line.isprintable()
    assert "aaa.png" in line
    assert "zxing-cpp" in line
    assert ended.exit_code == 0


def test_nothing_named_is_wrong_use() -> None:
    ended = gate_read()
    assert ended.exit_code == 2
    assert "IMAGE" in ended.stderr


def test_help_has_an_example() -> None:
    assert "Example: gate read " in gate_read("--help").stdout
