"""The database itself refuses to change or remove rules, blocks, their ends, and orders.

A block's card may be erased, which leaves its keyed hash; an order's time moves on while it stands.
"""

from typing import ClassVar, Final

from django.db import migrations

from gate.hub.guards import guards, never

_WRITTEN: Final = ("id", "site_id", "at", "by_id", "by_name", "version")
_BLOCK: Final = (*_WRITTEN, "person", "reason")
_UNBLOCK: Final = (*_WRITTEN, "block_id", "reason")
_ORDER: Final = (*_WRITTEN, "order_id", "kind", "reason")
_CARD: Final = ("issuer", "number")


class Migration(migrations.Migration):
    """Guards of what is written for a site's gates."""

    dependencies: ClassVar = [
        ("manifest", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(
            *never("manifest_rules", "what was written of rules", kept=(*_WRITTEN, "text")),
            *never("manifest_block", "what was written of a block", kept=_BLOCK, emptied=_CARD),
            *never("manifest_unblock", "what was written of an unblock", kept=_UNBLOCK),
            *never("manifest_order", "what was written of an order", kept=_ORDER),
        )
    ]
