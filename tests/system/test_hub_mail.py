"""`gate hub mail` as real processes: two at once send each letter once, and none is lost."""

import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.hub.mails.smtp_server import mail_server

pytestmark = pytest.mark.system

GATE: Final = [sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())", "hub"]
READERS: Final = 6

FILLED: Final = f"""
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from gate.hub.ingest.models import Heartbeat
from gate.hub.mails.models import Watch, Wish
from gate.hub.sites.models import Membership
from gate.hub.sites.services import add_site, add_unit
add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
unit = add_unit(site="quay", name="Gate A", public_key=bytes(range(32)))
now = timezone.now()
for number in range({READERS}):
    user = User.objects.create(username=f"u{{number}}", email=f"u{{number}}@example.org")
    Membership.objects.create(user=user, site=unit.site, role="guard")
    Wish.objects.create(user=user, site=unit.site, topic="silence")
Heartbeat.objects.create(
    unit=unit, received_at=now - timedelta(minutes=9), sent_at=now, clock_trusted=True, backlog=0,
    list_ages_s={{}}, faults=[], version="1", boot_reason="")
Watch.objects.create(pk=1, since=now - timedelta(hours=1), last_at=now)
"""


def _hub(folder: Path, port: int) -> Path:
    file = folder / "hub.toml"
    mail = f'mail = "smtp://127.0.0.1:{port}"\nmail_from = "gates@example.org"'
    file.write_text(f'[hub]\ndata = "data"\n{mail}\n', "utf-8")
    return file


def _gate(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*GATE, words[0], "--config", str(file), *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_two_at_once_send_each_letter_once_and_a_server_that_is_away_loses_none(
    tmp_path: Path,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = _hub(tmp_path, free.getsockname()[1])  # bound, and nobody listens
        assert _gate(away, "migrate").returncode == 0
        filled = _gate(away, "manage", "shell", "-v", "0", "-c", FILLED)
        assert filled.returncode == 0, filled.stderr
        failed = _gate(away, "mail")
    assert failed.returncode == 1
    assert f"{READERS} written, 0 sent, {READERS} waiting" in failed.stdout
    assert "ConnectionRefusedError" in failed.stderr

    with mail_server() as box:
        file = _hub(tmp_path, box.port)
        command = [*GATE, "mail", "--config", str(file)]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        assert [process.communicate() and process.returncode for process in both] == [0, 0]
        due = READERS - 1  # the one that was tried waits a minute
        to = Counter(str(letter["To"]) for letter in box.taken)
    assert len(to) == due
    assert set(to.values()) == {1}


def test_a_hub_without_a_mail_server_says_what_to_set(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    file.write_text("[hub]\n", "utf-8")
    done = _gate(file, "mail")
    assert done.returncode == 2
    assert "hub.mail: not set, so nothing can be sent; next: set `mail`" in done.stderr
