"""Addresses of a site's roll calls."""

from django.urls import path

from gate.hub.rollcall.views import (
    called,
    open_roll_call,
    roll_call_marks,
    roll_call_of_site,
    roll_call_pdf,
    roll_call_step,
    roll_call_worker,
)

_SITE = "sites/<slug:slug>/roll-call"

urlpatterns = [
    path(f"{_SITE}/", roll_call_of_site, name="roll-call"),
    path(f"{_SITE}/open/", open_roll_call, name="open-roll-call"),
    path(f"{_SITE}/<int:number>/", called, name="called"),
    path(f"{_SITE}/<int:number>/marks/", roll_call_marks, name="roll-call-marks"),
    path(f"{_SITE}/<int:number>/step/", roll_call_step, name="roll-call-step"),
    path(f"{_SITE}/<int:number>/roll-call.pdf", roll_call_pdf, name="roll-call-pdf"),
    path("roll-call-worker.js", roll_call_worker, name="roll-call-worker"),
]
