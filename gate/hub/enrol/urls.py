"""Addresses of a site's units, and of adding, replacing, moving and retiring one."""

from django.urls import path

from gate.hub.enrol.live import joining_now
from gate.hub.enrol.views import add_units, cancel, retire, units_of_site

urlpatterns = [
    path("sites/<slug:slug>/units/", units_of_site, name="units"),
    path("sites/<slug:slug>/units/add/", add_units, name="add-unit"),
    path("sites/<slug:slug>/units/joining/", joining_now, name="units-joining"),
    path("sites/<slug:slug>/units/codes/<int:number>/cancel/", cancel, name="cancel-code"),
    path("sites/<slug:slug>/units/<int:number>/retire/", retire, name="retire-unit"),
]
