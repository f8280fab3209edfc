"""Set-up codes on A4: forty of the usual kind to a sheet, each read by the unit's own decoders."""

from datetime import UTC, datetime

import numpy as np

from gate.devices.decoder import ZxingDecoder
from gate.devices.ports import Frame
from gate.paper.code_sheet import (
    LEAST_MODULE_MM,
    CodeSheet,
    SheetCode,
    draw_code_sheets,
    grid_of,
    side_mm,
)
from gate.paper.qr import qr_modules
from gate.paper.sheets import picture_of
from gate.trust.enrolment import Alone, HubDoor
from gate.trust.network import Network, WiFi
from tests.trust.set_up_codes import DOOR, PLACE, RULES, text

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SHEET = CodeSheet(title="Set-up codes, Kings Wharf", note="Each is good once.", words="a b c")
WIFI = Network(link=WiFi(ssid="Kings Wharf Site", passphrase="a password of the site"))
LONG = HubDoor(url="https://gates.hartwell.example", token=DOOR.token, pin=bytes(32))


def pages(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n")


def test_forty_codes_are_one_sheet_and_one_more_is_another() -> None:
    codes = [SheetCode(name=f"Gate {number}", text=text(network=WIFI)) for number in range(41)]
    assert pages(draw_code_sheets(codes[:40], SHEET, AT)) == 1
    assert pages(draw_code_sheets(codes, SHEET, AT)) == 2


def test_a_code_with_wifi_and_a_pin_has_a_place_of_forty() -> None:
    assert grid_of(len(qr_modules(text(network=WIFI, hub=LONG)))) == (5, 8)


def test_a_code_with_rules_gets_a_larger_place() -> None:
    modules = len(qr_modules(text(alone=Alone(place=PLACE, policy=RULES * 10))))
    columns, rows = grid_of(modules)
    assert columns * rows < 40
    assert side_mm(columns, rows) / modules >= LEAST_MODULE_MM


def test_what_is_drawn_is_read_by_the_units_decoder() -> None:
    whole = text(network=WIFI, hub=LONG)
    picture = np.asarray(picture_of(qr_modules(whole)))
    sight = ZxingDecoder().decode(Frame(luma=picture, at_s=0.0))
    assert [reading.text for reading in sight.readings] == [whole]
