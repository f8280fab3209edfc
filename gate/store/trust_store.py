"""The trust directory: issuers, and the status lists that were accepted.

    issuers.json        who may sign (gate.trust.issuers)
    lists/<name>.cwt    one signed status list each, named by the hash of its URI

What is read is verified again at every load; what is written replaces whole files. A private key
in the directory makes it an issuer's desk (`gate.store.desk`), which no gate may run on.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.errors import TrustError
from gate.store.files import write_file
from gate.store.trust_names import CURRENT, PINNED_ROOT
from gate.trust.bundle import Issuer, TrustBundle
from gate.trust.issuers import format_issuers, parse_issuers
from gate.trust.status_list import StatusList, list_name
from gate.trust.status_token import MAX_TOKEN_BYTES, accept_list, verify_status_token

ISSUERS: Final = "issuers.json"
LISTS: Final = "lists"
DEMO_PREFIX: Final = "demo:"

_PRIVATE: Final = b"PRIVATE KEY"
_MAX_SCAN_BYTES: Final = 1 << 16


def load_trust(directory: Path) -> TrustBundle:
    """Return what `directory` vouches for.

    Raises:
        TrustError: a file is missing, unreadable, malformed or not signed as it must be.
    """
    issuers = load_issuers(directory)
    lists: dict[str, StatusList] = {}
    for path in sorted((directory / LISTS).glob("[!.]*.cwt")):
        held = _load_list(path, issuers)
        if held.uri in lists:
            raise TrustError(f"{path}: a second list for {held.uri}; remove the older one")
        lists[held.uri] = held
    return TrustBundle(issuers=issuers, status_lists=lists)


def load_issuers(directory: Path) -> tuple[Issuer, ...]:
    """Return the issuers of `directory` alone."""
    path = directory / ISSUERS
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TrustError(f"{path}: missing; next: {_next_step(directory)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise TrustError(f"{path}: cannot be read: {error}") from error
    return parse_issuers(text, str(path))


def _next_step(directory: Path) -> str:
    """Say how somebody comes to be believed here."""
    if (directory / CURRENT).exists():
        return (
            "of a unit whose hub names the issuers, `gate trust show --config FILE`, or for a card"
            " `gate policy explain --config FILE CARDTEXT`, with the unit's own file"
        )
    return (
        "carry a desk's public part there (`gate trust export`), or pin the fleet's root as"
        f" {directory / PINNED_ROOT}"
    )


def save_issuers(directory: Path, issuers: Iterable[Issuer]) -> None:
    """Replace the issuers' file.

    Raises:
        TrustError: the disk refused.
    """
    _write(directory / ISSUERS, format_issuers(tuple(issuers)).encode())


def save_list(directory: Path, token: bytes, now: datetime) -> StatusList:
    """Accept a signed list into `directory` and return it.

    Raises:
        TrustError: not vouched for, expired, older than the one held, or the disk refused.
    """
    issuers = load_issuers(directory)
    fresh = verify_status_token(token, issuers)
    path = directory / LISTS / list_name(fresh.uri)
    held = _load_list(path, issuers) if path.exists() else None
    accept_list(fresh, held, now, clock_trusted=False)  # a desk's clock is nobody's word
    _write(path, token)
    return fresh


def refuse_for_a_gate(directory: Path, bundle: TrustBundle) -> None:
    """Make sure that a gate may run on `directory`.

    Raises:
        TrustError: it holds a private key, no issuer with a key, or a demonstration issuer.
    """
    refuse_private_keys(directory)
    if not any(issuer.keys for issuer in bundle.issuers):
        raise TrustError(f"{directory}: no issuer with a key, so no card can be verified")
    for issuer in bundle.issuers:
        if issuer.iss.startswith(DEMO_PREFIX):
            raise TrustError(f"{directory}: {issuer.iss!r} is for demonstrations and opens no gate")


def refuse_private_keys(directory: Path) -> None:
    """Make sure that no file beneath `directory` holds a private key.

    Raises:
        TrustError: one does, or can't be read.
    """
    for path in sorted(directory.rglob("*")):
        if path.is_file() and _holds_private_key(path):
            raise TrustError(
                f"{path}: a private key; a gate needs only the public part: "
                "copy it with `gate trust export`"
            )


def merge(target: Path, bundle: TrustBundle, tokens: Iterable[bytes], now: datetime) -> None:
    """Add the issuers of `bundle`, and their signed lists, to the directory `target`.

    Raises:
        TrustError: as `save_list`; what does not verify changes nothing in `target`.
    """
    try:
        (target / LISTS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrustError(f"{target}: cannot be made: {error}") from error
    kept = load_issuers(target) if (target / ISSUERS).exists() else ()
    named = {issuer.iss for issuer in bundle.issuers}
    merged = (*(old for old in kept if old.iss not in named), *bundle.issuers)
    arriving = tuple(tokens)
    for token in arriving:
        verify_status_token(token, merged)
    save_issuers(target, merged)
    for token in arriving:
        save_list(target, token, now)


def list_tokens(directory: Path) -> tuple[bytes, ...]:
    """Return the signed lists of `directory` as they stand on the disk."""
    return tuple(_read(path) for path in sorted((directory / LISTS).glob("[!.]*.cwt")))


def _load_list(path: Path, issuers: tuple[Issuer, ...]) -> StatusList:
    try:
        return verify_status_token(_read(path), issuers)
    except TrustError as error:
        raise TrustError(f"{path}: {error}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_TOKEN_BYTES + 1)
    except OSError as error:
        raise TrustError(f"{path}: cannot be read: {error}") from error


def _write(path: Path, data: bytes) -> None:
    try:
        write_file(path, data)
    except OSError as error:
        raise TrustError(f"{path}: cannot be written: {error}") from error


def _holds_private_key(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _PRIVATE in file.read(_MAX_SCAN_BYTES)
    except OSError as error:
        raise TrustError(f"{path}: cannot be read: {error}") from error
