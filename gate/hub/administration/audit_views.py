"""The record of what was done to the whole hub: its sites, and who may sign in to it."""

from typing import Any, Final

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gate.hub.administration.pages import administration_pages
from gate.hub.audit.models import Record
from gate.hub.audit.notes import Act
from gate.hub.audit.views import ERASED
from gate.hub.audit.words import WORDS

PAGE_RECORDS: Final = 100


@require_safe
@never_cache
def hub_audit(request: HttpRequest) -> HttpResponse:
    """Show it, the newest first; what was done at a site is in that site's own record."""
    records = Record.objects.filter(site=None).order_by("-id")
    page = Paginator(records, PAGE_RECORDS).get_page(request.GET.get("page"))
    numbers = {one.subject for one in page if one.subject is not None}
    names = dict(User.objects.filter(pk__in=numbers).values_list("pk", "username"))
    context = {
        "pages": administration_pages("hub-audit"),
        "page": page,
        "rows": [_row(one, names) for one in page],
    }
    return render(request, "administration/audit.html", context)


def _row(one: Record, names: dict[int, str]) -> dict[str, Any]:
    """Tell of a record; without a site, `subject` is the number of somebody who signs in."""
    return {
        "at": f"{one.at:%-d %b %Y, %H:%M:%S} UTC",
        "by": one.by_name or ERASED,
        "act": WORDS[Act(one.act)] if one.act in set(Act) else one.act,
        "whom": "" if one.subject is None else names.get(one.subject, f"account {one.subject}"),
        "place": one.place,
        "host": one.host,
    }
