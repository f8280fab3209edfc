"""The second factor: secrets encrypted in the database, drawn as a QR code, no code taken twice.

A copy of the database alone lets nobody make codes: the key is derived from the hub's `sites.key`,
which is a file beside it.
"""

import base64
import hashlib
from typing import ClassVar, Final

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache

from gate.errors import ConfigError
from gate.hub.keys import SITES_KEY_NAME, second_factor_key

_USED_FOR_S: Final = 120
"""A code is taken from 30 s before its half minute to 30 s after it."""

_QUIET_MODULES: Final = 4
"""Of the margin (ISO/IEC 18004, 9.1)."""


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # django-allauth has no types
    """What this hub does where django-allauth's second factor asks."""

    error_messages: ClassVar[dict[str, object]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": (
            "This code is not right. Type the one that the app shows now, or one of your recovery"
            " codes. If it goes on, look whether the phone's clock is right."
        ),
    }

    def get_totp_label(self, user: User) -> str:
        """Name whose code it is."""
        return user.username

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code as an element of the page: no picture's address, no style."""
        code = segno.make(url, error="m", micro=False)
        drawn: str = code.svg_inline(
            scale=1, border=_QUIET_MODULES, dark="#000", light="#fff", omitsize=True, svgclass="qr"
        )
        return drawn

    def encrypt(self, text: str) -> str:
        """Encrypt what is kept of somebody's second factor."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was kept; raises ConfigError with another hub's key."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            step = f"next: put back the {SITES_KEY_NAME} of this database's own backup"
            fault = f"does not open what was kept of a second factor; {step}"
            raise ConfigError(SITES_KEY_NAME, [fault]) from error


def has_second_factor(user: User) -> bool:
    """Say whether somebody must give a code to sign in."""
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    return bool(kept.exists())


def forget_second_factor(user: User) -> bool:
    """Let somebody in without a code, as after a lost phone; say whether there was one."""
    removed, _ = Authenticator.objects.filter(user=user).delete()
    return bool(removed)


def was_used(user: User, code: str) -> bool:
    """Say whether somebody has signed in by this very code."""
    return cache.get(_used(user, code)) is not None


def note_used(user: User, code: str) -> None:
    """Take a code no second time, for as long as it could be."""
    cache.set(_used(user, code), 1, _USED_FOR_S)


def _used(user: User, code: str) -> str:
    return f"code-used:{user.pk}:{hashlib.sha256(code.encode()).hexdigest()}"


def _cipher() -> Fernet:
    key = second_factor_key(settings.HUB)  # type: ignore[misc]  # gate.hub.settings puts it there
    return Fernet(base64.urlsafe_b64encode(key))
