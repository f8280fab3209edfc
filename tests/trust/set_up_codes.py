"""Set-up codes with good defaults, and strategies for any."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from gate.signing.keys import Algorithm, SigningKey
from gate.sim.issuer import NOW, seeded_key
from gate.trust.enrolment import MAX_LIFE, MIN_LIFE, Alone, EnrolmentCode, HubDoor, compose_code
from gate.trust.network import Modem, Network, StaticAddress, WiFi, Wired
from gate.trust.place import Place, lanes_called

HUB: Final[SigningKey] = seeded_key("hub", Algorithm.ED25519)
DOOR: Final = HubDoor(url="https://hub.example.org", token=bytes(range(16)))
PLACE: Final = Place(site="kings-wharf", name="Gate A", lanes=lanes_called("Gate A", "in"))
RULES: Final = 'site = "kings-wharf"\nversion = 1\n\n[[accept]]\nscheme = "ecs-jib"\n'
STATIC: Final = StaticAddress(
    address="192.0.2.20/24", gateway="192.0.2.1", servers=("192.0.2.53", "198.51.100.53")
)
CODE: Final = EnrolmentCode(
    key=HUB.verifying_key,
    issued_at=NOW,
    until=NOW + timedelta(days=14),
    network=Network(link=Wired()),
    hub=DOOR,
)


def code(**changes: Any) -> EnrolmentCode:  # noqa: ANN401 - whatever field of a code
    """Return the usual code, changed."""
    return replace(CODE, **changes)


def text(**changes: Any) -> str:  # noqa: ANN401 - as above
    """Return the usual code's text, changed."""
    return compose_code(code(**changes), HUB)


_ascii = st.characters(min_codepoint=32, max_codepoint=126)
_words = st.text(_ascii, max_size=64)

links = st.one_of(
    st.just(Wired()),
    st.builds(
        WiFi,
        ssid=st.text(_ascii, min_size=1, max_size=32),
        passphrase=st.just("") | st.text(_ascii, min_size=8, max_size=63),
        hidden=st.booleans(),
    ),
)
modems = st.builds(
    Modem,
    apn=st.from_regex(r"[A-Za-z0-9.-]{1,63}", fullmatch=True),
    user=_words,
    password=_words,
    pin=st.just("") | st.from_regex(r"[0-9]{4,8}", fullmatch=True),
)
proxies = st.sampled_from(["", "192.0.2.3:3128", "proxy.site.example:8080", "p:1", "p:65535"])
networks = st.one_of(
    st.builds(Network, link=links, static=st.none() | st.just(STATIC), proxy=proxies),
    st.builds(Network, link=modems, proxy=proxies),
)
doors = st.builds(
    HubDoor,
    url=st.sampled_from(
        ["https://hub.example.org", "https://10.0.0.5:8443/a", "http://127.0.0.1:1"]
    ),
    token=st.binary(min_size=16, max_size=16),
    pin=st.none() | st.binary(min_size=32, max_size=32),
)
alones = st.builds(
    Alone,
    place=st.builds(
        Place,
        site=st.from_regex(r"[a-z]{1,9}", fullmatch=True),
        name=st.just("Gate Ä"),
        lanes=st.sampled_from(["in", "out", "both"]).map(lambda way: lanes_called("Gate Ä", way)),
    ),
    policy=st.text(_ascii | st.just("\n"), min_size=1, max_size=300),
)
codes = st.builds(
    lambda life, network, parts: code(
        until=NOW + life, network=network, hub=parts[0], alone=parts[1]
    ),
    life=st.integers(int(MIN_LIFE.total_seconds()), int(MAX_LIFE.total_seconds())).map(
        lambda s: timedelta(seconds=s)
    ),
    network=networks,
    parts=st.one_of(st.tuples(doors, st.none() | alones), st.tuples(st.none(), alones)),
)
