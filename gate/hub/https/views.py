"""How a phone or a computer comes to trust this hub: for everybody, by plain HTTP too."""

from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gate.hub.config import HubConfig
from gate.hub.enrol.authority import authority_of
from gate.hub.enrol.drawing import symbol_of
from gate.hub.https.certificates import digest_of, spelled
from gate.trust.fingerprint import digest_words

AUTHORITY_FILE: Final = "site-gate-hub.crt"
"""Devices go by its ending."""


@require_safe
@never_cache
def trust_hub(request: HttpRequest) -> HttpResponse:
    """Say what vouches for this hub, and how to tell each kind of device."""
    config = _config()
    authority = authority_of(config)
    context: dict[str, Any] = {"is_secure": config.is_secure, "authority": authority}
    if authority is not None:
        digest = digest_of(authority)
        address = request.build_absolute_uri(reverse("trust-hub"))
        if config.own_https:  # the same port takes both, and who doesn't trust yet reads it there
            address = urlsplit(address)._replace(scheme="http").geturl()
        context |= {
            "called": _name_of(authority),
            "ends": authority.not_valid_after_utc,
            "fingerprint": spelled(digest),
            "words": digest_words(digest),
            "address": address,
            "symbol": symbol_of(address),
            "hub": f"https://{request.get_host()}/",
        }
    return render(request, "https/trust.html", context)


@require_safe
@never_cache
def trust_authority(request: HttpRequest) -> HttpResponse:
    """Answer with the certificate as devices install it."""
    del request
    authority = authority_of(_config())
    if authority is None:
        raise Http404("no authority of the site's own vouches for this hub")
    data = authority.public_bytes(Encoding.DER)
    return HttpResponse(data, content_type="application/x-x509-ca-cert")


def _name_of(authority: x509.Certificate) -> str:
    names = authority.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else authority.subject.rfc4514_string()


def _config() -> HubConfig:
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    return config
