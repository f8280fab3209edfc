"""What a manager writes of a login of the units; each fault in words by its field."""

from django import forms

from gate.hub.locals.models import MAX_NAME_CHARS
from gate.trust.local_login import ALLOWED_NAME, LocalRole, is_login_name

ROLES = (
    (LocalRole.MANAGER, "Manager: everything, the record too"),
    (LocalRole.GUARD, "Guard: the roll call, no record"),
    (LocalRole.CONTRACTOR, "Contractor: how the gate is, no names"),
)

_ROLE_MISSING = "Choose one of the three."


class RoleForm(forms.Form):
    """What somebody may see there."""

    role = forms.ChoiceField(
        choices=ROLES, error_messages={"required": _ROLE_MISSING, "invalid_choice": _ROLE_MISSING}
    )


class LoginForm(RoleForm):
    """Whom, and what they may see."""

    name = forms.CharField(
        max_length=MAX_NAME_CHARS,
        error_messages={
            "required": "Write a name, such as gatehouse.",
            "max_length": f"Allowed: {ALLOWED_NAME}.",
        },
    )

    def clean_name(self) -> str:
        """Refuse a name that a unit would refuse."""
        name: str = self.cleaned_data["name"]
        if not is_login_name(name):
            raise forms.ValidationError(f"Allowed: {ALLOWED_NAME}.")
        return name
