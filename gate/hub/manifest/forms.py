"""What managers write to block, to unblock, and to lock down; each fault in words by its field."""

from typing import Any, Final

from django import forms

from gate.hub.manifest.models import MAX_ISSUER_CHARS, MAX_NUMBER_CHARS, MAX_REASON_CHARS
from gate.trust.manifest import MAX_WHY_CHARS, CommandKind


def _text(max_chars: int, missing: str, **others: Any) -> forms.CharField:  # noqa: ANN401 - a field's own options
    return forms.CharField(
        max_length=max_chars,
        error_messages={"required": missing, "max_length": f"At most {max_chars} characters."},
        **others,
    )


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


class ReasonForm(forms.Form):
    """Why."""

    reason = _text(MAX_REASON_CHARS, REASON_MISSING)


class OrderForm(ReasonForm):
    """Which of the two orders, and why."""

    order = forms.ChoiceField(
        choices=[(kind.value, kind.value) for kind in (CommandKind.LOCKDOWN, CommandKind.LIFT)]
    )
