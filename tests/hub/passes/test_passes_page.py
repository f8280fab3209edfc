"""The pages of a site's passes, as a manager uses them."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from gate.hub.desk.models import IssuedCard
from gate.hub.manifest.blocks import block
from gate.hub.manifest.rules import set_rules
from gate.hub.passes.models import Pass
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_site, add_user
from gate.trust.status_list import Status
from tests.hub.gates import PASSWORD, manager, site
from tests.hub.manifest.conftest import SAM, rules, secret
from tests.hub.passes.conftest import ANN, issued, shown

if TYPE_CHECKING:
    from gate.hub.sites.models import Site

__all__ = ["manager", "secret", "site"]

pytestmark = pytest.mark.django_db

PAGE: Final = "/sites/kings-wharf/passes/"
FORM: Final = {
    "scheme": "cscs",
    "number": "12345678",
    "name": "Jane Example",
    "card_type": "labourer",
    "expires_on": "2099-05-31",
    "checked_by": "Ann",
    "company": "Scaffold Ltd",
}


def page(client: Client, address: str = PAGE, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def posts(client: Client, address: str = f"{PAGE}new/", **values: Any) -> tuple[int, str]:  # noqa: ANN401 - files as well
    answer = client.post(address, values)
    return answer.status_code, unescape(answer.content.decode())


def picture(side: int = 200) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "JPEG")
    return SimpleUploadedFile("jane.jpg", out.getvalue())


def test_a_pass_is_issued_and_shown_ready_to_be_printed(manager: Client) -> None:
    answer = manager.post(f"{PAGE}new/", FORM)
    made = Pass.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}{made.pk}/")
    told = page(manager, f"{PAGE}{made.pk}/")
    for words in ("Jane Example", "P00001", "cscs 12345678, until 31 May 2099", "Scaffold Ltd"):
        assert words in told
    assert f'src="{PAGE}{made.pk}/card.png"' in told
    assert (made.by_name, made.checked_by) == ("manager", "Ann")


@pytest.mark.parametrize(
    ("form", "begins", "typ"),
    [
        ("png", b"\x89PNG", "image/png"),
        ("svg", b"<svg", "image/svg+xml"),
        ("pdf", b"%PDF", "application/pdf"),
    ],
)
def test_a_pass_is_drawn_in_each_form(manager: Client, form: str, begins: bytes, typ: str) -> None:
    posts(manager, **FORM, photo=picture())
    answer = manager.get(f"{PAGE}{Pass.objects.get().pk}/card.{form}")
    assert (answer.status_code, answer["Content-Type"]) == (200, typ)
    assert answer.content.startswith(begins)
    assert "no-store" in answer["Cache-Control"]


def test_a_drawn_pass_is_read_by_a_gate_s_own_eyes(manager: Client) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    posts(manager, **FORM, photo=picture())
    made = Pass.objects.get()
    data = manager.get(f"{PAGE}{made.pk}/card.png").content
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(data)).convert("L"))
    assert found.text == made.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"scheme": ""}, "Write whose card it is"),
        ({"number": ""}, "Write the number on the card."),
        ({"number": "9" * 33}, "At most 32 characters."),
        ({"number": "+44"}, "Allowed: 1 to 32 plain letters"),
        ({"name": ""}, "Write the name on the card."),
        ({"name": "-Jane"}, "allowed: letters"),
        ({"card_type": ""}, "Write what kind of card it is"),
        ({"expires_on": ""}, "Write the card's last day."),
        ({"expires_on": "31/05/2099"}, "Write a day as 2027-05-31."),
        ({"expires_on": "2020-01-01"}, "The scheme card has expired"),
        ({"checked_by": ""}, "Write who held the card in their hand."),
        ({"until": "2099-06-01"}, "After the scheme card's own last day"),
        ({"company": "a\u200bb"}, "allowed: text of 1 to 64"),
        ({"code": "CC1:ABC"}, "Card not recognised (malformed)"),
        ({"photo": SimpleUploadedFile("a.jpg", b"no picture")}, "is no JPEG or PNG"),
        ({"photo": picture(50)}, "each side needs at least 100"),
    ],
)
def test_what_can_not_be_is_said_beside_its_field_and_stays_there(
    manager: Client, changes: dict[str, Any], told: str
) -> None:
    status, page = posts(manager, **FORM | changes)
    assert status == 400
    assert told.lower() in page.lower()
    assert 'aria-invalid="true"' in page
    assert 'value="Scaffold Ltd"' in page or "company" in changes
    assert not Pass.objects.exists()


def test_a_second_pass_for_a_card_names_the_first(manager: Client) -> None:
    posts(manager, **FORM)
    status, told = posts(manager, **FORM)
    assert (status, "That card has the pass P00001" in told) == (400, True)


def test_the_form_offers_the_schemes_and_types_that_the_site_accepts(
    manager: Client, site: Site
) -> None:
    set_rules(site, rules(), source="rules", by=SAM, now=timezone.now())
    issued(site, shown(scheme="cscs"))
    told = page(manager, f"{PAGE}new/")
    for one in ("ecs-jib", "cscs", "labourer"):
        assert f'<option value="{one}">' in told
    assert 'value="manager"' in told


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("jane", {"P00001"}),
        ("lukasz", {"P00002"}),
        ("PRZYKLAD p00002", {"P00002"}),
        ("222", {"P00002"}),
        ("scaffold", {"P00001"}),
        ("jane lukasz", set()),
        ("", {"P00001", "P00002"}),
    ],
)
def test_passes_are_found_by_name_number_or_company(
    manager: Client, site: Site, words: str, found: set[str]
) -> None:
    issued(site, shown(number="111"), company="Scaffold Ltd")
    issued(site, shown(number="222"), name="Łukasz Przykład")
    told = page(manager, f"{PAGE}?q={words}")
    assert {number for number in ("P00001", "P00002") if number in told} == found


def test_a_pass_is_cancelled_with_a_reason_and_says_so(manager: Client, site: Site) -> None:
    made = issued(site)
    address = f"{PAGE}{made.pk}/cancel/"
    status, told = posts(manager, address, reason="")
    assert (status, "Write why" in told) == (400, True)
    assert posts(manager, address, reason="Lost")[0] == 302
    assert IssuedCard.objects.get().status == Status.INVALID
    told = page(manager, f"{PAGE}{made.pk}/")
    assert "Lost" in told
    assert "Cancel this pass" not in told
    assert "cancelled" in page(manager)
    assert posts(manager, address, reason="Lost")[0] == 400


def test_states_are_told(manager: Client, site: Site) -> None:
    made = issued(site)
    assert "> good</span>" in page(manager)
    IssuedCard.objects.filter(pk=made.card_id).update(status=Status.SUSPENDED)
    assert "> on hold</span>" in page(manager)


def test_an_expired_pass_says_so(manager: Client, site: Site) -> None:
    then = timezone.now() - timedelta(days=9)
    issued(site, until=(then + timedelta(days=1)).date(), now=then)
    assert "> expired</span>" in page(manager)


def test_who_is_blocked_is_said_so(manager: Client, site: Site, secret: bytes) -> None:
    given: dict[str, Any] = {"issuer": "cscs", "number": "12345678", "reason": "Fight"}
    block(site, secret, **given, by=ANN, now=timezone.now())
    assert "That card is blocked here" in posts(manager, **FORM)[1]


def test_rules_that_refuse_passes_are_told(manager: Client, site: Site) -> None:
    assert "does not have this site's rules" in page(manager)
    set_rules(site, rules(), source="rules", by=SAM, now=timezone.now())
    assert "do not accept site:kings-wharf" in page(manager).replace("<code>", "").replace(
        "</code>", ""
    )
    taken = rules(2) + '\n[[accept]]\nscheme = "site:kings-wharf"\ntypes = "any"\n'
    set_rules(site, taken, source="rules", by=SAM, now=timezone.now())
    assert "refuse every pass" not in page(manager)


def test_an_erased_pass_is_not_drawn(manager: Client, site: Site) -> None:
    made = issued(site)
    Pass.objects.filter(pk=made.pk).update(text="", photo=None)
    assert "was erased" in page(manager, f"{PAGE}{made.pk}/")
    assert manager.get(f"{PAGE}{made.pk}/card.png").status_code == 404


@pytest.mark.parametrize("what", ["", "card.png"])
def test_a_manager_of_another_site_sees_no_pass_of_this_one(site: Site, what: str) -> None:
    made = issued(site)
    add_site(slug="riverside", name="R", time_zone="UTC", organisation="Hartwell")
    client = Client()
    client.force_login(
        add_user(name="stranger", password=PASSWORD, roles={"riverside": Role.MANAGER})
    )
    for slug in ("kings-wharf", "riverside"):
        assert client.get(f"/sites/{slug}/passes/{made.pk}/{what}").status_code == 404
