"""TOML written by people, read whole into frozen records, or every fault named at once. Pure.

Records are declared by `gate.access.settings`. This stands in `access` because the site policy and
the schemes catalogue, the lowest things a person writes, are read here; the unit's own file is read
by `gate.config`, above. It takes text and opens nothing.

A fault is one line: `key = value; allowed: ...`. Tables of an array are counted from 1.
"""

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field
from typing import Any, Final, TypeGuard, TypeVar

from gate.access.settings import (
    Check,
    TableSpec,
    TablesSpec,
    ValueSpec,
    allowed_words,
    shown,
    shown_key,
    spec_of,
)
from gate.errors import ConfigError

MAX_CHARS: Final = 1_000_000
"""Longer than any file a person keeps: 5,000 blocked cards take 400,000 characters."""

RecordT = TypeVar("RecordT")


def read_toml(record: type[RecordT], text: str, source: str) -> RecordT:
    """Return the record that `text` spells.

    Raises:
        ConfigError: with every fault found; `source` is the name people know the text by.
    """
    return read_document(record, parse_document(text, source), source)


def parse_document(text: str, source: str) -> dict[str, object]:
    """Return what TOML spells; raises ConfigError."""
    if len(text) > MAX_CHARS:
        raise ConfigError(source, [f"{len(text)} characters; allowed: at most {MAX_CHARS}"])
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # RecursionError: lists nested by the thousand; a ValueError that is not TOML's own: a
        # number of more digits than Python converts.
        problem = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ConfigError(source, [f"not TOML: {problem}"]) from error


def read_document(record: type[RecordT], document: Mapping[str, object], source: str) -> RecordT:
    """Return the record that a parsed document holds; raises ConfigError with every fault."""
    faults: list[str] = []
    value = _read_record(record, None, document, "", faults)
    if value is None:
        raise ConfigError(source, faults)
    return value


def _read_record(
    record: type[RecordT],
    check: Check | None,
    table: Mapping[str, object],
    where: str,
    faults: list[str],
) -> RecordT | None:
    faults_before = len(faults)
    fields = {field.name: field for field in dataclasses.fields(record)}  # type: ignore[arg-type]  # records are dataclasses by contract
    for key, value in table.items():
        if key not in fields:
            known = ", ".join(fields)
            faults.append(f"{where}{shown_key(key)} = {shown(value)}; allowed here: {known}")
    values: dict[str, object] = {}
    for name, field in fields.items():
        fits, value = _read_field(field, table, where, faults)
        if fits:
            values[name] = value
    for key, allowed in check(values) if check else ():
        faults.append(f"{where}{key} = {shown(table.get(key, values[key]))}; allowed: {allowed}")
    return record(**values) if len(faults) == faults_before else None


def _read_field(
    field: Field[Any], table: Mapping[str, object], where: str, faults: list[str]
) -> tuple[bool, object]:
    spec = spec_of(field)
    path = where + field.name
    if field.name not in table:
        if field.default is not MISSING:
            return True, field.default
        if not isinstance(spec, TableSpec):
            faults.append(f"{path} is missing; allowed: {allowed_words(spec)}")
            return False, None
    value = table.get(field.name, {})
    read: object = None
    if isinstance(spec, ValueSpec):
        read = spec.kind.read(value)
    elif isinstance(spec, TablesSpec):
        if _is_array_of_tables(value, spec):
            return _read_array(spec, value, path, faults)
    elif isinstance(value, dict):
        read = _read_record(spec.record, spec.check, value, f"{path}.", faults)
        return read is not None, read
    if read is None:
        faults.append(f"{path} = {shown(value)}; allowed: {allowed_words(spec)}")
    return read is not None, read


def _is_array_of_tables(value: object, spec: TablesSpec) -> TypeGuard[list[dict[str, object]]]:
    if not isinstance(value, list) or not spec.least <= len(value) <= spec.most:
        return False
    return all(isinstance(one, dict) for one in value)


def _read_array(
    spec: TablesSpec,
    tables: list[dict[str, object]],
    path: str,
    faults: list[str],
) -> tuple[bool, tuple[object, ...]]:
    read = tuple(
        _read_record(spec.record, spec.check, table, f"{path}[{place}].", faults)
        for place, table in enumerate(tables, start=1)
    )
    return None not in read, read
