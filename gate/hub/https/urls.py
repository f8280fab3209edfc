"""How to trust this hub."""

from django.urls import path

from gate.hub.https.views import AUTHORITY_FILE, trust_authority, trust_hub

urlpatterns = [
    path("trust/", trust_hub, name="trust-hub"),
    path(f"trust/{AUTHORITY_FILE}", trust_authority, name="trust-authority"),
]
