"""What a manager writes to correct an entry; each fault in words by its field."""

from django import forms

from gate.hub.corrections.models import MAX_REASON_CHARS, What


class CorrectionForm(forms.Form):
    """What is wrong, and how it is known."""

    what = forms.ChoiceField(
        choices=What.choices,
        error_messages={
            "required": "Choose what is wrong.",
            "invalid_choice": f"One of: {', '.join(What.labels)}.",
        },
    )
    reason = forms.CharField(
        max_length=MAX_REASON_CHARS,
        error_messages={
            "required": "Write why; it is kept with your name.",
            "max_length": f"At most {MAX_REASON_CHARS} characters.",
        },
    )

    def clean_reason(self) -> str:
        """Refuse what is no line of text."""
        reason = str(self.cleaned_data["reason"])
        if not reason.isprintable():
            raise forms.ValidationError("One line of text, without control characters.")
        return reason
