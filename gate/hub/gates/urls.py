"""Addresses of a site's gates."""

from django.urls import path

from gate.hub.gates.views import gates_at_site, identify_unit

urlpatterns = [
    path("sites/<slug:slug>/gates/", gates_at_site, name="gates"),
    path("sites/<slug:slug>/gates/<int:number>/identify/", identify_unit, name="identify-unit"),
]
