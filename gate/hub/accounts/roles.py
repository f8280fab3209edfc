"""One table: which page of the hub is for whom; every visit is held to it (the middleware here).

An address that is not in the table is for nobody. Somebody's part is asked at the place that the
address names: a guard of one site is nothing at another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final


class Part(StrEnum):
    """What somebody is at a place."""

    GUARD = auto()
    MANAGER = auto()
    CONTRACTOR = auto()
    SCHEME = auto()
    """Who works at an issuer's desk."""
    ADMIN = auto()
    """Of the whole hub: everywhere everything."""


class Place(StrEnum):
    """Where a part is asked for."""

    NOWHERE = auto()
    """Of nobody: the page is open, or knows its visitors by another way."""
    HUB = auto()
    """Of whoever is signed in, whatever they are and wherever."""
    ADMINISTRATION = auto()
    SITE = auto()
    DESK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Where somebody must be what, to open a page."""

    place: Place
    parts: frozenset[Part]


_EVERY: Final = frozenset(Part)
_MEMBERS: Final = frozenset({Part.GUARD, Part.MANAGER, Part.ADMIN})
"""Who may learn the names of people on site."""
_TECHNICAL: Final = frozenset({Part.GUARD, Part.MANAGER, Part.CONTRACTOR, Part.ADMIN})
_BUILDERS: Final = frozenset({Part.MANAGER, Part.CONTRACTOR, Part.ADMIN})
"""Who puts units to work, and looks after them."""
_MANAGERS: Final = frozenset({Part.MANAGER, Part.ADMIN})
_CLERKS: Final = frozenset({Part.SCHEME, Part.MANAGER, Part.ADMIN})


def _each(names: str, place: Place, parts: Iterable[Part]) -> dict[str, Allowed]:
    allowed = Allowed(place=place, parts=frozenset(parts))
    return dict.fromkeys(names.split(), allowed)


PAGES: Final[Mapping[str, Allowed]] = {
    **_each(
        "alive roll-call-worker status-list fleet-timestamp fleet-metadata fleet-target"
        " send-batch api:openapi-json api:api-root api:send_batch api:send_heartbeat"
        " api:send_support api:get_manifest"
        " api:get_presence api:get_hours api:join api:get_authority account_login mfa_authenticate"
        " account_inactive account_logout"
        " account_reset_password account_reset_password_done account_reset_password_from_key"
        " account_reset_password_from_key_done trust-hub trust-authority",
        Place.NOWHERE,
        (),
    ),
    **_each(
        "home desks account_change_password password_changed account_set_password"
        " account_reauthenticate mfa_index mfa_reauthenticate mfa_activate_totp"
        " mfa_deactivate_totp mfa_view_recovery_codes mfa_generate_recovery_codes",
        Place.HUB,
        _EVERY,
    ),
    **_each(
        "administration add-site change-site rename-organisation users add-user user change-user"
        " give-role give-desk user-link without-code ask-codes hub-audit",
        Place.ADMINISTRATION,
        {Part.ADMIN},
    ),
    **_each("gates identify-unit mails", Place.SITE, _TECHNICAL),
    **_each("units units-joining add-unit cancel-code", Place.SITE, _BUILDERS),
    **_each("ask-support support-bundle", Place.SITE, _BUILDERS),
    **_each(
        "today today-live log log-entry gatehouse gatehouse-live gatehouse-photo release-referred"
        " check check-book check-face checks-taken report visitors visitor-left roll-call"
        " open-roll-call called roll-call-marks roll-call-step roll-call-pdf",
        Place.SITE,
        _MEMBERS,
    ),
    **_each(
        "alarms acknowledge export-log correct-entry close-exits"
        " blocked block unblock forgive lockdown test-release rules try-rules"
        " put-rules areas add-area remove-area put-access-point remove-access-point"
        " retire-unit unit-logins"
        " add-unit-login renew-unit-login withdraw-unit-login passes new-pass"
        " pass pass-drawing cancel-pass people new-person import-people example-list induct-people"
        " pass-sheets give-passes print-passes person edit-person person-photo person-phone"
        " erase-person induct-person give-person replace-pass block-person unblock-person"
        " undo-person note-person companies audit retention put-retention",
        Place.SITE,
        _MANAGERS,
    ),
    **_each("desk desk-confirm desk-change desk-changes desk-changed", Place.DESK, _CLERKS),
}
