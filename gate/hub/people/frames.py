"""What every page of people has: whose site it is, the pages beside it, whoever is signed in."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest

from gate.hub.alarms.pages import pages_of
from gate.hub.keys import site_key
from gate.hub.manifest.authors import Author, author_of
from gate.hub.people.models import Person
from gate.hub.sites.models import Site


def frame(request: HttpRequest, site: Site, here: str = "people") -> dict[str, Any]:
    """Return what the page has whatever it shows."""
    return {"site": site, "pages": pages_of(request.user, site, here)}


def key_of(site: Site) -> bytes:
    """Return what keys the persons of a site."""
    return site_key(settings.HUB, site.slug)  # type: ignore[misc]  # gate.hub.settings puts it there


def author(request: HttpRequest) -> Author:
    """Return whoever is signed in."""
    return author_of(cast("User", request.user))


def found(site: Site, number: int) -> Person:
    """Return somebody of a site.

    Raises:
        Http404: there is none, or they were erased.
    """
    there = Person.objects.filter(site=site, pk=number, erased_at=None)
    person = there.select_related("site", "company").first()
    if person is None:
        raise Http404("no such person")
    return person


def tell(form: forms.Form, faults: Iterable[str]) -> None:
    """Put each fault beside the field whose name it begins with."""
    for fault in faults:
        field, _, words = fault.partition(": ")
        if field in form.fields and words:
            form.add_error(field, sentence(words))
        else:
            form.add_error(None, sentence(words if field == "people" else fault))


def said(form: forms.Form) -> list[str]:
    """Return every fault of a form, for a page that tells them in one place."""
    return [str(words) for faults in form.errors.values() for words in faults]


def sentence(words: str) -> str:
    """Return words as a sentence."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
