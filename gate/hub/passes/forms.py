"""What a manager writes to have a pass issued or cancelled; each fault in words by its field."""

from typing import Any, Final

from django import forms

from gate.access.languages import NAMES
from gate.card.wire import MAX_PAYLOAD_CHARS
from gate.hub.desk.models import MAX_CODE_CHARS, MAX_NUMBER_CHARS, MAX_REASON_CHARS
from gate.hub.passes.models import MAX_PERSON_CHARS

MAX_NAME_CHARS: Final = 64
LANGUAGES: Final = (("", "Not asked"), *NAMES.items())
"""What gates can speak to somebody, as a form offers it."""

_BY_EYE: Final = {
    "scheme": "Write whose card it is, such as cscs.",
    "number": "Write the number on the card.",
    "name": "Write the name on the card.",
    "card_type": "Write what kind of card it is, such as labourer.",
    "expires_on": "Write the card's last day.",
}
"""What must be written of a card whose code was not read, and what is said if it isn't."""


def _text(max_chars: int, missing: str = "", **others: Any) -> forms.CharField:  # noqa: ANN401 - a field's own options
    words = {"max_length": f"At most {max_chars} characters."}
    if missing:
        words["required"] = missing
    return forms.CharField(
        max_length=max_chars, required=bool(missing), error_messages=words, **others
    )


def _day() -> forms.DateField:
    words = {"invalid": "Write a day as 2027-05-31."}
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"], error_messages=words)


class PassForm(forms.Form):
    """A scheme card, by its code or by what stands on it; and what else the pass is to say."""

    code = _text(MAX_PAYLOAD_CHARS, strip=False)
    scheme = _text(MAX_CODE_CHARS)
    number = _text(MAX_NUMBER_CHARS)
    name = _text(MAX_NAME_CHARS)
    card_type = _text(MAX_CODE_CHARS)
    expires_on = _day()
    checked_by = _text(MAX_PERSON_CHARS, "Write who held the card in their hand.")
    company = _text(MAX_PERSON_CHARS)
    until = _day()
    language = forms.ChoiceField(
        choices=LANGUAGES,
        required=False,
        error_messages={"invalid_choice": "Choose one of the list."},
    )
    photo = forms.FileField(required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for all of a card that nobody's scanner has read."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("code"):
            for field, words in _BY_EYE.items():
                if field not in self.errors and not given.get(field):
                    self.add_error(field, words)
        return given


class CancelForm(forms.Form):
    """Why."""

    reason = _text(MAX_REASON_CHARS, "Write why; it is kept with your name.")
