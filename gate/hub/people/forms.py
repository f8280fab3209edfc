"""What managers write of people; each fault in words by its field."""

from typing import Any, Final

from django import forms

from gate.hub.manifest.models import MAX_REASON_CHARS
from gate.hub.passes.models import MAX_PERSON_CHARS
from gate.hub.people.facts import FIELDS, Fault
from gate.hub.people.inducting import Session
from gate.hub.people.models import MAX_EDITION, MAX_NOTE_CHARS, Checked

REASON_MISSING: Final = "Write why; it is kept with your name."
MAX_FIELD_CHARS: Final = 200
"""More than any value may have, so that a fault tells the value's own limit."""


def _text(max_chars: int, missing: str = "", **others: Any) -> forms.CharField:  # noqa: ANN401 - a field's own options
    words = {"max_length": f"At most {max_chars} characters."}
    if missing:
        words["required"] = missing
    return forms.CharField(
        max_length=max_chars, required=bool(missing), error_messages=words, **others
    )


class PersonForm(forms.Form):
    """A person with their scheme card, and perhaps a picture; judged by `gate.hub.people.facts`."""

    name = _text(MAX_FIELD_CHARS)
    company = _text(MAX_FIELD_CHARS)
    scheme = _text(MAX_FIELD_CHARS)
    card_number = _text(MAX_FIELD_CHARS)
    card_type = _text(MAX_FIELD_CHARS)
    card_expires = _text(MAX_FIELD_CHARS)
    language = _text(MAX_FIELD_CHARS)
    picture = forms.FileField(required=False)

    def tell(self, faults: list[Fault]) -> None:
        """Put each fault beside its field."""
        for fault in faults:
            said = f"{fault.step[:1].upper()}{fault.step[1:]}."
            self.add_error(fault.field if fault.field in FIELDS else None, said)


class SessionForm(forms.Form):
    """An induction: of which edition, until when, and how the cards were checked."""

    edition = forms.IntegerField(
        min_value=1,
        max_value=MAX_EDITION,
        error_messages={
            "required": "Write the number of the induction's version.",
            "invalid": "Write a whole number, such as 3.",
            "min_value": "Versions begin at 1.",
            "max_value": f"At most {MAX_EDITION}.",
        },
    )
    last_day = forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": "Write the last day on which it counts.",
            "invalid": "Write a day as 2027-05-31.",
        },
    )
    checked = forms.ChoiceField(
        choices=Checked.choices,
        error_messages={
            "required": "Say how the cards were checked.",
            "invalid_choice": "Choose one of the two ways.",
        },
    )
    checked_by = _text(MAX_PERSON_CHARS, "Write who checked the cards.")

    def session(self) -> Session:
        """Return the induction that a form without fault tells."""
        return Session(
            edition=self.cleaned_data["edition"],
            last_day=self.cleaned_data["last_day"],
            checked=Checked(self.cleaned_data["checked"]),
            checked_by=self.cleaned_data["checked_by"],
        )


class ReasonForm(forms.Form):
    """Why."""

    reason = _text(MAX_REASON_CHARS, REASON_MISSING)


class NoteForm(forms.Form):
    """A note on a person."""

    text = _text(MAX_NOTE_CHARS, "Write the note.")


class VisitorForm(forms.Form):
    """Who came, to whom, and who stays with them."""

    name = _text(MAX_FIELD_CHARS, "Write the visitor's name.")
    company = _text(MAX_FIELD_CHARS, "Write whom the visitor comes from.")
    host = forms.IntegerField(
        min_value=1,
        error_messages={
            "required": "Choose whom they come to.",
            "invalid": "Choose somebody of the list.",
        },
    )
    escort = forms.IntegerField(
        min_value=1,
        error_messages={
            "required": "Choose who stays with them.",
            "invalid": "Choose somebody of the list.",
        },
    )
