"""The database itself refuses to change or remove a login of a site's units, and its end."""

from typing import ClassVar, Final

from django.db import migrations

from gate.hub.guards import guards, never

_WRITTEN: Final = ("id", "site_id", "at", "by_id", "by_name", "version")
_LOGIN: Final = (*_WRITTEN, "name", "role", "salt", "hash")


class Migration(migrations.Migration):
    """Guards of logins."""

    dependencies: ClassVar = [
        ("locals", "0001_initial"),
        ("ingest", "0002_guards"),
    ]
    operations: ClassVar = [
        guards(
            *never("locals_login", "what was written of a login", kept=_LOGIN),
            *never(
                "locals_loginend",
                "what was written of the end of a login",
                kept=(*_WRITTEN, "login_id"),
            ),
        )
    ]
