"""What whoever runs the hub writes; each fault in words by its field."""

from typing import Any, Final

from django import forms

from gate.hub.accounts.roles import Part
from gate.hub.desk.models import Desk
from gate.hub.sites.models import Role, Site

_MAX_NAME_CHARS: Final = 150
"""Of Django's users."""

_MAX_TEXT_CHARS: Final = 64
"""Of a site's name and its organisation's (`gate.hub.sites.models`)."""

EVERYTHING: Final = "everything"
ROLES_ONLY: Final = "roles"
OPEN: Final = "open"
CLOSED: Final = "closed"
NO_ROLE: Final = "none"
WORKS: Final = "works"

_MAY: Final = (
    (ROLES_ONLY, "Only what their roles say"),
    (EVERYTHING, "Everything, at every site: they run this hub"),
)
_ACCOUNT: Final = ((OPEN, "May sign in"), (CLOSED, "May not sign in any more"))
_AT_DESK: Final = ((WORKS, "Works there"), (NO_ROLE, "Does not work there any more"))

ROLE_WORDS: Final = {
    Role.MANAGER: "Manager: people, passes, rules, the record",
    Role.GUARD: "Guard: who is on site, visitors, the roll call",
    Role.CONTRACTOR: "Contractor: the gates, nobody's name",
}

PART_WORDS: Final = {
    Part.GUARD: "Guards",
    Part.MANAGER: "Managers",
    Part.CONTRACTOR: "Contractors",
    Part.SCHEME: "People at issuers' desks",
    Part.ADMIN: "Admins of this hub",
}


class PersonForm(forms.Form):
    """What can be changed of somebody who signs in."""

    email = forms.EmailField(label="E-mail address, if they have one", required=False)
    may = forms.ChoiceField(label="They may do", choices=_MAY)


class ChangeForm(PersonForm):
    """The same, and whether they may sign in."""

    account = forms.ChoiceField(label="Account", choices=_ACCOUNT)


class RoleForm(forms.Form):
    """A role at a site."""

    site = forms.ModelChoiceField(
        Site.objects.all(), label="At", to_field_name="slug", empty_label="Choose a site"
    )
    role = forms.ChoiceField(
        label="They are", choices=[*ROLE_WORDS.items(), (NO_ROLE, "Nothing: they see it no more")]
    )


class ClerkForm(forms.Form):
    """Whether somebody works at an issuer's desk."""

    desk = forms.ModelChoiceField(
        Desk.objects.all(), label="Desk", to_field_name="slug", empty_label="Choose a desk"
    )
    works = forms.ChoiceField(label="They", choices=_AT_DESK)


class InviteForm(PersonForm):
    """Who it is, and their first role."""

    name = forms.CharField(label="Name to sign in by, such as sam", max_length=_MAX_NAME_CHARS)
    site = forms.ModelChoiceField(
        Site.objects.all(), label="At", to_field_name="slug", required=False, empty_label="No site"
    )
    role = forms.ChoiceField(label="They are", choices=list(ROLE_WORDS.items()))
    field_order = ("name", "email", "site", "role", "may")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "none"}


class CodesForm(forms.Form):
    """Of whom a code is asked; nobody is an answer too."""

    part = forms.MultipleChoiceField(
        choices=[(part.value, words) for part, words in PART_WORDS.items()], required=False
    )


class OrganisationForm(forms.Form):
    """What an organisation is called."""

    name = forms.CharField(label="Name", max_length=_MAX_TEXT_CHARS)


class SiteForm(forms.Form):
    """What can be changed of a site."""

    name = forms.CharField(label="Name", max_length=_MAX_TEXT_CHARS)
    organisation = forms.CharField(label="Whose it is", max_length=_MAX_TEXT_CHARS)
    time_zone = forms.CharField(
        label="Time zone, such as Europe/London", max_length=64, initial="Europe/London"
    )


class NewSiteForm(SiteForm):
    """The same, and the name in addresses, which stays."""

    slug = forms.SlugField(
        label="Short name for addresses, such as kings-wharf; it stays", max_length=32
    )
    field_order = ("name", "slug", "organisation", "time_zone")
