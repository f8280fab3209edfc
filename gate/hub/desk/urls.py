"""Addresses of the desks, their cards, and what was done with them."""

from django.urls import path, re_path

from gate.hub.desk.views import (
    all_desks,
    cards_at_desk,
    changes_at_desk,
    confirm_change,
    do_change,
    one_change,
)

urlpatterns = [
    path("desk/", all_desks, name="desks"),
    path("desk/<slug:slug>/", cards_at_desk, name="desk"),
    path("desk/<slug:slug>/confirm/", confirm_change, name="desk-confirm"),
    path("desk/<slug:slug>/change/", do_change, name="desk-change"),
    path("desk/<slug:slug>/changes/", changes_at_desk, name="desk-changes"),
    re_path(
        r"^desk/(?P<slug>[-\w]+)/changes/(?P<number>[0-9]{1,18})/$", one_change, name="desk-changed"
    ),
]
