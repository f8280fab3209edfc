"""The fields of the trust's JSON files, each read as what it must be, or refused by its place."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from gate.errors import TrustError
from gate.trust.status_token import MAX_TIME_S, MIN_TIME_S

VERSION: Final = 1

MAX_TEXT_CHARS: Final = 200


def read_document(text: str, source: str, name: str, max_chars: int) -> list[object]:
    """Return the list `name` of a document `{"version": 1, name: [...]}`.

    Raises:
        TrustError: too long, not JSON, or not this form; `source` names the file.
    """
    if len(text) > max_chars:
        raise TrustError(f"{source}: {len(text)} characters, at most {max_chars}")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TrustError(f"{source}: not JSON: {error}") from error
    top = read_object(document, source, {"version", name}, set())
    if top["version"] != VERSION:
        raise TrustError(f"{source}: version {top['version']!r}; this program reads {VERSION}")
    return read_list(top[name], f"{source}: {name}")


def write_document(name: str, items: list[dict[str, object]]) -> str:
    """Return the text of such a document, in its one form."""
    return json.dumps({"version": VERSION, name: items}, indent=2, sort_keys=True) + "\n"


def read_object(
    value: object, place: str, required: set[str], optional: set[str]
) -> Mapping[str, object]:
    """Return an object that has the required fields, and of others the optional only."""
    if not isinstance(value, dict):
        raise TrustError(f"{place}: not an object")
    if missing := required - value.keys():
        raise TrustError(f"{place}: {', '.join(sorted(missing))} missing")
    if unknown := value.keys() - required - optional:
        raise TrustError(f"{place}: unknown {', '.join(sorted(unknown))}")
    return value


def read_list(value: object, place: str) -> list[object]:
    """Return a list."""
    if not isinstance(value, list):
        raise TrustError(f"{place}: not a list")
    return value


def read_integer(value: object, place: str) -> int:
    """Return an integer."""
    if type(value) is not int:
        raise TrustError(f"{place}: {value!r} is not an integer")
    return value


def read_string(value: object, place: str) -> str:
    """Return a text of 1 to 200 printable characters."""
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= MAX_TEXT_CHARS
        or not value.isprintable()
    ):
        raise TrustError(f"{place}: not a text of 1 to {MAX_TEXT_CHARS} printable characters")
    return value


def read_time(value: object, place: str) -> datetime | None:
    """Return a time in seconds since 1970, from 2020 to 2100; None stays None."""
    if value is None:
        return None
    seconds = read_integer(value, place)
    if not MIN_TIME_S <= seconds < MAX_TIME_S:
        raise TrustError(f"{place}: {seconds} is not seconds since 1970, from 2020 to 2100")
    return datetime.fromtimestamp(seconds, UTC)
