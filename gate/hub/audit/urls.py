"""The address of a site's audit record."""

from django.urls import path

from gate.hub.audit.views import audit_of_site

urlpatterns = [path("sites/<slug:slug>/audit/", audit_of_site, name="audit")]
