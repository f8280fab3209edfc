"""A real hub for one site on loopback: its fleet's trust, a large list, rules, and one unit.

Everything is made by the command line, as an installer would; nothing of the hub is imported here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.events.batch import unit_uid
from gate.signing.keys import Algorithm, SigningKey, VerifyingKey
from gate.sim.free_port import free_port
from gate.sim.issuer import SimIssuer, seeded_key
from gate.sim.site_process import SiteProcess, run_command
from gate.trust.issuers import format_issuers
from gate.trust.status_list import list_name

SITE: Final = "bench"
_RULES: Final = f"""
version = 1
site = "{SITE}"
time_zone = "UTC"
[[accept]]
scheme = "ecs-jib"
types = "any"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncHub:
    """A hub that answers, and the unit that it knows.

    Attributes:
        port: of loopback, where it answers.
        key: the hub's, by which it signs.
        uid: the unit's.
        unit_key: by which the unit says who it is.
        pinned_root: of the fleet.
        process: the hub's.
    """

    port: int
    key: VerifyingKey
    uid: str
    unit_key: SigningKey
    pinned_root: bytes
    process: SiteProcess


@contextmanager
def running_sync_hub(directory: Path, issuer: SimIssuer, token: bytes) -> Iterator[SyncHub]:
    """Yield a hub that vouches for `issuer` and serves its list `token`; stop it at the end.

    Raises:
        UplinkError: it does not start.
    """
    port = free_port()
    config = directory / "hub.toml"
    config.write_text(f'[hub]\ndata = "hub"\nlisten = "127.0.0.1:{port}"\nworkers = 1\n', "utf-8")
    public = run_command("hub", "migrate", "--config", str(config)).strip()
    unit_key = seeded_key("gate bench sync")
    _furnish(directory, config, unit_key.verifying_key.public.hex())
    pinned_root = _publish(directory, issuer, token, public)
    command = ("hub", "serve", "--config", str(config))
    with SiteProcess("the hub process", directory / "hub.log", *command) as process:
        process.wait_for("answers")
        yield SyncHub(
            port=port,
            key=VerifyingKey(Algorithm.ED25519, bytes.fromhex(public)),
            uid=unit_uid(unit_key.verifying_key),
            unit_key=unit_key,
            pinned_root=pinned_root,
            process=process,
        )


def _furnish(directory: Path, config: Path, unit_public: str) -> None:
    rules = directory / "rules.toml"
    rules.write_text(_RULES, "utf-8")
    at = ("--config", str(config))
    named = ("--slug", SITE, "--name", "Bench", "--organisation", "Bench")
    run_command("hub", "manage", *at, "addsite", *named)
    unit = ("--site", SITE, "--name", "Gate", "--key", unit_public)
    run_command("hub", "manage", *at, "addunit", *unit)
    run_command("hub", "policy", *at, SITE, str(rules))


def _publish(directory: Path, issuer: SimIssuer, token: bytes, hub_public: str) -> bytes:
    """Publish the fleet's trust and the list; return the first root."""
    exported, fleet = directory / "issuer", directory / "hub" / "fleet"
    exported.mkdir()
    (exported / "issuers.json").write_text(format_issuers([issuer.issuer()]), "utf-8")
    run_command("hub", "fleet", "init", str(fleet), "--single")
    run_command("hub", "fleet", "add-issuer", str(fleet), str(exported))
    run_command("hub", "fleet", "add-hub", str(fleet), SITE, hub_public)
    run_command("hub", "fleet", "sign", str(fleet), "--yes")
    run_command("hub", "fleet", "publish", str(fleet))
    published = fleet / "published"
    (published / "lists" / list_name(issuer.uri)).write_bytes(token)
    return (published / "fleet" / "metadata" / "1.root.json").read_bytes()
