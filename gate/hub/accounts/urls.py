"""Signing in and out, passwords and the second factor: django-allauth's views that this hub has.

Nobody signs up here and nobody writes their own address down, so those views are left out.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from gate.hub.accounts.views import forgotten, password_changed

urlpatterns = [
    path("sign-in/", never_cache(account.login), name="account_login"),
    path("sign-in/code/", never_cache(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/closed/", never_cache(account.account_inactive), name="account_inactive"),
    path("sign-out/", never_cache(account.logout), name="account_logout"),
    path("password/", never_cache(account.password_change), name="account_change_password"),
    path("password/changed/", password_changed, name="password_changed"),
    path("password/first/", never_cache(account.password_set), name="account_set_password"),
    path("password/again/", never_cache(account.reauthenticate), name="account_reauthenticate"),
    path("password/forgotten/", forgotten, name="account_reset_password"),
    path(
        "password/forgotten/sent/",
        never_cache(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "password/new/done/",
        never_cache(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        "^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        never_cache(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("second-factor/", never_cache(mfa.index), name="mfa_index"),
    path("second-factor/again/", never_cache(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second-factor/add/", never_cache(totp.activate_totp), name="mfa_activate_totp"),
    path("second-factor/remove/", never_cache(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "second-factor/recovery-codes/",
        never_cache(recovery.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/new/",
        never_cache(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]
