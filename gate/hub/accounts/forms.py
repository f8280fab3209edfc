"""The forms of signing in, in this hub's words."""

from typing import Any, ClassVar, Final

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from gate.hub.accounts.second_factor import note_used, was_used

_USED: Final = (
    "This code was used already. Wait until the app shows the next one, half a minute at most."
)
_NOT_RIGHT: Final = (
    "This code is not right. Type the six digits that the app shows now. If it goes on, look"
    " whether the phone's clock is right."
)


class _Worded(forms.Form):
    """Has the hub's own labels; a placeholder would hide what was asked for."""

    labels: ClassVar[dict[str, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            field = self.fields[name]
            field.label, field.help_text = label, ""
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Worded, account_forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    """A name, or an e-mail address, and a password."""

    labels: ClassVar = {"login": "Name, or e-mail address", "password": "Password"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}

    def add_prefix(self, field_name: str) -> str:
        """Call the name `username`, as password managers and the hub's callers know it."""
        return "username" if field_name == "login" else field_name


class ChangePasswordForm(_Worded, account_forms.ChangePasswordForm):  # type: ignore[misc]  # above
    """The password now, and a new one, twice."""

    labels: ClassVar = {
        "oldpassword": "Your password now",
        "password1": "The new one",
        "password2": "The new one again",
    }


class NewPasswordForm(_Worded, account_forms.SetPasswordForm):  # type: ignore[misc]  # as above
    """A first password, twice."""

    labels: ClassVar = {"password1": "Password", "password2": "Password again"}


class ForgottenForm(_Worded, account_forms.ResetPasswordForm):  # type: ignore[misc]  # as above
    """Where to send the link."""

    labels: ClassVar = {"email": "E-mail address"}


class ChosenPasswordForm(_Worded, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # above
    """A new password, twice, by a link."""

    labels: ClassVar = {"password1": "New password", "password2": "New password again"}


class PasswordAgainForm(_Worded, account_forms.ReauthenticateForm):  # type: ignore[misc]  # above
    """The password again, before something that matters."""

    labels: ClassVar = {"password": "Your password"}


class _OnceForm(_Worded):
    """A code, which counts once."""

    labels: ClassVar = {"code": "Code"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}

    def clean_code(self) -> str:
        """Take a code that is right and was not taken before; count what is wrong."""
        code = "".join(str(self.cleaned_data["code"]).split())
        user = self.user  # type: ignore[attr-defined]  # of allauth's form beside this class
        if was_used(user, code):
            raise forms.ValidationError(_USED)
        taken: str = super().clean_code()  # type: ignore[misc]  # as above
        note_used(user, code)
        return taken


class CodeForm(_OnceForm, mfa_forms.AuthenticateForm):  # type: ignore[misc]  # as above
    """The code that an app shows, or a recovery code, to sign in."""


class CodeAgainForm(_OnceForm, mfa_forms.ReauthenticateForm):  # type: ignore[misc]  # as above
    """The same, before something that matters."""


class FirstCodeForm(_Worded, ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The code that an app shows of a secret that it has just been given."""

    labels: ClassVar = {"code": "The six digits that the app shows"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}
