"""Every address of the hub."""

from django.urls import URLPattern, URLResolver, include, path

from gate.hub.enrol.api import router as enrol_router
from gate.hub.ingest.api import api, batches
from gate.hub.manifest.api import router
from gate.hub.support.api import router as support_router

api.add_router("", router)
api.add_router("", enrol_router)
api.add_router("", support_router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/units/<uid>/batches", batches, name="send-batch"),  # first: it is nearly all of it
    path("api/", api.urls),
    path("", include("gate.hub.sites.urls")),
    path("", include("gate.hub.accounts.urls")),
    path("", include("gate.hub.today.urls")),
    path("", include("gate.hub.rollcall.urls")),
    path("", include("gate.hub.alarms.urls")),
    path("", include("gate.hub.manifest.urls")),
    path("", include("gate.hub.locals.urls")),
    path("", include("gate.hub.policy.urls")),
    path("", include("gate.hub.desk.urls")),
    path("", include("gate.hub.passes.urls")),
    path("", include("gate.hub.people.urls")),
    path("", include("gate.hub.audit.urls")),
    path("", include("gate.hub.log.urls")),
    path("", include("gate.hub.report.urls")),
    path("", include("gate.hub.gates.urls")),
    path("", include("gate.hub.support.urls")),
    path("", include("gate.hub.enrol.urls")),
    path("", include("gate.hub.gatehouse.urls")),
    path("", include("gate.hub.check.urls")),
    path("", include("gate.hub.areas.urls")),
    path("", include("gate.hub.mails.urls")),
    path("", include("gate.hub.retention.urls")),
    path("", include("gate.hub.administration.urls")),
    path("", include("gate.hub.fleet.urls")),
    path("", include("gate.hub.https.urls")),
]
