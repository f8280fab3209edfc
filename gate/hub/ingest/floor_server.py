"""`python -m gate.hub.ingest.floor_server HUB_TOML`: the hub with its measuring address.

Started by `gate bench ingest` alone; prints a line when it answers.
"""

import sys
from pathlib import Path

from django.conf import settings

from gate.hub.config import load_config
from gate.hub.wsgi import start_django


def serve_with_floor(file: Path) -> None:
    """Answer until SIGTERM."""
    config = load_config(file)
    start_django(config)
    settings.ROOT_URLCONF = "gate.hub.ingest.floor"
    from gate.hub.serve import serve  # noqa: PLC0415 - needs Django set up

    serve(config, when_ready=lambda: print("answers", flush=True))  # noqa: T201 - the bench waits


if __name__ == "__main__":
    serve_with_floor(Path(sys.argv[1]))
