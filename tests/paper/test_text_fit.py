"""Texts shrink, then wrap, and are never cut."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gate.errors import ConfigError
from gate.paper.fit import MIN_SIZE_PT, Box, fit
from gate.paper.layout import NAME_BOX, PICTURED_NAME_BOX
from gate.paper.typeface import MM_PER_PT, Weight, load_typefaces

BOLD = load_typefaces()[Weight.BOLD]
LETTERS = sorted(
    character for character in BOLD.advances if unicodedata.category(character) in {"Lu", "Ll"}
)
NAMES = st.text(st.sampled_from([*LETTERS, "W", "W", " ", "-", "'", "."]), min_size=1)  # fmt: skip


def short_enough(name: str) -> bool:
    return bool(name.strip()) and len(name.encode()) <= 64


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Ewa Nowak", ("Ewa Nowak",)),
        ("Ștefan Ionuț Țăranu", ("Ștefan Ionuț", "Țăranu")),
        ("Živilė Ąžuolaitytė", ("Živilė", "Ąžuolaitytė")),
        (
            "Aleksandra Maria Brzęczyszczykiewicz-Wiśniewska",
            ("Aleksandra Maria", "Brzęczyszczykiewicz-", "Wiśniewska"),
        ),
    ],
)
def test_names_break_where_people_break_them(name: str, lines: tuple[str, ...]) -> None:
    assert fit(name, BOLD, NAME_BOX).lines == lines


def test_a_short_name_has_the_full_size_and_a_longer_one_a_smaller() -> None:
    sizes = [
        fit(name, BOLD, NAME_BOX).size_pt for name in ("Ewa Nowak", "Ewa Nowakowska-Zielińska")
    ]

    assert sizes[0] == NAME_BOX.max_pt > sizes[1]


# Every name a card may carry fits, on lines no wider than the box, and no letter is lost.
@given(NAMES.filter(short_enough), st.sampled_from([NAME_BOX, PICTURED_NAME_BOX]))
def test_every_name_fits_whole(name: str, box: Box) -> None:
    fitted = fit(name, BOLD, box)

    widest_em = max(BOLD.width_em(line) for line in fitted.lines)
    assert widest_em * fitted.size_pt * MM_PER_PT <= box.width_mm + 1e-9
    assert fitted.height_mm <= box.height_mm
    assert MIN_SIZE_PT <= fitted.size_pt <= box.max_pt
    assert "".join("".join(fitted.lines).split()) == "".join(name.split())


@pytest.mark.parametrize("name", ["W" * 64, "Æ" * 32, "Ẁ" * 21, "W W" * 21])
def test_the_widest_names_fit_beside_a_photograph(name: str) -> None:
    assert "".join(fit(name, BOLD, PICTURED_NAME_BOX).lines).replace(" ", "") == name.replace(
        " ", ""
    )


def test_a_text_that_fits_at_no_size_is_refused_and_never_cut() -> None:
    small = Box(width_mm=10, height_mm=2, max_pt=8, one_line_pt=6)

    with pytest.raises(ConfigError, match=r"does not fit 10\.0 x 2\.0 mm at 4\.5 pt; shorten it"):
        fit("Network Infrastructure Supervisor", BOLD, small)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ਪਰਮਜੀਤ Singh", "U\\+0A2A GURMUKHI LETTER PA"),
        ("Ольга", "U\\+041E CYRILLIC CAPITAL LETTER O"),
        ("Zoe\u0308", "U\\+0308 COMBINING DIAERESIS"),
        ("A\nB", "U\\+000A no name"),
    ],
)
def test_a_letter_the_typeface_lacks_is_named(text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        fit(text, BOLD, NAME_BOX)


# Any text gives lines or the one error.
@given(st.text(max_size=96))
def test_any_text_fits_or_is_refused(text: str) -> None:
    assume(text.strip())
    try:
        fitted = fit(text, BOLD, NAME_BOX)
    except ConfigError:
        return
    assert set("".join(fitted.lines)) <= set(BOLD.advances)


@pytest.mark.parametrize(
    "letters",
    [
        pytest.param("ĄąĆćĘęŁłŃńÓóŚśŹźŻż", id="Polish"),
        pytest.param("ĂăÂâÎîȘșȚțŞşŢţ", id="Romanian"),
        pytest.param("ĄąČčĘęĖėĮįŠšŲųŪūŽž", id="Lithuanian"),
        pytest.param("ÂâÊêÎîÔôÛûŴŵŶŷẀẁẂẃẄẅỲỳÁáËëÏïÖöÜüŸÿ", id="Welsh"),
        pytest.param("ÁáÉéÍíÓóÚúḂḃĊċḊḋḞḟĠġṀṁṖṗṠṡṪṫ", id="Irish"),
        pytest.param("ÇçĞğİıÖöŞşÜüÃãÕõÑñßØøÅåÆæ\u2019'-.,", id="and the neighbours"),
    ],
)
def test_every_weight_has_the_letters_of_the_trade(letters: str) -> None:
    assert [face.lacking(letters) for face in load_typefaces().values()] == [[], [], []]
