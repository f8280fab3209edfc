"""Addresses of who is blocked at a site, of its lock-down, and of a test release."""

from django.urls import path

from gate.hub.manifest.forgive_views import close_exits, forgive_at_site
from gate.hub.manifest.release_views import test_release_of_site
from gate.hub.manifest.views import add_block, blocked_at_site, end_block, lockdown_of_site

urlpatterns = [
    path("sites/<slug:slug>/blocked/", blocked_at_site, name="blocked"),
    path("sites/<slug:slug>/blocked/add/", add_block, name="block"),
    path("sites/<slug:slug>/blocked/<int:number>/end/", end_block, name="unblock"),
    path("sites/<slug:slug>/forgive/", forgive_at_site, name="forgive"),
    path("sites/<slug:slug>/forgive/close/", close_exits, name="close-exits"),
    path("sites/<slug:slug>/lockdown/", lockdown_of_site, name="lockdown"),
    path("sites/<slug:slug>/test-release/", test_release_of_site, name="test-release"),
]
