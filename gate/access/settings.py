"""How a file that people write is declared: frozen records whose fields say what they take.

A record is a frozen dataclass whose fields are made by `setting` (one value), `section` (a table)
or `sections` (an array of tables); field names are the keys. One declaration reads the file
(gate.access.tables), names its faults and lists its keys for the reference pages, so that the
three can't disagree.
"""

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass
from typing import Any, Final

from gate.access.kinds import Kind

_MAX_SHOWN_CHARS: Final = 60
_MAX_SHOWN_INT: Final = 2**63
_PASSWORD: Final = re.compile(r"//[^\s]*@")
"""What stands before the host of an address, such as a network camera's: never shown."""

Check = Callable[[Mapping[str, object]], Iterable[tuple[str, str]]]
"""Judges values that fit one by one but may not fit together: yields (key, what is allowed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDescription:
    """One key of a file, for people: its path, what may be written, the default, what it does."""

    key: str
    allowed: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSpec:
    """One value: its kind, and what it is for."""

    kind: Kind
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A table, read as a record."""

    record: type[Any]
    check: Check | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesSpec:
    """An array of tables, each read as a record."""

    record: type[Any]
    check: Check | None
    least: int
    most: int
    allowed: str


Spec = ValueSpec | TableSpec | TablesSpec


def setting(kind: Kind, meaning: str, *, default: object = MISSING) -> Any:  # noqa: ANN401 - stands for a field of any type
    """Declare one value; without a default it must be written."""
    return dataclasses.field(
        default=default, metadata={"spec": ValueSpec(kind=kind, meaning=meaning)}
    )


def section(record: type[Any], *, check: Check | None = None, default: object = MISSING) -> Any:  # noqa: ANN401 - as setting
    """Declare a table; left out, it is `default`, or else read as an empty one."""
    return dataclasses.field(
        default=default, metadata={"spec": TableSpec(record=record, check=check)}
    )


def sections(
    record: type[Any], *, least: int, most: int, allowed: str, check: Check | None = None
) -> Any:  # noqa: ANN401 - as setting
    """Declare an array of tables; `allowed` says in words how many there may be."""
    spec = TablesSpec(record=record, check=check, least=least, most=most, allowed=allowed)
    return dataclasses.field(default=() if least == 0 else MISSING, metadata={"spec": spec})


def describe_keys(record: type[Any], where: str = "") -> tuple[KeyDescription, ...]:
    """List every key that a record reads, in the order of its declaration."""
    keys: list[KeyDescription] = []
    for field in dataclasses.fields(record):
        spec = spec_of(field)
        path = where + field.name
        if isinstance(spec, ValueSpec):
            keys.append(
                KeyDescription(
                    key=path,
                    allowed=spec.kind.allowed,
                    default=_default_words(field),
                    meaning=spec.meaning,
                )
            )
        else:
            deeper = f"{path}." if isinstance(spec, TableSpec) else f"{path}[]."
            keys.extend(describe_keys(spec.record, deeper))
    return tuple(keys)


def spec_of(field: Field[Any]) -> Spec:
    """Return what a field of a record was declared to take."""
    spec: Spec = field.metadata["spec"]
    return spec


def allowed_words(spec: Spec) -> str:
    """Say what may be written."""
    match spec:
        case ValueSpec():
            return spec.kind.allowed
        case TableSpec():
            return "a table"
        case TablesSpec():
            return spec.allowed


def _default_words(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "must be written"
    return "none" if field.default is None else shown(field.default)


def shown_key(key: str) -> str:
    """Spell a key on one line; unlike a value, without quotes if it can be."""
    plain = key.isprintable() and len(key) <= _MAX_SHOWN_CHARS
    return key if plain else shown(key)


def shown(value: object) -> str:
    """Spell a value on one line that no terminal can be led astray by."""
    match value:
        case bool():
            text = "true" if value else "false"
        case int() if abs(value) >= _MAX_SHOWN_INT:
            text = "a number beyond 64 bits"  # Python refuses to spell the longest ones
        case str():
            secretless = _PASSWORD.sub("//...@", value)
            text = json.dumps(secretless, ensure_ascii=not value.isprintable())
        case dict():
            text = "a table"
        case list() | tuple():
            text = "[" + ", ".join(_shown_item(one) for one in value[:8]) + "]"
        case _:
            text = str(value)
    return text if len(text) <= _MAX_SHOWN_CHARS else text[:_MAX_SHOWN_CHARS] + "..."


def _shown_item(value: object) -> str:
    return "a list" if isinstance(value, list) else shown(value)
