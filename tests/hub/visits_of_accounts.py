"""The addresses of signing in, and of whoever runs the hub; tests/hub/visits.py has them all."""

from collections.abc import Mapping
from typing import Final

from tests.hub.visit import SIGN_IN, Visit

SIGNING_IN: Final[Mapping[str, Visit]] = {
    "account_login": Visit(address="/sign-in/", answers=(302, 302, 302, 302, 200)),
    "mfa_authenticate": Visit(address="/sign-in/code/", answers=(302, 302, 302, 302, 302)),
    "account_inactive": Visit(address="/sign-in/closed/", answers=(200, 200, 200, 200, 200)),
    "account_logout": Visit(address="/sign-out/", answers=(302, 302, 302, 302, 302), method="POST"),
    "account_reset_password": Visit(
        address="/password/forgotten/", answers=(200, 200, 200, 200, 200)
    ),
    "account_reset_password_done": Visit(
        address="/password/forgotten/sent/", answers=(200, 200, 200, 200, 200)
    ),
    "account_reset_password_from_key": Visit(
        address="/password/new/1-none/", answers=(200, 200, 200, 200, 200)
    ),
    "account_reset_password_from_key_done": Visit(
        address="/password/new/done/", answers=(200, 200, 200, 200, 200)
    ),
    **{
        name: Visit(address=f"/{address}/", answers=(status, status, status, status, SIGN_IN))
        for name, address, status in (
            ("account_change_password", "password", 200),
            ("password_changed", "password/changed", 200),
            ("account_set_password", "password/first", 302),  # all of them have one
            ("account_reauthenticate", "password/again", 200),
            ("mfa_index", "second-factor", 200),
            ("mfa_reauthenticate", "second-factor/again", 302),  # by a password: none has another
            ("mfa_activate_totp", "second-factor/add", 302),  # a password again first
            ("mfa_deactivate_totp", "second-factor/remove", 404),
            ("mfa_view_recovery_codes", "second-factor/recovery-codes", 404),
            ("mfa_generate_recovery_codes", "second-factor/recovery-codes/new", 302),
        )
    },
}

ADMINISTRATION: Final[Mapping[str, Visit]] = {
    **{
        name: Visit(address=f"/administration/{end}", answers=(403, 403, 403, status, SIGN_IN))
        for name, end, status in (
            ("administration", "", 200),
            ("users", "users/", 200),
            ("user", "users/999999/", 404),
            ("hub-audit", "changes/", 200),
        )
    },
    **{
        name: Visit(
            address=f"/administration/{end}/",
            answers=(403, 403, 403, status, SIGN_IN),
            method="POST",
        )
        for name, end, status in (
            ("add-site", "sites/add", 400),
            ("change-site", "sites/kings-wharf/change", 400),
            ("rename-organisation", "organisations/999999/rename", 404),
            ("add-user", "users/add", 400),
            ("change-user", "users/999999/change", 404),
            ("give-role", "users/999999/role", 404),
            ("give-desk", "users/999999/desk", 404),
            ("user-link", "users/999999/link", 404),
            ("without-code", "users/999999/without-code", 404),
            ("ask-codes", "codes", 302),
        )
    },
}
"""For who runs the hub; what is posted lacks everything, and no such account is there."""
