"""Addresses of a site's retention."""

from django.urls import path

from gate.hub.retention.views import put_retention, retention_of_site

_RETENTION = "sites/<slug:slug>/retention"

urlpatterns = [
    path(f"{_RETENTION}/", retention_of_site, name="retention"),
    path(f"{_RETENTION}/put/", put_retention, name="put-retention"),
]
