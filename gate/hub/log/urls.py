"""Addresses of the entry log."""

from django.urls import path

from gate.hub.log.entry_views import correct_entry, entry_of_site
from gate.hub.log.export_views import export_of_site
from gate.hub.log.views import log_of_site

_ONE = "sites/<slug:slug>/log/<int:journal>/<int:seq>/"

urlpatterns = [
    path("sites/<slug:slug>/log/", log_of_site, name="log"),
    path("sites/<slug:slug>/log/entries.<str:form>", export_of_site, name="export-log"),
    path(_ONE, entry_of_site, name="log-entry"),
    path(f"{_ONE}correct/", correct_entry, name="correct-entry"),
]
