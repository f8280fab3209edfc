"""Finding people by what is typed: parts of a name or of a card number, whatever the case.

Accents of Latin letters are disregarded too, so that `lukasz` finds `Łukasz`. Both databases fold
by the same table. A holder part is one committed text of JSON and is taken apart where it lies.
"""

import json
import re
import sqlite3
import unicodedata
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Q, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler

from gate.events.model import PERSON_BYTES
from gate.hub.ingest.models import Entry

_SQLITE_FUNCTION: Final = "gate_holder_words"
_STROKED: Final = {"Đ": "d", "đ": "d", "Ł": "l", "ł": "l", "Ø": "o", "ø": "o", "Ħ": "h", "ħ": "h"}
"""Letters that Unicode does not take apart."""

_REFERENCE: Final = re.compile(rf"[0-9a-f]{{{2 * PERSON_BYTES}}}", re.ASCII)
"""How a person is called who is not named: the keyed hash that entries carry."""

_ACCENTED: Final = range(0xC0, 0x250)
"""Latin-1 to Latin Extended-B."""


def _table() -> dict[int, str]:
    table = {ord(letter): plain for letter, plain in _STROKED.items()}
    for point in _ACCENTED:
        plain = unicodedata.normalize("NFKD", chr(point))[0].lower()
        if plain.isascii() and plain.isalpha():
            table[point] = plain
    return table


_TABLE: Final = _table()
_FROM: Final = "".join(map(chr, _TABLE))
_TO: Final = "".join(_TABLE.values())


def fold(text: str) -> str:
    """Return text as it is compared: lower case, without accents."""
    return text.translate(_TABLE).lower()


def holding(entries: QuerySet[Entry], words: str) -> QuerySet[Entry]:
    """Keep the entries whose holder's name or card number has every one of the words in it.

    A person's reference, 32 hexadecimal digits, finds that person whatever their card says.
    """
    condition = Q()
    for word in fold(words).split():
        if _REFERENCE.fullmatch(word):
            condition &= Q(holder__endswith=f'"person":"{word}"}}')
        else:
            condition &= Q(holder_words__contains=word)
    return (
        entries.filter(holder__isnull=False)
        .alias(holder_words=_HolderWords(F("holder")))
        .filter(condition)
    )


def holder_words(holder: str | None) -> str | None:
    """Return what is searched of a holder part: its name and its number, folded."""
    if holder is None:
        return None
    try:
        fields = json.loads(holder)
        return fold(f"{fields['name']} {fields['number']}")
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""  # no holder part of ours; the row says so when it is shown


def add_to_sqlite(connection: BaseDatabaseWrapper, **_: Any) -> None:  # noqa: ANN401 - a signal's
    """Give a connection of SQLite's the function that PostgreSQL spells in SQL."""
    raw = connection.connection
    if isinstance(raw, sqlite3.Connection):
        raw.create_function(_SQLITE_FUNCTION, 1, holder_words, deterministic=True)


class _HolderWords(Func):
    function = _SQLITE_FUNCTION
    output_field = TextField()

    def as_postgresql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        **context: Any,  # noqa: ANN401 - Django's signature
    ) -> tuple[str, Any]:
        """Take the text apart by its keys: within a JSON text they can't occur unescaped."""
        template = (
            "translate(lower("
            """split_part(split_part(%(expressions)s, '"name":"', 2), '","', 1) || ' ' || """
            """split_part(split_part(%(expressions)s, '"number":"', 2), '","', 1)"""
            f"), '{_FROM}', '{_TO}')"
        )
        return super().as_sql(compiler, connection, template=template, **context)
