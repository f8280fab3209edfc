"""Django set up once for the tests of the hub: on SQLite in memory, or another database.

GATE_TEST_DATABASE names the other one, such as `postgresql://gate@127.0.0.1:5432/hub`; a database
of the tests' own is made beside it, and dropped. The hub's files lie in a directory of their own.
"""

import atexit
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import django
import pytest
from django.apps import apps
from django.conf import settings

from gate.hub.config import HubConfig
from gate.hub.keys import load_secret, make_missing
from gate.hub.settings import django_settings

_FASTER: Final[dict[str, Any]] = {
    # Passwords that take 0.3 s each, and names that hold a digest of the file, prove nothing here.
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "STORAGES": {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    },
}


def _set_up() -> None:
    files = TemporaryDirectory(prefix="gate-hub-")
    atexit.register(files.cleanup)
    config = HubConfig(
        data=Path(files.name),
        database=os.environ.get("GATE_TEST_DATABASE", "sqlite:///hub.db"),
        hosts=("testserver",),
    )
    make_missing(config)
    config.static_root.mkdir()
    settings.configure(**django_settings(config, load_secret(config)) | _FASTER)
    django.setup(set_prefix=False)


if not settings.configured:
    _set_up()


@pytest.fixture(autouse=True)
def nothing_folded() -> None:
    """Let each test's database have days of its own: numbers of sites and journals come again."""
    vars(apps.get_app_config("today")).pop("days", None)
