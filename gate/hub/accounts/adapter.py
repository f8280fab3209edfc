"""What this hub says and does where django-allauth asks: its words, and where each step leads."""

from typing import ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from gate.hub.accounts.settings import FAILED_FOR_S

_WRONG: Final = (
    "There is nobody of this name with this password. Large and small letters differ: look whether"
    " Caps Lock is on."
)

_LOCKED: Final = (
    f"Too many failed attempts. Nothing is tried for {FAILED_FOR_S // 60} minutes, not even what"
    " is right: wait, then try again."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # django-allauth has no types
    """Nobody signs up by themselves; words say what to do next."""

    error_messages: ClassVar[dict[str, object]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "invalid_login": _WRONG,
        "too_many_login_attempts": _LOCKED,
        "rate_limited": _LOCKED,
        "enter_current_password": "This is not your password now. Large and small letters differ.",
        "incorrect_password": "This is not your password. Large and small letters differ.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: an admin of the hub adds people."""
        del request
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Say that it was changed."""
        del request
        return reverse("password_changed")
