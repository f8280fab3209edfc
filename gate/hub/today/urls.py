"""Addresses of a site's day."""

from django.urls import path

from gate.hub.today.views import live_at_site, today_at_site

urlpatterns = [
    path("sites/<slug:slug>/", today_at_site, name="today"),
    path("sites/<slug:slug>/live/", live_at_site, name="today-live"),
]
