"""For how many days a purpose is to be kept; each fault in words by its field."""

from typing import Final

from django import forms

from gate.hub.retention.purposes import PURPOSES

_WHOLE: Final = "Write a whole number of days, such as 365."


class DaysForm(forms.Form):
    """Which purpose, and how many days; the table's limits are asked of it later."""

    purpose = forms.ChoiceField(choices=[(one.name, one.title) for one in PURPOSES])
    days = forms.IntegerField(error_messages={"required": _WHOLE, "invalid": _WHOLE})
