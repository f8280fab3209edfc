"""Addresses of who may sign in at a site's units."""

from django.urls import path

from gate.hub.locals.views import add_unit_login, renew_unit_login, unit_logins, withdraw_unit_login

urlpatterns = [
    path("sites/<slug:slug>/unit-logins/", unit_logins, name="unit-logins"),
    path("sites/<slug:slug>/unit-logins/add/", add_unit_login, name="add-unit-login"),
    path(
        "sites/<slug:slug>/unit-logins/<int:number>/renew/",
        renew_unit_login,
        name="renew-unit-login",
    ),
    path(
        "sites/<slug:slug>/unit-logins/<int:number>/withdraw/",
        withdraw_unit_login,
        name="withdraw-unit-login",
    ),
]
