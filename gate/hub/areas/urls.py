"""Addresses of a site's areas and access points."""

from django.urls import path

from gate.hub.areas.views import areas_of_site, drop_area, drop_point, new_area, put_point

_AREAS = "sites/<slug:slug>/areas"

urlpatterns = [
    path(f"{_AREAS}/", areas_of_site, name="areas"),
    path(f"{_AREAS}/add/", new_area, name="add-area"),
    path(f"{_AREAS}/<int:number>/remove/", drop_area, name="remove-area"),
    path(f"{_AREAS}/points/put/", put_point, name="put-access-point"),
    path(f"{_AREAS}/points/<int:number>/remove/", drop_point, name="remove-access-point"),
]
