"""What managers write to block, to unblock, and to lock down; each fault in words by its field."""

import re
from typing import Any, Final, cast

from django import forms
from django.http import QueryDict

from gate.hub.manifest.models import MAX_ISSUER_CHARS, MAX_NUMBER_CHARS, MAX_REASON_CHARS
from gate.trust.commanded import MAX_WHY_CHARS
from gate.trust.manifest import CommandKind
from gate.trust.person import PERSON_BYTES


def _text(max_chars: int, missing: str, **others: Any) -> forms.CharField:  # noqa: ANN401 - a field's own options
    return forms.CharField(
        max_length=max_chars,
        error_messages={"required": missing, "max_length": f"At most {max_chars} characters."},
        **others,
    )


_IN_A_LIST: Final = re.compile(rf"[0-9a-f]{{{2 * PERSON_BYTES}}}\.[0-9]{{1,15}}", re.ASCII)
"""A person, and when they passed last."""

REASON_MISSING: Final = "Write why; it is kept with your name."


class BlockForm(forms.Form):
    """Whom to block, and why; the issuer where the site has not seen the card."""

    number = _text(MAX_NUMBER_CHARS, "Write the number on the card.")
    issuer = _text(MAX_ISSUER_CHARS, "", required=False)
    reason = _text(MAX_REASON_CHARS, REASON_MISSING)


class ForgiveForm(forms.Form):
    """Whose exit to forgive, and why; the issuer where several issuers' cards have the number."""

    number = _text(MAX_NUMBER_CHARS, "Write the number on the card.")
    issuer = _text(MAX_ISSUER_CHARS, "", required=False)
    reason = _text(MAX_WHY_CHARS, REASON_MISSING)


class CloseExitsForm(forms.Form):
    """Whose exits to forgive at a day's end: who was ticked, or everybody in since before today."""

    TICKED = "ticked"
    OLD = "old"

    which = forms.ChoiceField(
        choices=[(TICKED, TICKED), (OLD, OLD)],
        error_messages={
            "required": "Choose whose.",
            "invalid_choice": f"One of: {TICKED}, {OLD}.",
        },
    )
    person = forms.MultipleChoiceField(required=False)
    why = _text(MAX_WHY_CHARS, REASON_MISSING)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        shown = [value for value in data.getlist("person") if _IN_A_LIST.fullmatch(value)]
        person = cast("forms.MultipleChoiceField", self.fields["person"])
        person.choices = [(value, value) for value in shown]
        person.error_messages["invalid_choice"] = "Not as the list has it; tick them again."


class ReasonForm(forms.Form):
    """Why."""

    reason = _text(MAX_REASON_CHARS, REASON_MISSING)


class OrderForm(ReasonForm):
    """Which of the two orders, and why."""

    order = forms.ChoiceField(
        choices=[(kind.value, kind.value) for kind in (CommandKind.LOCKDOWN, CommandKind.LIFT)]
    )
