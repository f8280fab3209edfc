"""The first page, and the hub's health."""

from django.urls import path

from gate.hub.sites.views import alive, home

urlpatterns = [
    path("", home, name="home"),
    path("alive/", alive, name="alive"),
]
