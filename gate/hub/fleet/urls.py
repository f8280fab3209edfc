"""Where units fetch what is published; the names a CDN or nginx would serve as they are."""

from django.urls import path, re_path

from gate.hub.fleet.views import metadata, status_list, target, timestamp

urlpatterns = [
    path("fleet/metadata/timestamp.json", timestamp, name="fleet-timestamp"),
    re_path(
        r"^fleet/metadata/(?P<version>[1-9][0-9]{0,8})\.(?P<role>root|targets|snapshot)\.json\Z",
        metadata,
        name="fleet-metadata",
    ),
    re_path(
        r"^fleet/targets/(?P<name>[0-9a-f]{64}\.[a-z]{1,32}\.json)\Z", target, name="fleet-target"
    ),
    re_path(r"^lists/(?P<name>[0-9A-Za-z_-]{1,64}\.cwt)\Z", status_list, name="status-list"),
]
