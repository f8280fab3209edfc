"""A hub to which the time is told: for a site that is simulated on one machine, and nothing else.

It is started as `python -m gate.hub.told_time HUB-FILE FURNISHING`; the second file is JSON:

    {"clock": path, "secret": hexadecimal, "site": s, "rules": TOML text, "site_key": path,
     "units": {name: hexadecimal}, "manager": {"name": s, "password": s}}

`secret` is what the sites' keys are derived from, so that a simulation can be told again. `clock`
holds 16 digits: milliseconds since 1970, written over in place by who tells the time. The database
is made, the site furnished, its key written to `site_key`, and the hub then serves as any other
does. It says its own public key, then that it answers.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command

from gate.errors import GateError
from gate.hub import keys
from gate.hub.config import HubConfig, load_config
from gate.hub.wsgi import start_django

DIGITS: Final = 16
"""Milliseconds since 1970 until long after the year 9999."""

EXIT_FAULT: Final = 2

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def told_clock(path: Path) -> Callable[[], datetime]:
    """Return a clock that says what stands in a file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def now() -> datetime:
        return _EPOCH + timedelta(milliseconds=int(os.pread(descriptor, DIGITS, 0)))

    return now


def main(arguments: list[str]) -> int:
    """Furnish a hub and serve until SIGTERM; return the exit code."""
    try:
        config = load_config(Path(arguments[0]))
        furnishing = json.loads(Path(arguments[1]).read_text("utf-8"))
        config.data.mkdir(parents=True, exist_ok=True)
        secret = config.data / keys.SITES_KEY_NAME
        secret.write_bytes(bytes.fromhex(furnishing["secret"]))
        secret.chmod(0o600)
        keys.make_missing(config)
        start_django(config, clock=told_clock(Path(furnishing["clock"])))
        call_command("migrate", verbosity=0, interactive=False)
        _furnish(config, furnishing)
        _say(keys.load_hub_key(config).verifying_key.public.hex())
        from gate.hub.serve import serve  # noqa: PLC0415 - it needs the applications to be loaded

        serve(config, when_ready=lambda: _say("answers"))
    except (GateError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_FAULT
    return 0


def _furnish(config: HubConfig, furnishing: dict[str, Any]) -> None:
    from gate.hub.clock import hub_now  # noqa: PLC0415 - as above
    from gate.hub.manifest.authors import Author  # noqa: PLC0415 - as above
    from gate.hub.manifest.rules import set_rules  # noqa: PLC0415 - as above
    from gate.hub.sites.models import Role  # noqa: PLC0415 - as above
    from gate.hub.sites.services import add_site, add_unit, add_user  # noqa: PLC0415 - as above

    slug = furnishing["site"]
    site = add_site(
        slug=slug, name=slug.title(), time_zone="Europe/London", organisation="Simulated"
    )
    for name, public in furnishing["units"].items():
        add_unit(site=slug, name=name, public_key=bytes.fromhex(public))
    by = Author(name="the simulation")
    set_rules(site, furnishing["rules"], source="rules", by=by, now=hub_now())
    manager = furnishing["manager"]
    roles = {slug: Role.MANAGER}
    add_user(name=manager["name"], password=manager["password"], roles=roles)
    target = Path(furnishing["site_key"])
    target.write_bytes(keys.site_key(config, slug))
    target.chmod(0o600)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
