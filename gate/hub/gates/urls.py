"""Address of a site's gates."""

from django.urls import path

from gate.hub.gates.views import gates_at_site

urlpatterns = [path("sites/<slug:slug>/gates/", gates_at_site, name="gates")]
