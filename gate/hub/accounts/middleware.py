"""Holds every visit to the table of roles, in this one place, before any view is asked.

Views get their site or desk by what the visitor may see (gate.hub.sites.access and
gate.hub.desk.access), and would refuse a stranger too. Whoever must sign in with a code, and
doesn't yet, is led to where that is turned on, and nowhere else.
"""

from collections.abc import Callable
from typing import Any, Final, assert_never

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from gate.hub.accounts.demands import lacks_code
from gate.hub.accounts.parts import ask_part_at_site, part_at_desk
from gate.hub.accounts.roles import PAGES, Allowed, Part, Place

_OPEN_WITHOUT_CODE: Final = ("account_", "mfa_", "password_changed")


class AccessMiddleware:
    """Stands after authentication and asks before each view."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; who may is asked once the view is known."""
        return self._answer(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let a visit through (None), lead to where it must begin, or refuse it."""
        del view, args
        match = request.resolver_match
        name = "" if match is None else match.view_name
        allowed = PAGES.get(name)
        if allowed is None:
            raise PermissionDenied(f"{name}: not in gate.hub.accounts.roles, so it is for nobody")
        if allowed.place is Place.NOWHERE:
            return None
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(request.get_full_path())
        if allowed.place is not Place.HUB and _part(user, allowed, kwargs) not in allowed.parts:
            raise PermissionDenied
        if not name.startswith(_OPEN_WITHOUT_CODE) and lacks_code(user):
            return redirect("mfa_index")
        return None


def _part(user: User, allowed: Allowed, kwargs: dict[str, Any]) -> Part | None:
    """Say what somebody is where the page is; raises Http404 where nothing is for them."""
    if user.is_superuser:
        return Part.ADMIN
    part: Part | None
    match allowed.place:
        case Place.SITE:
            part = ask_part_at_site(user, kwargs["slug"])
        case Place.DESK:
            part = part_at_desk(user, kwargs["slug"])
        case Place.ADMINISTRATION | Place.HUB | Place.NOWHERE:
            return None
        case _:
            assert_never(allowed.place)
    if part is None:
        raise Http404("no such place, or none for them; they can't tell which")
    return part
