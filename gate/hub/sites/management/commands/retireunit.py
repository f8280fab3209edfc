"""`gate hub manage retireunit`: for a unit that was stolen or taken down."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from gate.hub.sites.services import retire_unit


class Command(BaseCommand):
    """Retires a unit."""

    help = "Takes nothing more from a unit; what it sent stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the unit's uid."""
        parser.add_argument("uid", help="16 hex digits, as addunit printed them")

    def handle(self, **options: Any) -> str:  # noqa: ANN401 - Django's signature
        """Retire it and say since when."""
        unit = retire_unit(options["uid"], timezone.now())
        return f"{unit.name}: retired since {unit.retired_at:%Y-%m-%d %H:%M} UTC"
