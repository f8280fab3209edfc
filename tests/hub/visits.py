"""Every address of the hub and what each who might come is answered there.

docs/reference/views-and-roles.md is made from it, beside gate.hub.accounts.roles.
"""

from collections.abc import Mapping
from typing import Final

from gate.signing.keys import Algorithm, VerifyingKey
from tests.hub.visit import SIGN_IN, Visit
from tests.hub.visits_of_accounts import ADMINISTRATION, SIGNING_IN

UNIT_KEY: Final = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"

UNIT_UID: Final = VerifyingKey(Algorithm.ED25519, bytes.fromhex(UNIT_KEY)).kid.hex()
"""Of a unit that is there."""

LOGINS: Final = "/sites/kings-wharf/unit-logins/"

PEOPLE: Final = "/sites/kings-wharf/people/"

AREAS: Final = "/sites/kings-wharf/areas/"

UNITS: Final = "/sites/kings-wharf/units/"


_BATCH: Final = Visit(
    address="/api/units/0123456789abcdef/batches",
    answers=(404, 404, 404, 404, 404),
    method="POST",
    body=b"unsigned",
)
"""Answered beside django-ninja, and described by it."""


VISITS: Final[Mapping[str, Visit]] = {
    "home": Visit(address="/", answers=(302, 302, 302, 200, SIGN_IN)),
    # No authority of its own vouches for the hub of the tests.
    "trust-hub": Visit(address="/trust/", answers=(200, 200, 200, 200, 200)),
    "trust-authority": Visit(address="/trust/site-gate-hub.crt", answers=(404, 404, 404, 404, 404)),
    "roll-call": Visit(
        address="/sites/kings-wharf/roll-call/", answers=(200, 200, 404, 200, SIGN_IN)
    ),
    "open-roll-call": Visit(
        address="/sites/kings-wharf/roll-call/open/",
        answers=(302, 302, 404, 302, SIGN_IN),
        method="POST",
    ),
    "called": Visit(
        address="/sites/kings-wharf/roll-call/1/", answers=(404, 404, 404, 404, SIGN_IN)
    ),
    "roll-call-marks": Visit(
        address="/sites/kings-wharf/roll-call/1/marks/",
        answers=(404, 404, 404, 404, SIGN_IN),
        method="POST",
    ),
    "roll-call-step": Visit(
        address="/sites/kings-wharf/roll-call/1/step/",
        answers=(404, 404, 404, 404, SIGN_IN),
        method="POST",
    ),
    "roll-call-pdf": Visit(
        address="/sites/kings-wharf/roll-call/1/roll-call.pdf",
        answers=(404, 404, 404, 404, SIGN_IN),
    ),
    "roll-call-worker": Visit(address="/roll-call-worker.js", answers=(200, 200, 200, 200, 200)),
    "today": Visit(address="/sites/kings-wharf/", answers=(200, 200, 404, 200, SIGN_IN)),
    "today-live": Visit(address="/sites/kings-wharf/live/", answers=(200, 200, 404, 200, SIGN_IN)),
    "log": Visit(address="/sites/kings-wharf/log/", answers=(200, 200, 404, 200, SIGN_IN)),
    # A file of names is for who manages the site; no such entry is there.
    "export-log": Visit(
        address="/sites/kings-wharf/log/entries.csv", answers=(200, 403, 404, 200, SIGN_IN)
    ),
    "log-entry": Visit(
        address="/sites/kings-wharf/log/1/1/", answers=(404, 404, 404, 404, SIGN_IN)
    ),
    "correct-entry": Visit(
        address="/sites/kings-wharf/log/1/1/correct/",
        answers=(404, 403, 404, 404, SIGN_IN),
        method="POST",
    ),
    "report": Visit(address="/sites/kings-wharf/report/", answers=(200, 200, 404, 200, SIGN_IN)),
    "gates": Visit(
        address="/sites/kings-wharf/gates/", answers=(200, 200, 404, 200, SIGN_IN), contractor=200
    ),
    "identify-unit": Visit(
        address="/sites/kings-wharf/gates/999999/identify/",
        answers=(404, 404, 404, 404, SIGN_IN),
        method="POST",
        contractor=404,
    ),
    # A bundle tells of machines alone, and is for those who look after them.
    **{
        name: Visit(
            address=f"/sites/kings-wharf/gates/999999/{end}",
            answers=(404, 403, 404, 404, SIGN_IN),
            method=method,
            contractor=404,
        )
        for name, end, method in (
            ("ask-support", "support/", "POST"),
            ("support-bundle", "support.zip", "GET"),
        )
    },
    "mails": Visit(
        address="/sites/kings-wharf/e-mail/", answers=(200, 200, 404, 200, SIGN_IN), contractor=200
    ),
    # Alarms are for who manages the site; the one that is there lacks a note (400).
    "alarms": Visit(address="/sites/kings-wharf/alarms/", answers=(200, 403, 404, 200, SIGN_IN)),
    "acknowledge": Visit(
        address="/sites/kings-wharf/alarms/1/acknowledge/",
        answers=(400, 403, 404, 400, SIGN_IN),
        method="POST",
    ),
    # So is who is blocked; what is posted lacks everything (400), and no such block is there (404).
    "blocked": Visit(address="/sites/kings-wharf/blocked/", answers=(200, 403, 404, 200, SIGN_IN)),
    "block": Visit(
        address="/sites/kings-wharf/blocked/add/",
        answers=(400, 403, 404, 400, SIGN_IN),
        method="POST",
    ),
    "unblock": Visit(
        address="/sites/kings-wharf/blocked/1/end/",
        answers=(404, 403, 404, 404, SIGN_IN),
        method="POST",
    ),
    "forgive": Visit(address="/sites/kings-wharf/forgive/", answers=(200, 403, 404, 200, SIGN_IN)),
    "close-exits": Visit(
        address="/sites/kings-wharf/forgive/close/",
        answers=(400, 403, 404, 400, SIGN_IN),
        method="POST",
    ),
    # The gatehouse is for guards; no such entry is there.
    "gatehouse": Visit(
        address="/sites/kings-wharf/gatehouse/", answers=(200, 200, 404, 200, SIGN_IN)
    ),
    "gatehouse-live": Visit(
        address="/sites/kings-wharf/gatehouse/live/", answers=(200, 200, 404, 200, SIGN_IN)
    ),
    "gatehouse-photo": Visit(
        address="/sites/kings-wharf/gatehouse/1/1/photo.jpg",
        answers=(404, 404, 404, 404, SIGN_IN),
    ),
    "release-referred": Visit(
        address="/sites/kings-wharf/gatehouse/1/1/release/",
        answers=(404, 404, 404, 404, SIGN_IN),
        method="POST",
    ),
    # Checking a card is for guards too; nobody has that number, and nothing is sent.
    "check": Visit(address="/sites/kings-wharf/check/", answers=(200, 200, 404, 200, SIGN_IN)),
    "check-book": Visit(
        address="/sites/kings-wharf/check/book.json", answers=(200, 200, 404, 200, SIGN_IN)
    ),
    "check-face": Visit(
        address="/sites/kings-wharf/check/faces/999999.jpg",
        answers=(404, 404, 404, 404, SIGN_IN),
    ),
    "checks-taken": Visit(
        address="/sites/kings-wharf/check/taken/",
        answers=(400, 400, 404, 400, SIGN_IN),
        method="POST",
    ),
    "lockdown": Visit(
        address="/sites/kings-wharf/lockdown/", answers=(200, 403, 404, 200, SIGN_IN)
    ),
    "test-release": Visit(
        address="/sites/kings-wharf/test-release/", answers=(200, 403, 404, 200, SIGN_IN)
    ),
    # And the rules: nothing is sent to be tried or put in force.
    "rules": Visit(address="/sites/kings-wharf/rules/", answers=(200, 403, 404, 200, SIGN_IN)),
    "try-rules": Visit(
        address="/sites/kings-wharf/rules/try/",
        answers=(400, 403, 404, 400, SIGN_IN),
        method="POST",
    ),
    "put-rules": Visit(
        address="/sites/kings-wharf/rules/put/",
        answers=(400, 403, 404, 400, SIGN_IN),
        method="POST",
    ),
    # And the units' logins: what is posted names no role, and no such login is there.
    "unit-logins": Visit(address=LOGINS, answers=(200, 403, 404, 200, SIGN_IN)),
    "add-unit-login": Visit(
        address=f"{LOGINS}add/", answers=(400, 403, 404, 400, SIGN_IN), method="POST"
    ),
    "renew-unit-login": Visit(
        address=f"{LOGINS}1/renew/", answers=(400, 403, 404, 400, SIGN_IN), method="POST"
    ),
    "withdraw-unit-login": Visit(
        address=f"{LOGINS}1/withdraw/", answers=(409, 403, 404, 409, SIGN_IN), method="POST"
    ),
    # And areas: what is posted lacks everything, and nothing of this number is there.
    "areas": Visit(address=AREAS, answers=(200, 403, 404, 200, SIGN_IN)),
    **{
        name: Visit(
            address=f"{AREAS}{end}/", answers=(status, 403, 404, status, SIGN_IN), method="POST"
        )
        for name, end, status in (
            ("add-area", "add", 400),
            ("remove-area", "999999/remove", 404),
            ("put-access-point", "points/put", 400),
            ("remove-access-point", "points/999999/remove", 404),
        )
    },
    # And units: what is posted lacks everything, and no such code or unit is there.
    **{
        name: Visit(address=f"{UNITS}{end}", answers=(200, 403, 404, 200, SIGN_IN), contractor=200)
        for name, end in (("units", ""), ("units-joining", "joining/"), ("add-unit", "add/"))
    },
    "cancel-code": Visit(
        address=f"{UNITS}codes/1/cancel/",
        answers=(409, 403, 404, 409, SIGN_IN),
        method="POST",
        contractor=409,
    ),
    "retire-unit": Visit(
        address=f"{UNITS}9999/retire/", answers=(409, 403, 404, 409, SIGN_IN), method="POST"
    ),
    # And passes: what is posted lacks everything, and no such pass is there.
    "passes": Visit(address="/sites/kings-wharf/passes/", answers=(200, 403, 404, 200, SIGN_IN)),
    "new-pass": Visit(
        address="/sites/kings-wharf/passes/new/", answers=(200, 403, 404, 200, SIGN_IN)
    ),
    "pass": Visit(address="/sites/kings-wharf/passes/1/", answers=(404, 403, 404, 404, SIGN_IN)),
    "pass-drawing": Visit(
        address="/sites/kings-wharf/passes/1/card.png", answers=(404, 403, 404, 404, SIGN_IN)
    ),
    "cancel-pass": Visit(
        address="/sites/kings-wharf/passes/1/cancel/",
        answers=(404, 403, 404, 404, SIGN_IN),
        method="POST",
    ),
    # People are their managers' alone; nobody of this number is there, what is posted lacks all.
    "people": Visit(address=f"{PEOPLE}", answers=(200, 403, 404, 200, SIGN_IN)),
    "new-person": Visit(address=f"{PEOPLE}add/", answers=(200, 403, 404, 200, SIGN_IN)),
    "import-people": Visit(address=f"{PEOPLE}import/", answers=(200, 403, 404, 200, SIGN_IN)),
    "example-list": Visit(
        address=f"{PEOPLE}import/people.csv", answers=(200, 403, 404, 200, SIGN_IN)
    ),
    "induct-people": Visit(address=f"{PEOPLE}induct/", answers=(200, 403, 404, 200, SIGN_IN)),
    "pass-sheets": Visit(address=f"{PEOPLE}passes/", answers=(200, 403, 404, 200, SIGN_IN)),
    "give-passes": Visit(
        address=f"{PEOPLE}passes/give/", answers=(302, 403, 404, 302, SIGN_IN), method="POST"
    ),
    "print-passes": Visit(
        address=f"{PEOPLE}passes/print/", answers=(400, 403, 404, 400, SIGN_IN), method="POST"
    ),
    **{
        name: Visit(address=f"{PEOPLE}1/{end}", answers=(404, 403, 404, 404, SIGN_IN))
        for name, end in (
            ("person", ""),
            ("edit-person", "edit/"),
            ("person-photo", "photo.jpg"),
            ("person-phone", "phone.png"),
            ("erase-person", "erase/"),
        )
    },
    **{
        name: Visit(
            address=f"{PEOPLE}1/{end}/", answers=(404, 403, 404, 404, SIGN_IN), method="POST"
        )
        for name, end in (
            ("induct-person", "induct"),
            ("give-person", "pass"),
            ("replace-pass", "lost"),
            ("block-person", "block"),
            ("unblock-person", "unblock"),
            ("undo-person", "undo"),
            ("note-person", "note"),
        )
    },
    "companies": Visit(
        address="/sites/kings-wharf/companies/", answers=(200, 403, 404, 200, SIGN_IN)
    ),
    "audit": Visit(address="/sites/kings-wharf/audit/", answers=(200, 403, 404, 200, SIGN_IN)),
    # So is what is kept of whom; what is posted lacks everything.
    "retention": Visit(
        address="/sites/kings-wharf/retention/", answers=(200, 403, 404, 200, SIGN_IN)
    ),
    "put-retention": Visit(
        address="/sites/kings-wharf/retention/put/",
        answers=(400, 403, 404, 400, SIGN_IN),
        method="POST",
    ),
    # Visitors are for guards as well.
    "visitors": Visit(
        address="/sites/kings-wharf/visitors/", answers=(200, 200, 404, 200, SIGN_IN)
    ),
    "visitor-left": Visit(
        address="/sites/kings-wharf/visitors/1/left/",
        answers=(404, 404, 404, 404, SIGN_IN),
        method="POST",
    ),
    # A desk is for who works there: here for nobody but the admin. What is posted asks for nothing.
    "desks": Visit(address="/desk/", answers=(200, 200, 200, 200, SIGN_IN)),
    "desk": Visit(address="/desk/ecs/", answers=(404, 404, 404, 200, SIGN_IN)),
    "desk-confirm": Visit(
        address="/desk/ecs/confirm/", answers=(404, 404, 404, 400, SIGN_IN), method="POST"
    ),
    "desk-change": Visit(
        address="/desk/ecs/change/", answers=(404, 404, 404, 400, SIGN_IN), method="POST"
    ),
    "desk-changes": Visit(address="/desk/ecs/changes/", answers=(404, 404, 404, 200, SIGN_IN)),
    "desk-changed": Visit(address="/desk/ecs/changes/1/", answers=(404, 404, 404, 404, SIGN_IN)),
    **ADMINISTRATION,
    **SIGNING_IN,
    "alive": Visit(address="/alive/", answers=(204, 204, 204, 204, 204)),
    # Signed files are for everybody; none are published here.
    "fleet-timestamp": Visit(
        address="/fleet/metadata/timestamp.json", answers=(404, 404, 404, 404, 404)
    ),
    "fleet-metadata": Visit(
        address="/fleet/metadata/1.root.json", answers=(404, 404, 404, 404, 404)
    ),
    "fleet-target": Visit(
        address=f"/fleet/targets/{'0' * 64}.issuers.json", answers=(404, 404, 404, 404, 404)
    ),
    "status-list": Visit(address="/lists/0123456789abcdef.cwt", answers=(404, 404, 404, 404, 404)),
    "api:openapi-json": Visit(address="/api/openapi.json", answers=(200, 200, 200, 200, 200)),
    "api:api-root": Visit(address="/api/", answers=(404, 404, 404, 404, 404)),
    # Units are known by what they sign: to everybody else the answer is one and the same.
    "send-batch": _BATCH,
    "api:send_batch": _BATCH,
    "api:send_heartbeat": Visit(
        address="/api/units/0123456789abcdef/heartbeats",
        answers=(404, 404, 404, 404, 404),
        method="POST",
        body=b"unsigned",
    ),
    "api:send_support": Visit(
        address="/api/units/0123456789abcdef/support",
        answers=(404, 404, 404, 404, 404),
        method="POST",
        body=b"unsigned",
    ),
    # Who joins has no name yet; what is sent here is signed by nobody.
    "api:join": Visit(
        address="/api/join", answers=(400, 400, 400, 400, 400), method="POST", body=b"unsigned"
    ),
    "api:get_authority": Visit(address="/api/authority", answers=(404, 404, 404, 404, 404)),
    "api:get_manifest": Visit(
        address=f"/api/units/{UNIT_UID}/manifest", answers=(404, 404, 404, 404, 404)
    ),
    "api:get_presence": Visit(
        address=f"/api/units/{UNIT_UID}/presence", answers=(404, 404, 404, 404, 404)
    ),
    "api:get_hours": Visit(
        address=f"/api/units/{UNIT_UID}/hours", answers=(404, 404, 404, 404, 404)
    ),
}
