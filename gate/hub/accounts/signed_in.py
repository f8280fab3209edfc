"""Whether somebody who signed in is asking."""

from django.conf import settings
from django.http import HttpRequest


def is_signed_in(request: HttpRequest) -> bool:
    """Ask no session of who brings none: a unit's answer would say that it hangs on a cookie."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
