"""`gate hub manage addunit`: a unit by its public key, until units enrol themselves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gate.hub.sites.services import add_unit


class Command(BaseCommand):
    """Adds a unit."""

    help = "Lets a unit upload; prints its uid."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what a unit is."""
        parser.add_argument("--name", required=True, help="what people call it, such as Gate A")
        parser.add_argument("--site", required=True, help="the slug of the site it stands at")
        parser.add_argument("--key", required=True, help="its Ed25519 public key, 64 hex digits")

    def handle(self, **options: Any) -> str:  # noqa: ANN401 - Django's signature
        """Add it and print its uid."""
        try:
            public_key = bytes.fromhex(options["key"])
        except ValueError as error:
            raise CommandError(f"--key {options['key']!r}: not hexadecimal") from error
        unit = add_unit(site=options["site"], name=options["name"], public_key=public_key)
        return unit.uid
