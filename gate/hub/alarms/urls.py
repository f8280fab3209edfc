"""Addresses of a site's alarms."""

from django.urls import path

from gate.hub.alarms.views import acknowledge_alarm, alarms_of_site

urlpatterns = [
    path("sites/<slug:slug>/alarms/", alarms_of_site, name="alarms"),
    path(
        "sites/<slug:slug>/alarms/<int:number>/acknowledge/", acknowledge_alarm, name="acknowledge"
    ),
]
