"""The page on which somebody says of what at a site they want to be told by e-mail."""

from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gate.hub.alarms.words import moment_words
from gate.hub.mails.forms import WishForm
from gate.hub.mails.models import Letter, Topic
from gate.hub.mails.wishes import topics_for, wish, wishes_of
from gate.hub.people.frames import frame, said
from gate.hub.sites.access import visible_site

LETTERS_SHOWN: Final = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mails_of_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what there is to be told of, and what was sent; take another choice."""
    site, user = visible_site(request.user, slug), cast("User", request.user)
    topics = topics_for(user, site)
    form = WishForm(topics, request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        wish(user, site, [Topic(topic) for topic in form.cleaned_data["topic"]])
        return redirect("mails", slug=site.slug)
    wanted, zone = wishes_of(user, site), ZoneInfo(site.time_zone)
    letters = Letter.objects.filter(site=site, user=user).order_by("-pk")[:LETTERS_SHOWN]
    context = {
        **frame(request, site, "mails"),
        "topics": [(topic, topic.label, topic in wanted) for topic in topics],
        "faults": said(form) if form is not None else [],
        "has_mail": settings.HUB.mail_server is not None,  # type: ignore[misc]  # gate.hub.settings
        "letters": [_row(letter, zone) for letter in letters],
    }
    return render(request, "mails/mails.html", context, status=400 if form is not None else 200)


def _row(letter: Letter, zone: ZoneInfo) -> dict[str, Any]:
    if letter.sent_at is not None:
        state = f"sent {moment_words(letter.sent_at, zone)}"
    elif letter.given_up_at is not None:
        state = f"given up {moment_words(letter.given_up_at, zone)}: {letter.error}"
    elif letter.error:
        state = f"waits, tried {letter.tries} times: {letter.error}"
    else:
        state = "waits to be sent"
    return {"subject": letter.subject, "address": letter.address, "state": state}
