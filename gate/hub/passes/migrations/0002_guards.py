"""The database itself refuses to change or remove a pass; what names its holder may be erased."""

from typing import ClassVar, Final

from django.db import migrations

from gate.hub.guards import guards, never

_KEPT: Final = (
    *("id", "site_id", "at", "by_id", "by_name", "version", "card_id", "person", "beneath"),
    *("scheme", "beneath_expires_at", "was_read", "checked_by"),
)
_EMPTIED: Final = ("issuer", "number", "company", "text")


class Migration(migrations.Migration):
    """Guards of what is written of a pass."""

    dependencies: ClassVar = [
        ("passes", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(
            *never(
                "passes_pass",
                "what was written of a pass",
                kept=_KEPT,
                emptied=_EMPTIED,
                nulled=("photo",),
            )
        )
    ]
