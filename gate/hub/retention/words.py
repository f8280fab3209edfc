"""Numbers of days, and dates, as people say them."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

_MONTH_DAYS: Final = 365.25 / 12
_YEAR_MONTHS: Final = 12
_FEW_MONTHS: Final = 2


def days_words(days: int) -> str:
    """Say how many days, and about how many months or years that is from two months on."""
    said = f"{days:,} day{'' if days == 1 else 's'}"
    months = round(days / _MONTH_DAYS)
    if months < _FEW_MONTHS:
        return said
    years, rest = divmod(months, _YEAR_MONTHS)
    parts = (_counted(years, "year"), _counted(rest, "month"))
    return f"{said} ({' '.join(filter(None, parts))})"


def date_words(at: datetime, zone: ZoneInfo) -> str:
    """Tell a date, such as `20 November 2026`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""
