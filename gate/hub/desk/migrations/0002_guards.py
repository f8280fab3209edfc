"""The database itself refuses to change or remove a card, a change of status, or what it changed.

A card's status and the change that set it move on, its name may be erased; its number and its place
in a list stay for ever: another card in that place would be cancelled with it.
"""

from typing import ClassVar, Final

from django.db import migrations

from gate.hub.guards import guards, never

_CARD: Final = (
    *("id", "desk_id", "status_list_id", "index", "number", "scheme", "card_type"),
    *("issued_at", "expires_at"),
)
_CHANGE: Final = (
    *("id", "desk_id", "at", "by_id", "by_name", "reason", "status", "selection", "count"),
)
_CHANGED: Final = ("id", "change_id", "card_id", "before")


class Migration(migrations.Migration):
    """Guards of what is written at a desk."""

    dependencies: ClassVar = [
        ("desk", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(
            *never("desk_issuedcard", "what was written of a card", kept=_CARD, emptied=("name",)),
            *never("desk_statuschange", "what was written of a change of status", kept=_CHANGE),
            *never("desk_changedcard", "what a change of status changed", kept=_CHANGED),
        )
    ]
