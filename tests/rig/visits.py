"""What somebody who is signed in does on the pages of the rig's hub."""

from base64 import b64decode
from typing import Final

from tests.rig.hub import ADDRESS, RigHub
from tests.system.site_of_gates import SITE

VISIT: Final = """
import base64, sys
from pathlib import Path
from gate.hub.config import load_config
from gate.hub.wsgi import start_django
start_django(load_config(Path(sys.argv[1])))
from django.contrib.auth.models import User
from django.test import Client
from gate.hub.sites.models import Role, Unit
from gate.hub.sites.services import add_user
host, site, role, method, page = sys.argv[2:]
if not User.objects.filter(username=role).exists():
    add_user(name=role, password="relay and lamp", roles={site: Role(role)})
client = Client(headers={"host": host})
client.force_login(User.objects.get(username=role))
unit = Unit.objects.filter(site__slug=site).latest("pk")
visit = getattr(client, method)
answer = visit(f"/sites/{site}/{page.format(unit=unit.pk)}", secure=True)
print(answer.status_code, base64.b64encode(answer.content).decode())
"""


def press(hub: RigHub, role: str, page: str) -> int:
    """Press a button of a site's page; return the answer's status.

    Args:
        hub: whose page.
        role: of who presses; they are known by that name.
        page: below the site's own, `{unit}` for the number of the site's newest unit.
    """
    return _visit(hub, role, "post", page)[0]


def open_page(hub: RigHub, role: str, page: str) -> bytes:
    """Return what a page of a site holds, as `press` names it; nothing if it is not to be had."""
    status, content = _visit(hub, role, "get", page)
    return content if status == 200 else b""


def _visit(hub: RigHub, role: str, method: str, page: str) -> tuple[int, bytes]:
    status, _, content = hub.run(VISIT, ADDRESS, SITE, role, method, page).strip().partition(" ")
    return int(status), b64decode(content)
