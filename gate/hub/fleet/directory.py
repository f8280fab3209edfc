"""Every change to whom the fleet believes, done to the fleet's directory: staged, not published."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from gate.errors import TrustError
from gate.hub.fleet import changes, hub_changes, release_changes
from gate.hub.fleet.files import locked, put, read_file
from gate.hub.fleet.keys import KeyInHand
from gate.hub.fleet.metadata import HUBS, ISSUERS, RELEASES, releases_in, text_of
from gate.hub.fleet.repository import drop as drop_staged
from gate.hub.fleet.repository import open_fleet, stage
from gate.hub.fleet.staged import Staged, add_signatures, format_staged, read_staged
from gate.trust.bundle import Issuer
from gate.trust.hubs import SiteHub, format_hubs, parse_hubs
from gate.trust.issuers import MAX_ISSUERS_BYTES, format_issuers, parse_issuers
from gate.trust.releases import Release, format_releases, parse_releases


def add_issuers(directory: Path, exported: Path, now: datetime) -> Staged:
    """Stage every issuer of a directory that `gate trust export` wrote.

    Raises:
        TrustError: no such directory, or an issuer is refused (`gate.hub.fleet.changes`).
    """
    fresh = _exported(exported)

    def change(held: tuple[Issuer, ...]) -> tuple[Issuer, ...]:
        for issuer in fresh:
            held = changes.add_issuer(held, issuer)
        return held

    return _stage_issuers(directory, now, change)


def retire_issuer(
    directory: Path, iss: str, now: datetime, *, at: datetime, kid: str | None, remove: bool
) -> Staged:
    """Stage that nothing an issuer signs after `at` is believed, or that it is gone."""
    return _stage_issuers(
        directory,
        now,
        lambda held: (
            changes.remove_issuer(held, iss)
            if remove
            else changes.retire_issuer(held, iss, at, kid)
        ),
    )


def mark_issuer(directory: Path, iss: str, kid: str, now: datetime) -> Staged:
    """Stage that nothing a key of an issuer ever signed is believed."""
    return _stage_issuers(directory, now, lambda held: changes.mark_compromised(held, iss, kid))


def add_hub(directory: Path, site: str, public_key: str, now: datetime) -> Staged:
    """Stage that a key speaks for a site."""
    return _stage_hubs(directory, now, lambda held: hub_changes.add_hub(held, site, public_key))


def retire_hub(
    directory: Path, site: str, now: datetime, *, at: datetime, kid: str | None, remove: bool
) -> Staged:
    """Stage that nothing a site's keys sign after `at` is believed, or that they are gone."""
    return _stage_hubs(
        directory,
        now,
        lambda held: (
            hub_changes.remove_hub(held, site)
            if remove
            else hub_changes.retire_hub(held, site, at, kid)
        ),
    )


def mark_hub(directory: Path, site: str, kid: str, now: datetime) -> Staged:
    """Stage that nothing a key of a site's hub ever signed is believed."""
    return _stage_hubs(directory, now, lambda held: hub_changes.compromise_hub(held, site, kid))


def add_release(directory: Path, version: str, files: Sequence[Path], now: datetime) -> Staged:
    """Stage that the fleet vouches for a version, which is these files as they lie there."""
    fresh = release_changes.read_release(version, files)
    return _stage_releases(directory, now, lambda held: release_changes.add_release(held, fresh))


def withdraw_release(directory: Path, version: str, now: datetime) -> Staged:
    """Stage that the fleet vouches for a version no longer."""
    return _stage_releases(
        directory, now, lambda held: release_changes.withdraw_release(held, version)
    )


def drop(directory: Path) -> None:
    """Give up what is staged; raises TrustError if nothing is, or its root is published."""
    with locked(directory):
        drop_staged(open_fleet(directory))


def sign(path: Path, keys: Sequence[KeyInHand]) -> tuple[Staged, tuple[str, ...]]:
    """Sign a staged file with each key; return what it holds then, and what was signed by whom.

    Raises:
        TrustError: it was changed since somebody signed it, or a key has nothing to sign there.
    """
    with locked(path.parent):
        staged = read_staged(path)
        done = []
        for key in keys:
            staged, roles = add_signatures(staged, key)
            done += [f"{role} by {staged.name_of(key.key.keyid)}" for role in roles]
        put([(path, format_staged(staged))])
        return staged, tuple(done)


def _exported(folder: Path) -> tuple[Issuer, ...]:
    path = folder / ISSUERS
    if not path.is_file():
        step = "next: name a directory that `gate trust export` wrote"
        raise TrustError(f"{folder}: no {ISSUERS} in it; {step}")
    data = read_file(path, MAX_ISSUERS_BYTES)
    issuers = parse_issuers(text_of({ISSUERS: data}, ISSUERS), str(path))
    if not issuers:
        raise TrustError(f"{path}: names no issuer")
    return issuers


def _stage_issuers(
    directory: Path, now: datetime, change: Callable[[tuple[Issuer, ...]], Iterable[Issuer]]
) -> Staged:
    def changed(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        held = parse_issuers(text_of(files, ISSUERS), ISSUERS)
        text = format_issuers(tuple(change(held)))
        parse_issuers(text, ISSUERS)  # what no unit could read is not even staged
        return {**files, ISSUERS: text.encode()}

    with locked(directory):
        return stage(open_fleet(directory), now, change_files=changed)


def _stage_hubs(
    directory: Path, now: datetime, change: Callable[[tuple[SiteHub, ...]], Iterable[SiteHub]]
) -> Staged:
    def changed(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        held = parse_hubs(text_of(files, HUBS), HUBS)
        text = format_hubs(tuple(change(held)))
        parse_hubs(text, HUBS)  # as above
        return {**files, HUBS: text.encode()}

    with locked(directory):
        return stage(open_fleet(directory), now, change_files=changed)


def _stage_releases(
    directory: Path, now: datetime, change: Callable[[tuple[Release, ...]], Sequence[Release]]
) -> Staged:
    def changed(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        text = format_releases(change(releases_in(files)))
        parse_releases(text, RELEASES)  # as above
        return {**files, RELEASES: text.encode()}

    with locked(directory):
        return stage(open_fleet(directory), now, change_files=changed)
