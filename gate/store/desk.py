"""An issuer's desk in one directory: its key, its register of cards, its status list.

    issuer-key.pem     PKCS#8, readable by its owner only
    issuers.json       the public part (gate.store.trust_store)
    lists/             the signed status list
    register.jsonl     one line a card issued: its number and its index in the list

One writer at a time (a lock on the directory). A card's line in the register is durable before its
text leaves, so that no two cards share an index; indices are drawn at random, so that a list does
not tell which cards were issued together (status list draft, section 12.5).
"""

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.card.issue import issue_card
from gate.card.model import Card, StatusRef
from gate.errors import TrustError
from gate.signing.keys import Algorithm, SigningKey
from gate.store import trust_store
from gate.store.files import sync_directory, write_file
from gate.trust.bundle import Issuer, KeyUse, TrustedKey
from gate.trust.status_list import Status, StatusList, lookup, pack
from gate.trust.status_token import issue_status_token

KEY: Final = "issuer-key.pem"
REGISTER: Final = "register.jsonl"
LIST_BITS: Final = 2
DEFAULT_CAPACITY: Final = 1 << 17
"""Cards a list holds; 32 KiB unpacked."""
MAX_CAPACITY: Final = 1 << 25
LIST_LIFE: Final = timedelta(days=14)
LIST_TTL_S: Final = 43_200
"""Half a day: a gate's list is green for 24 h (TRUST-AND-SYNC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An open desk."""

    directory: Path
    key: SigningKey
    issuer: Issuer


def create_desk(
    directory: Path,
    *,
    iss: str,
    schemes: frozenset[str],
    algorithm: Algorithm,
    now: datetime,
    capacity: int = DEFAULT_CAPACITY,
) -> Desk:
    """Make a new issuer in `directory`, which must be empty or not be there.

    Raises:
        TrustError: the directory is in use, the capacity out of bounds, or the disk refused.
    """
    if not 1 <= capacity <= MAX_CAPACITY:
        raise TrustError(f"capacity {capacity}: a list holds 1 to {MAX_CAPACITY} cards")
    key = _generate(algorithm)
    name = "".join(char if char.isalnum() else "-" for char in iss)
    issuer = Issuer(
        iss=iss,
        schemes=schemes,
        status_base=f"https://{name}.invalid/",
        keys=(TrustedKey(key=key.verifying_key, uses=frozenset({KeyUse.CARD, KeyUse.LIST})),),
    )
    desk = Desk(directory=directory, key=key, issuer=issuer)
    try:
        (directory / trust_store.LISTS).mkdir(parents=True, exist_ok=True)
        if any(path.name != trust_store.LISTS for path in directory.iterdir()):
            raise TrustError(f"{directory}: not empty; name a new directory")
        write_file(directory / KEY, key.to_pem(), mode=0o600)
        write_file(directory / REGISTER, b"", mode=0o600)
    except OSError as error:
        raise TrustError(f"{directory}: cannot be written: {error}") from error
    trust_store.save_issuers(directory, (issuer,))
    _sign_list(desk, f"{issuer.status_base}1", bytes(-(-capacity * LIST_BITS // 8)), now)
    return desk


def open_desk(directory: Path) -> Desk:
    """Return the desk in `directory`.

    Raises:
        TrustError: no desk is there, or its key is not the one in issuers.json.
    """
    path = directory / KEY
    try:
        pem = path.read_bytes()
    except FileNotFoundError as error:
        raise TrustError(
            f"{path}: missing; an issuer's desk has its key here: make one with `gate trust new`"
        ) from error
    except OSError as error:
        raise TrustError(f"{path}: cannot be read: {error}") from error
    key = SigningKey.from_pem(pem, str(path))
    for issuer in trust_store.load_issuers(directory):
        if any(trusted.key == key.verifying_key for trusted in issuer.keys):
            return Desk(directory=directory, key=key, issuer=issuer)
    raise TrustError(f"{path}: this key is none of those in {directory / trust_store.ISSUERS}")


def issue(desk: Desk, draft: Callable[[StatusRef], Card]) -> tuple[str, Card]:
    """Return the text and the card that `draft` makes for the place it gets in the status list.

    Raises:
        CardError: a gate would not accept what the card says; nothing was registered.
        TrustError: the list is full, or the disk refused.
    """
    with locked(desk):
        held = _the_list(desk)
        used = {index for _, index in read_register(desk)}
        if len(used) >= len(held):
            raise TrustError(f"{held.uri}: all {len(held)} places are taken")
        index = secrets.randbelow(len(held))
        while index in used:
            index = secrets.randbelow(len(held))
        card = draft(StatusRef(uri=held.uri, index=index))
        text = issue_card(card, desk.key)
        _append(desk, card.number, index)
        return text, card


def set_status(desk: Desk, numbers: list[str], status: Status, now: datetime) -> int:
    """Give every card with one of `numbers` a status; return how many entries that were.

    Raises:
        TrustError: a number was never issued here (nothing changes), or the disk refused.
    """
    with locked(desk):
        held = _the_list(desk)
        register = read_register(desk)
        if missing := set(numbers) - {number for number, _ in register}:
            raise TrustError(f"card {', '.join(sorted(missing))}: not issued at this desk")
        indices = [index for number, index in register if number in numbers]
        values = bytearray(lookup(held.packed, LIST_BITS, place) for place in range(len(held)))
        for index in indices:
            values[index] = status
        _sign_list(desk, held.uri, pack(values, LIST_BITS), now)
        return len(indices)


def renew_list(desk: Desk, now: datetime) -> StatusList:
    """Sign the list anew, unchanged, so that gates see that it is still true."""
    with locked(desk):
        held = _the_list(desk)
        return _sign_list(desk, held.uri, held.packed, now)


def read_register(desk: Desk) -> list[tuple[str, int]]:
    """Return number and index of every card; a last line cut short was never handed out."""
    path = desk.directory / REGISTER
    try:
        whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
        lines = whole.splitlines()
        rows = [json.loads(line) for line in lines]
        return [(str(row["number"]), int(row["index"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrustError(f"{path}: the register cannot be read: {error}") from error


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Keep other commands from changing the desk while the block runs."""
    descriptor = os.open(desk.directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _generate(algorithm: Algorithm) -> SigningKey:
    if algorithm is Algorithm.ED25519:
        return SigningKey(Ed25519PrivateKey.generate())
    return SigningKey(ec.generate_private_key(ec.SECP256R1()))


def _the_list(desk: Desk) -> StatusList:
    lists = trust_store.load_trust(desk.directory).status_lists
    for held in lists.values():
        if held.uri.startswith(desk.issuer.status_base) and held.bits == LIST_BITS:
            return held
    raise TrustError(f"{desk.directory / trust_store.LISTS}: no status list of {desk.issuer.iss}")


def _sign_list(desk: Desk, uri: str, packed: bytes, now: datetime) -> StatusList:
    """Sign and store a list; its time is later than the one before even if the clock is not."""
    before = trust_store.load_trust(desk.directory).status_lists.get(uri)
    issued_at = now.replace(microsecond=0)
    if before is not None:
        issued_at = max(issued_at, before.issued_at + timedelta(seconds=1))
    fresh = StatusList(
        uri=uri,
        issued_at=issued_at,
        expires_at=issued_at + LIST_LIFE,
        ttl_s=LIST_TTL_S,
        bits=LIST_BITS,
        packed=packed,
    )
    return trust_store.save_list(desk.directory, issue_status_token(fresh, desk.key), issued_at)


def _append(desk: Desk, number: str, index: int) -> None:
    line = json.dumps({"index": index, "number": number}) + "\n"
    path = desk.directory / REGISTER
    try:
        with path.open("r+b") as file:
            file.seek(file.read().rfind(b"\n") + 1)
            file.truncate()
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        sync_directory(desk.directory)
    except OSError as error:
        raise TrustError(f"{path}: cannot be written: {error}") from error
