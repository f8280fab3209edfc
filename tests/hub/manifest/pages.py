"""The hub's addresses with those of blocks and lock-downs, which it does not offer yet."""

from django.urls import include, path

from gate.hub.urls import urlpatterns as offered

urlpatterns = [*offered, path("", include("gate.hub.manifest.urls"))]
