"""Addresses of whoever runs the hub; for admins alone (gate.hub.accounts.roles)."""

from django.urls import path

from gate.hub.administration.audit_views import hub_audit
from gate.hub.administration.site_views import (
    administration,
    changed_site,
    new_site,
    renamed_organisation,
)
from gate.hub.administration.user_views import (
    add_user,
    ask_codes,
    change_user,
    give_desk,
    give_role,
    one_user,
    user_link,
    users,
    without_code,
)

_USER = "administration/users/<int:number>"

urlpatterns = [
    path("administration/", administration, name="administration"),
    path("administration/sites/add/", new_site, name="add-site"),
    path("administration/sites/<slug:site>/change/", changed_site, name="change-site"),
    path(
        "administration/organisations/<int:number>/rename/",
        renamed_organisation,
        name="rename-organisation",
    ),
    path("administration/users/", users, name="users"),
    path("administration/users/add/", add_user, name="add-user"),
    path(f"{_USER}/", one_user, name="user"),
    path(f"{_USER}/change/", change_user, name="change-user"),
    path(f"{_USER}/role/", give_role, name="give-role"),
    path(f"{_USER}/desk/", give_desk, name="give-desk"),
    path(f"{_USER}/link/", user_link, name="user-link"),
    path(f"{_USER}/without-code/", without_code, name="without-code"),
    path("administration/codes/", ask_codes, name="ask-codes"),
    path("administration/changes/", hub_audit, name="hub-audit"),
]
