"""Every address of the hub."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("gate.hub.ingest") and find_spec("gate.hub.ingest.api"):
    urlpatterns.append(path("api/", import_module("gate.hub.ingest.api").api.urls))
