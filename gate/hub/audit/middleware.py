"""Notes every change by somebody who is signed in, whichever view made it.

A request that may change something and was not refused is one. What units send is not: they are
known by their signatures, and their record is another.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gate.hub.accounts.signed_in import is_signed_in
from gate.hub.audit.notes import Act, is_noted, note
from gate.hub.sites.models import Site

_ASKING: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_REFUSED: Final = 400


class AuditMiddleware:
    """Stands after authentication: what was asked is known by who asked."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and note a change that nobody has noted."""
        if request.method in _ASKING:
            return self._answer(request)
        was_signed_in = is_signed_in(request)
        answer = self._answer(request)
        if was_signed_in and _is_change(request, answer) and not is_noted(request):
            note(request, _site_of(request), Act.OTHER)
        return answer


def _is_change(request: HttpRequest, answer: HttpResponseBase) -> bool:
    taken = isinstance(answer, HttpResponse) and answer.status_code < _REFUSED
    return taken and request.user.is_authenticated


def _site_of(request: HttpRequest) -> Site | None:
    match = request.resolver_match
    slug = None if match is None else match.kwargs.get("slug")
    named_so = match is not None and match.route.startswith(("sites/", "^sites/"))
    return Site.objects.filter(slug=slug).first() if named_so and slug else None
