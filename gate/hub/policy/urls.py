"""Addresses of a site's rules."""

from django.urls import path

from gate.hub.policy.views import put_rules, rules_of_site, try_rules_of_site

urlpatterns = [
    path("sites/<slug:slug>/rules/", rules_of_site, name="rules"),
    path("sites/<slug:slug>/rules/try/", try_rules_of_site, name="try-rules"),
    path("sites/<slug:slug>/rules/put/", put_rules, name="put-rules"),
]
