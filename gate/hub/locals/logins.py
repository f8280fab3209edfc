"""Giving, changing and withdrawing logins of a site's units; passwords are drawn, and shown once.

Nothing is edited: a change ends one login and makes another of the same name, in one transaction.
The units end the sessions of a login that is gone as soon as the manifest that says so is in force.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from gate.errors import ConfigError
from gate.hub.locals.models import Login, LoginEnd
from gate.hub.locals.told import logins_of
from gate.hub.manifest.authors import Author
from gate.hub.manifest.versions import changing
from gate.hub.sites.models import Site
from gate.trust.local_login import (
    ALLOWED_NAME,
    MAX_LOGINS,
    PASSWORD_CHARS,
    SALT_BYTES,
    LocalRole,
    is_login_name,
    make_login,
    write_password,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A login that was just made, with the only showing of its password."""

    login: Login
    password: str


def add_login(site: Site, name: str, role: LocalRole, *, by: Author, now: datetime) -> Given:
    """Give somebody a login of their own.

    Raises:
        ConfigError: a name that none may have, one that is taken, or too many.
    """
    if not is_login_name(name):
        raise ConfigError("login", [f"name: {name[:40]!r}; allowed: {ALLOWED_NAME}"])
    with changing(site, now) as version:
        there = logins_of(site)
        if there.filter(name=name).exists():
            step = "next: choose another name, or give that login a new password"
            raise ConfigError("login", [f"{name} is there already at {site.slug}; {step}"])
        if there.count() >= MAX_LOGINS:
            step = "next: withdraw those of whoever has left"
            raise ConfigError("login", [f"{MAX_LOGINS} are there, which is the most; {step}"])
        return _make(site, name, role, by, now, version)


def renew_login(site: Site, login_id: int, role: LocalRole, *, by: Author, now: datetime) -> Given:
    """Give a login another password, and the role it is to have from now on.

    Raises:
        ConfigError: no such login is in force.
    """
    with changing(site, now) as version:
        before = _in_force(site, login_id)
        _end(site, before, by, now, version)
        return _make(site, before.name, role, by, now, version)


def withdraw_login(site: Site, login_id: int, *, by: Author, now: datetime) -> LoginEnd:
    """End a login.

    Raises:
        ConfigError: no such login is in force.
    """
    with changing(site, now) as version:
        return _end(site, _in_force(site, login_id), by, now, version)


def login_called(site: Site, name: str) -> Login:
    """Return the login of that name.

    Raises:
        ConfigError: there is none.
    """
    there = logins_of(site).filter(name=name).first()
    if there is None:
        step = f"next: gate hub locallogin list {site.slug}"
        raise ConfigError("login", [f"{name[:40]!r} has none at {site.slug}; {step}"])
    return there


def _in_force(site: Site, login_id: int) -> Login:
    there = logins_of(site).filter(pk=login_id).first()
    if there is None:
        raise ConfigError("login", ["that login was withdrawn or changed meanwhile"])
    return there


def _make(site: Site, name: str, role: LocalRole, by: Author, now: datetime, version: int) -> Given:
    password = write_password(secrets.token_bytes(PASSWORD_CHARS))
    made = make_login(name, role, password, secrets.token_bytes(SALT_BYTES))
    login = Login.objects.create(
        site=site,
        name=name,
        role=role.value,
        salt=made.salt,
        hash=made.hash,
        at=now,
        by=by.user,
        by_name=by.name,
        version=version,
    )
    return Given(login=login, password=password)


def _end(site: Site, login: Login, by: Author, now: datetime, version: int) -> LoginEnd:
    return LoginEnd.objects.create(
        site=site, login=login, at=now, by=by.user, by_name=by.name, version=version
    )
