"""Organisations and sites, for whoever runs the hub."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gate.errors import ConfigError
from gate.hub.administration.forms import NewSiteForm, OrganisationForm, SiteForm
from gate.hub.administration.pages import administration_pages
from gate.hub.administration.places import change_site, rename_organisation
from gate.hub.audit.notes import Act, note
from gate.hub.people.frames import said, tell
from gate.hub.sites.models import Organisation, Site
from gate.hub.sites.services import add_site


@require_safe
@never_cache
def administration(request: HttpRequest) -> HttpResponse:
    """Show every organisation and its sites."""
    return _page(request)


@require_POST
@never_cache
def new_site(request: HttpRequest) -> HttpResponse:
    """Add a site, and its organisation if it is the first of one."""
    form = NewSiteForm(request.POST)
    if form.is_valid():
        try:
            site = add_site(**form.cleaned_data)
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, None, Act.ADDED_SITE, place=site.slug)
            return redirect("administration")
    return _page(request, new=form, status=400)


@require_POST
@never_cache
def changed_site(request: HttpRequest, site: str) -> HttpResponse:
    """Change a site."""
    found = get_object_or_404(Site, slug=site)
    form = SiteForm(request.POST, prefix=found.slug)
    if form.is_valid():
        try:
            change_site(found, **form.cleaned_data)
        except ConfigError as error:
            tell(form, error.faults)
        else:
            note(request, None, Act.CHANGED_SITE, place=found.slug)
            return redirect("administration")
    return _page(request, changed=(found.slug, form), status=400)


@require_POST
@never_cache
def renamed_organisation(request: HttpRequest, number: int) -> HttpResponse:
    """Give an organisation another name."""
    found = get_object_or_404(Organisation, pk=number)
    before = found.name
    form = OrganisationForm(request.POST)
    if form.is_valid():
        try:
            rename_organisation(found, form.cleaned_data["name"])
        except ConfigError as error:
            tell(form, error.faults)
        else:
            place = f"{before}, now {found.name}"
            note(request, None, Act.RENAMED_ORGANISATION, place=place)
            return redirect("administration")
    return _page(request, fault=f"{before} was not renamed. {' '.join(said(form))}", status=400)


def _page(
    request: HttpRequest,
    *,
    new: NewSiteForm | None = None,
    changed: tuple[str, SiteForm] | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    counted = Site.objects.select_related("organisation").annotate(
        units=Count("unit", filter=Q(unit__retired_at=None))
    )
    sites = [(site, _form_of(site, changed)) for site in counted]
    context = {
        "pages": administration_pages("administration"),
        "sites": sites,
        "changed": changed[0] if changed else "",
        "organisations": Organisation.objects.order_by("name"),
        "new": new or NewSiteForm(),
        "is_new_open": new is not None or not sites,
        "fault": fault,
    }
    return render(request, "administration/sites.html", context, status=status)


def _form_of(site: Site, changed: tuple[str, SiteForm] | None) -> SiteForm:
    if changed is not None and changed[0] == site.slug:
        return changed[1]
    return SiteForm(
        prefix=site.slug,
        initial={
            "name": site.name,
            "organisation": site.organisation.name,
            "time_zone": site.time_zone,
        },
    )
