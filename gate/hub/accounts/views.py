"""Pages of signing in that differ from django-allauth's own."""

from typing import Any

from allauth.account.views import PasswordResetView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_reset_by_mail = PasswordResetView.as_view()


@never_cache
def forgotten(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - Django's
    """Send a link to choose a new password; where the hub sends no e-mail, say what to do."""
    if settings.HUB.mail_server is None:  # type: ignore[misc]  # gate.hub.settings puts it there
        return render(request, "account/no_mail.html")
    answer: HttpResponseBase = _reset_by_mail(request, **kwargs)
    return answer


@require_safe
@never_cache
@login_required
def password_changed(request: HttpRequest) -> HttpResponse:
    """Say that it was changed."""
    return render(request, "account/password_changed.html")
