"""`gate hub manage day_root SITE [DAY]`: print a day's root, to be kept on paper."""

from argparse import ArgumentParser
from datetime import date
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gate.hub.ingest.day_root import day_root, lines
from gate.hub.sites.models import Site


class Command(BaseCommand):
    """The root, then one line a journal."""

    help = "Print the hash over all that the hub had received from a site by the end of a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which site and day."""
        parser.add_argument("site", help="the site's short name")
        parser.add_argument("day", nargs="?", help="YYYY-MM-DD; the site's today if left out")

    def handle(self, *_: object, site: str, day: str | None, **__: object) -> None:
        """Print it."""
        try:
            found = Site.objects.get(slug=site)
        except Site.DoesNotExist as error:
            raise CommandError(f"no site is called {site!r}") from error
        for line in lines(day_root(found, _day(found, day))):
            self.stdout.write(line)


def _day(site: Site, text: str | None) -> date:
    if text is None:
        return timezone.now().astimezone(ZoneInfo(site.time_zone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"day {text!r}: not a day as in 2026-12-06") from error
