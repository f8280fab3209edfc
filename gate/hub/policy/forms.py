"""What managers send to try rules and to put them in force; each fault in words by its field."""

import hashlib
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from gate.hub.log.day import FIRST

_OPEN_AGAIN: Final = "This page was not sent whole. Open it again."
_DAY: Final = "Choose a day, such as 2026-11-21, that isn't to come."


class RulesForm(forms.Form):
    """The rules' text, which ones it was made from, the day to try them on, what was tried."""

    text = forms.CharField(strip=False, error_messages={"required": "Write the rules."})
    on = forms.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _OPEN_AGAIN
        ),
    )
    day = forms.DateField(
        input_formats=["%Y-%m-%d"], error_messages={"required": _DAY, "invalid": _DAY}
    )
    tried = forms.CharField(required=False, max_length=64)

    def __init__(self, *args: Any, today: date, **others: Any) -> None:  # noqa: ANN401 - Django's own
        """Keep which day is the last that there can be."""
        super().__init__(*args, **others)
        self._today = today

    def clean_text(self) -> str:
        """Return the text with the line ends of the site's file; browsers send others."""
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n")

    def clean_day(self) -> date:
        """Refuse a day that has no record."""
        day: date = self.cleaned_data["day"]
        if not FIRST <= day <= self._today:
            raise ValidationError(_DAY)
        return day


def digest(text: str) -> str:
    """Return by what it is known again which text was tried."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
