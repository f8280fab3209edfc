"""`gate hub manage addsite`: a site, and its organisation if it is the first of one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gate.hub.sites.services import add_site


class Command(BaseCommand):
    """Adds a site."""

    help = "Adds a site; its organisation too if it is the first of one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what a site is."""
        parser.add_argument("--slug", required=True, help="such as kings-wharf; in addresses")
        parser.add_argument("--name", required=True, help="what people call it")
        parser.add_argument("--time-zone", default="Europe/London", help="its IANA name")
        parser.add_argument("--organisation", required=True, help="who runs it")

    def handle(self, **options: Any) -> str:  # noqa: ANN401 - Django's signature
        """Add it and name it."""
        site = add_site(
            slug=options["slug"],
            name=options["name"],
            time_zone=options["time_zone"],
            organisation=options["organisation"],
        )
        return f"{site.slug}: added"
