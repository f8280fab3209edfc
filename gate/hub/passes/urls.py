"""Addresses of a site's passes."""

from django.urls import path, re_path

from gate.hub.passes.views import cancel_pass, drawing_of_pass, new_pass, one_pass, passes_at_site

urlpatterns = [
    path("sites/<slug:slug>/passes/", passes_at_site, name="passes"),
    path("sites/<slug:slug>/passes/new/", new_pass, name="new-pass"),
    path("sites/<slug:slug>/passes/<int:number>/", one_pass, name="pass"),
    path("sites/<slug:slug>/passes/<int:number>/cancel/", cancel_pass, name="cancel-pass"),
    re_path(
        r"^sites/(?P<slug>[-\w]+)/passes/(?P<number>[0-9]{1,18})/card\.(?P<form>png|svg|pdf)$",
        drawing_of_pass,
        name="pass-drawing",
    ),
]
