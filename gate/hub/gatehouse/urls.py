"""Addresses of the gatehouse."""

from django.urls import path

from gate.hub.gatehouse.views import (
    gatehouse_live,
    gatehouse_of_site,
    photo_of_scan,
    release_referred,
)

_ONE = "sites/<slug:slug>/gatehouse/<int:journal>/<int:seq>/"

urlpatterns = [
    path("sites/<slug:slug>/gatehouse/", gatehouse_of_site, name="gatehouse"),
    path("sites/<slug:slug>/gatehouse/live/", gatehouse_live, name="gatehouse-live"),
    path(f"{_ONE}photo.jpg", photo_of_scan, name="gatehouse-photo"),
    path(f"{_ONE}release/", release_referred, name="release-referred"),
]
