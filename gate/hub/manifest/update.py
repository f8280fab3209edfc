"""All that a site's units would fetch now, gathered for a file that somebody carries to them.

Nothing is signed for it that the hub would not sign for a unit that asks: the manifest is signed
anew if it is due. What is published for everybody is copied as it lies there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.errors import ConfigError, TrustError
from gate.hub.config import HubConfig
from gate.hub.desk.publishing import publish_all
from gate.hub.fleet.files import locked, read_file
from gate.hub.fleet.metadata import MAX_METADATA_BYTES, load_published
from gate.hub.keys import load_hub_key
from gate.hub.manifest import presence, signed
from gate.hub.sites.models import Site
from gate.signing.keys import SigningKey
from gate.trust.status_token import MAX_TOKEN_BYTES
from gate.trust.update_file import MANIFEST_PART, PRESENCE_PART, TIMESTAMP_PART

_MOST_TRIES: Final = 3
"""Another process may sign anew between the question for the mark and that for the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What is to be carried.

    Attributes:
        parts: by their names in the file.
        version: of the manifest; None if the site has no rules.
        lists: how many status lists.
        good_until: the earliest end of fleet's trust and manifest; units refuse it then.
        faults: desks whose lists could not be signed for now, and why; older ones are in it.
    """

    parts: dict[str, bytes]
    version: int | None
    lists: int
    good_until: datetime | None
    faults: tuple[str, ...] = ()


def gather(config: HubConfig, site: Site, now: datetime, *, with_presence: bool) -> Gathered:
    """Return what `site`'s units would fetch.

    1. The fleet's trust.  2. Status lists; those of the hub's desks are signed anew if due.  3. The
    manifest.  4. The presence, if it is wanted; a site without rules has no use for it.

    Raises:
        TrustError: what is published does not verify, or can't be read.
        ConfigError: the hub's key can't be read, or there is nothing to carry.
    """
    # 1.
    fleet, expires_at = _fleet(config)
    # 2.
    faults = publish_all(now)
    lists = dict(_lists(config.published / "lists"))
    # 3.
    key, own = load_hub_key(config), {}
    found = _manifest(site, now, key)
    ends = [] if expires_at is None else [expires_at]
    if found is not None:
        mark, own[MANIFEST_PART] = found
        ends.append(datetime.fromtimestamp(mark.issued_s, now.tzinfo) + signed.GOOD_FOR)
    # 4.
    if found is not None and with_presence:
        own[PRESENCE_PART] = _presence(site, now, key)
    parts = fleet | lists | own
    if not parts:
        step = f"next: gate hub policy {site.slug} FILE"
        raise ConfigError(site.slug, [f"there is nothing to carry: no rules, no list; {step}"])
    return Gathered(
        parts=parts,
        version=None if found is None else found[0].version,
        lists=len(lists),
        good_until=min(ends, default=None),
        faults=tuple(f"{one.desk}: {one.why}" for one in faults),
    )


def _fleet(config: HubConfig) -> tuple[dict[str, bytes], datetime | None]:
    """Return the published metadata and targets as they are served, and when the first expires."""
    published = config.published
    if not (published / TIMESTAMP_PART).exists():
        return {}, None
    with locked(published.parent):
        held = load_published(published)
        if held is None:
            return {}, None
        root, targets = held.vouched.root.signed, held.vouched.targets.signed
        names = [
            TIMESTAMP_PART,
            f"fleet/metadata/{held.snapshot.signed.version}.snapshot.json",
            f"fleet/metadata/{targets.version}.targets.json",
            *(f"fleet/metadata/{version}.root.json" for version in range(1, root.version + 1)),
        ]
        parts = {name: read_file(published / name, MAX_METADATA_BYTES) for name in names}
    for name, target in targets.targets.items():
        parts[f"fleet/targets/{target.get_prefixed_paths()[0]}"] = held.vouched.files[name]
    signed_parts = (root, targets, held.snapshot.signed, held.timestamp.signed)
    return parts, min(part.expires for part in signed_parts)


def _lists(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob("[!.]*.cwt")):
        if path.is_file() and not path.is_symlink():
            yield f"lists/{path.name}", read_file(path, MAX_TOKEN_BYTES)


def _manifest(site: Site, now: datetime, key: SigningKey) -> tuple[signed.Mark, bytes] | None:
    for _ in range(_MOST_TRIES):
        mark = signed.mark_now(site, now, key, None)
        message = None if mark is None else signed.message_of(site, mark)
        if mark is None:
            return None
        if message is not None:
            return mark, message
    raise _busy(site)


def _presence(site: Site, now: datetime, key: SigningKey) -> bytes:
    for _ in range(_MOST_TRIES):
        message = presence.message_of(site, presence.etag_now(site, now, key))
        if message is not None:
            return message
    raise _busy(site)


def _busy(site: Site) -> TrustError:
    return TrustError(f"{site.slug}: signed anew by another process meanwhile; try again")
