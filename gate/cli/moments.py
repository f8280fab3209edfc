"""Moments and days as people type them on a command line."""

from datetime import UTC, date, datetime

import click


class Moment(click.ParamType[datetime]):
    """ISO 8601 (no zone means UTC) or seconds since 1970; gives an aware UTC datetime."""

    name = "TIME"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment, or end the command with what is allowed."""
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            if text.isdecimal():
                return datetime.fromtimestamp(int(text), UTC)
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            self.fail(
                f"{text!r} is no time; write 2026-11-22T07:00:00Z or seconds since 1970", param, ctx
            )


class Day(click.ParamType[date]):
    """A date as 2029-11-22."""

    name = "DATE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the date, or end the command with what is allowed."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2029-11-22", param, ctx)


MOMENT = Moment()
DAY = Day()
