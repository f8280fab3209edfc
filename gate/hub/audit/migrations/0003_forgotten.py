"""Who did something may be forgotten; that it was done, to whom and when, stays as it is."""

from typing import ClassVar, Final

from django.db import migrations

from gate.hub.guards import guards, never, unguarded

_WHAT: Final = "what stands in the audit record"
_KEPT: Final = ("id", "site_id", "at", "act", "subject", "count", "place")


class Migration(migrations.Migration):
    """Guards of the audit record, that let a user's name and address go."""

    dependencies: ClassVar = [("audit", "0002_guards")]
    operations: ClassVar = [
        unguarded(*never("audit_record", _WHAT)),
        guards(
            *never(
                "audit_record",
                _WHAT,
                kept=_KEPT,
                emptied=("by_name", "host"),
                nulled=("by_id",),
            )
        ),
    ]
