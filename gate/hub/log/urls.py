"""Addresses of the entry log."""

from django.urls import path

from gate.hub.log.views import log_of_site

urlpatterns = [path("sites/<slug:slug>/log/", log_of_site, name="log")]
