"""The hub's own file: what it takes, what it refuses, and what Django makes of it."""

from pathlib import Path
from typing import Any, Final

import pytest

from gate.errors import ConfigError
from gate.hub.config import HubConfig, load_config, sqlite_address
from gate.hub.database import django_database
from gate.hub.settings import django_settings

EXAMPLE: Final = Path(__file__).parents[2] / "config" / "hub.toml"
TREE: Final = Path("/srv/hub")


def _load(folder: Path, text: str) -> HubConfig:
    file = folder / "hub.toml"
    file.write_text(text, "utf-8")
    return load_config(file)


def test_an_empty_file_is_a_whole_one(tmp_path: Path) -> None:
    assert _load(tmp_path, "") == HubConfig()


def test_the_example_shows_every_key_with_its_default(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    assert load_config(EXAMPLE) == HubConfig()
    shown = "".join(
        line.removeprefix("# ") if " = " in line else line
        for line in text.splitlines(keepends=True)
    )
    assert _load(tmp_path, shown) == HubConfig(ca=tmp_path / "site-ca.pem")
    assert shown.count(" = ") == len(HubConfig.__dataclass_fields__)


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    config = _load(tmp_path, '[hub]\ndata = "d"\n')
    assert config.data == tmp_path / "d"
    assert config.sqlite_file == tmp_path / "d" / "hub.db"


def test_one_alone_speaks_https_and_one_alone_vouches(tmp_path: Path) -> None:
    assert _load(tmp_path, "[hub]\nown_https = true\n").own_https
    with pytest.raises(ConfigError, match="a proxy speaks HTTPS, and the hub itself; next: set"):
        _load(tmp_path, "[hub]\nown_https = true\nhttps = true\n")
    with pytest.raises(ConfigError, match=r"hub.ca: a hub's own authority vouches for it; next"):
        _load(tmp_path, '[hub]\nown_https = true\nca = "ca.pem"\n')


def test_five_mistakes_are_five_lines(tmp_path: Path) -> None:
    text = """
        [hub]
        database = "mysql://db/hub"
        listen = "localhost"
        hosts = ["https://hub"]
        workers = 0
        colour = "blue"
    """
    with pytest.raises(ConfigError) as told:
        _load(tmp_path, text)
    keys = [line.split(": ")[1].split(" = ")[0] for line in str(told.value).splitlines()]
    assert sorted(keys) == [
        f"hub.{key}" for key in ("colour", "database", "hosts", "listen", "workers")
    ]


@pytest.mark.parametrize(
    "text",
    [
        'database = "sqlite:///"',
        'database = "sqlite:///folder/"',
        'database = "postgresql://host"',
        'database = "postgresql://["',
        'listen = "127.0.0.1:0"',
        'listen = "127.0.0.1:65536"',
        'listen = "256.0.0.1:80"',
        'listen = ":80"',
        'listen = "[::1:80"',
        'hosts = ["UPPER"]',
        'hosts = ["*"]',
        "hosts = []",
        'mail = "https://mail.example.org"',
        'mail = "smtp://"',
        'mail = "smtp://host/folder"',
        'mail = "smtps://sam@host"',
        'mail = "smtp://host:x"',
        'mail_from = "gates"',
        'mail_from = "Gates <gates@example.org>"',
    ],
)
def test_an_address_that_can_not_be_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=f"hub.{text.split(' = ', maxsplit=1)[0]}"):
        _load(tmp_path, f"[hub]\n{text}\n")


def test_a_mail_server_is_told_by_its_address(tmp_path: Path) -> None:
    text = 'mail = "smtp+starttls://sam%40hub:p%2Fw@mail.example.org"\nmail_from = "g@example.org"'
    config = _load(tmp_path, f"[hub]\n{text}\n")
    made = django_settings(config, "s")
    assert (made["EMAIL_HOST"], made["EMAIL_PORT"]) == ("mail.example.org", 587)
    assert (made["EMAIL_HOST_USER"], made["EMAIL_HOST_PASSWORD"]) == ("sam@hub", "p/w")
    assert (made["EMAIL_USE_TLS"], made["EMAIL_USE_SSL"]) == (True, False)
    assert made["DEFAULT_FROM_EMAIL"] == "g@example.org"
    tls = django_settings(HubConfig(data=TREE, mail="smtps://host", mail_from="g@x"), "s")
    assert (tls["EMAIL_PORT"], tls["EMAIL_USE_SSL"], tls["EMAIL_USE_TLS"]) == (465, True, False)


@pytest.mark.parametrize("text", ['mail = "smtp://host"', 'mail_from = "gates@example.org"'])
def test_a_mail_server_and_a_sender_go_together(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"hub\.mail.*missing; next: set both"):
        _load(tmp_path, f"[hub]\n{text}\n")


def test_a_hub_without_a_mail_server_sends_nothing() -> None:
    assert "dummy" in django_settings(HubConfig(data=TREE), "s")["EMAIL_BACKEND"]


def test_a_password_in_an_address_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        _load(
            tmp_path,
            '[hub]\ndatabase = "mysql://gate:secret@db/hub"\nmail = "pop://sam:secret@host"\n',
        )
    assert "secret" not in str(told.value)


def test_a_file_that_is_not_there_is_named_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config/hub\.toml"):
        load_config(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(tmp_path / "hub.toml")


def test_sqlite_is_made_to_keep_what_it_acknowledged() -> None:
    database = django_database(HubConfig(data=TREE))
    assert database["NAME"] == "/srv/hub/hub.db"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]


def test_a_path_with_odd_letters_comes_back_the_same() -> None:
    file = Path("/srv/a b%20c/hub?.db")
    assert HubConfig(data=TREE, database=sqlite_address(file)).sqlite_file == file


def test_an_address_of_several_servers_is_handed_on_whole() -> None:
    address = "postgresql://gate:pw@db1:5432,db2:5433/hub?target_session_attrs=read-write"
    database: dict[str, Any] = django_database(HubConfig(database=address))
    assert (database["HOST"], database["PORT"]) == ("db1,db2", "5432,5433")
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("hub", "gate", "pw")
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"
    assert database["OPTIONS"]["connect_timeout"] == 5


def test_an_address_that_libpq_can_not_read_is_named() -> None:
    with pytest.raises(ConfigError, match=r"hub\.database"):
        django_database(HubConfig(database="postgresql://db/hub?colour=blue"))


def test_behind_https_cookies_and_browsers_are_told_so() -> None:
    plain = django_settings(HubConfig(data=TREE), "s")
    secure = django_settings(HubConfig(data=TREE, https=True), "s")
    names = {"SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"}
    assert not names & set(plain)
    assert all(secure[name] is True for name in names)
    assert secure["SECURE_HSTS_SECONDS"] > 0
