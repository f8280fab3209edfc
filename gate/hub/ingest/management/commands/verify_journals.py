"""`gate hub manage verify_journals`: prove every journal again; to be run each night."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gate.hub.ingest.nightly import check_journals, report


class Command(BaseCommand):
    """One line a journal; ends with a fault if any does not hold."""

    help = "Verify every stored journal from its rows; raise an alarm for each that does not hold."

    def handle(self, *_: object, **__: object) -> None:
        """Check, print, raise alarms."""
        bad = 0
        for found in check_journals():
            said = found.fault or "holds"
            self.stdout.write(
                f"unit {found.uid} journal {found.journal_id.hex()}:"
                f" {found.entries} entries verified; {said}"
            )
            if found.fault:
                bad += 1
                report(found, timezone.now())
        if bad:
            raise CommandError(f"{bad} journals do not hold; alarms were raised")
