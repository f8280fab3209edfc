"""The gate's words in other languages: whole, short, and read strictly."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.languages import Language
from gate.access.words import reason_texts, words_for
from gate.errors import ConfigError, Reason
from gate.screen.catalogues import load_catalogue, parse_catalogue, speaker
from gate.screen.phrases import Phrase

LOCALE: Final = Path(__file__).parents[2] / "gate" / "locale"
OTHERS: Final = [one for one in Language if one is not Language.ENGLISH]
MAX_WORDS: Final = 5
MAX_STEP_WORDS: Final = 8
MAX_CHARS: Final = 42
GURMUKHI: Final = range(0x0A00, 0x0A80)


@pytest.fixture(scope="module", params=OTHERS)
def catalogue(request: pytest.FixtureRequest) -> Mapping[str, str]:
    return load_catalogue(request.param)


def test_every_text_has_every_language_and_no_language_has_another(
    catalogue: Mapping[str, str],
) -> None:
    assert set(catalogue) == reason_texts() | set(Phrase)


def test_there_is_a_catalogue_for_each_language_and_for_no_other() -> None:
    assert sorted(path.name for path in LOCALE.iterdir()) == sorted(OTHERS)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_and_its_next_step_is_said_in_every_language(
    reason: Reason, language: Language
) -> None:
    words = words_for(reason, expires_on=date(2026, 12, 6), say=speaker(language))
    assert 1 <= len(words.headline.split()) <= MAX_WORDS
    assert 1 <= len(words.next_step.split()) <= MAX_STEP_WORDS
    assert len(words.headline) <= MAX_CHARS
    assert len(words.next_step) <= MAX_CHARS
    assert "{" not in str(words)


@pytest.mark.parametrize("language", OTHERS)
def test_a_reason_in_another_language_is_not_left_in_english(language: Language) -> None:
    left = [one for one in Reason if words_for(one, say=speaker(language)) == words_for(one)]
    assert left == []


def test_punjabi_is_written_in_gurmukhi_alone() -> None:
    said = "".join(load_catalogue(Language.PUNJABI).values())
    strange = {one for one in said if ord(one) not in GURMUKHI} - set(" {}daymonth")
    assert strange == set()


DATED: Final = {
    Language.ENGLISH: "Renew by 6 Dec",
    Language.WELSH: "Adnewyddwch erbyn 6 Rhag",
    Language.POLISH: "Odnów do 6 gru",
    Language.ROMANIAN: "Reînnoiți până la 6 dec.",
    Language.LITHUANIAN: "Atnaujinkite iki gruod. 6\u00a0d.",
    Language.PORTUGUESE: "Renove até 6 dez.",
    Language.PUNJABI: "6 ਦਸੰ ਤੱਕ ਨਵਿਆਓ",
}


@pytest.mark.parametrize(("language", "said"), DATED.items())
def test_a_coming_expiry_is_dated_in_every_language(language: Language, said: str) -> None:
    words = words_for(Reason.EXPIRING_SOON, expires_on=date(2026, 12, 6), say=speaker(language))
    assert words.headline == said


def test_quoted_lines_are_joined_and_escapes_are_undone() -> None:
    text = 'msgid ""\nmsgstr "Language: xx\\n"\n\n# note\nmsgid "A "\n"b"\nmsgstr "\\"c\\" \\\\"\n'
    assert parse_catalogue(text, "xx") == {"A b": '"c" \\'}


FAULTS: Final = {
    "not translated": ('msgid "A"\nmsgstr ""\n', '"A" has no translation'),
    "twice": ('msgid "A"\nmsgstr "B"\n' * 2, '"A" stands twice'),
    "other placeholders": ('msgid "{day}"\nmsgstr "{dya}"\n', "other placeholders"),
    "placeholder left out": ('msgid "by {day}"\nmsgstr "by"\n', "other placeholders"),
    "a stray brace": ('msgid "A"\nmsgstr "A {"\n', "other placeholders"),
    "fuzzy": ('#, fuzzy\nmsgid "A"\nmsgstr "B"\n', "line 1"),
    "a plural": ('msgid "A"\nmsgid_plural "As"\n', "line 2"),
    "two originals": ('msgid "A"\nmsgid "B"\n', "line 2"),
    "a translation of nothing": ('msgstr "A"\n', "line 1"),
    "a text of nothing": ('"A"\n', "line 1"),
    "no end": ('msgid "A"\n', "no msgstr"),
    "an unknown escape": ('msgid "A\\t"\nmsgstr "B"\n', "line 1"),
    "an open quote": ('msgid "A\nmsgstr "B"\n', "line 1"),
    "too long": ("#" * 200_001, "200000 characters"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_catalogue_that_is_not_whole_is_refused_by_its_fault(text: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        parse_catalogue(text, "xx.po")


@given(st.text(max_size=80) | st.text(alphabet='msgidtr "\\n#{}\n', max_size=80))
def test_any_text_is_a_catalogue_or_is_refused(text: str) -> None:
    """Total: whatever the file holds, the answer is a mapping or a ConfigError."""
    with suppress(ConfigError):
        assert isinstance(parse_catalogue(text, "xx.po"), dict)
