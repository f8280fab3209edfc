"""Django's and django-allauth's settings of signing in, from the hub's file."""

from typing import Any, Final

from gate.hub.config import HubConfig

FAILED_BY_NAME: Final = 5
FAILED_FOR_S: Final = 5 * 60
"""Five wrong passwords or codes for one name in five minutes: 1,440 guesses a day at most, of the
10^6 codes of which one is right for half a minute (NIST SP 800-63B, 5.2.2, allows 100 in a row)."""

FAILED_BY_HOST_A_MINUTE: Final = 10
"""Of one address, whatever the names: a site's office is one address and may mistype too."""

MAIL_TIMEOUT_S: Final = 10
"""A mail server that does not answer by then is told of; the page must end before 30 s."""

COUNTED_MOST: Final = 50_000
"""Rows of counted attempts that are kept; 200 bytes each."""

ISSUER: Final = "Site gate"
"""What an authenticator app shows above a name."""

_FORMS: Final = "gate.hub.accounts.forms"


def account_settings(config: HubConfig) -> dict[str, Any]:
    """Return every setting of signing in."""
    return {
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.db.DatabaseCache",
                "LOCATION": "accounts_counted",
                "OPTIONS": {"MAX_ENTRIES": COUNTED_MOST},
            }
        },
        # Behind a proxy every visitor has its address; the last name it wrote is the visitor's.
        "ALLAUTH_TRUSTED_PROXY_COUNT": config.proxy_count,
        "ACCOUNT_ADAPTER": "gate.hub.accounts.adapter.AccountAdapter",
        "ACCOUNT_LOGIN_METHODS": {"username", "email"},
        "ACCOUNT_EMAIL_VERIFICATION": "none",  # whoever runs the hub writes addresses down
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_RATE_LIMITS": {
            "login_failed": f"{FAILED_BY_HOST_A_MINUTE}/m/ip,{FAILED_BY_NAME}/{FAILED_FOR_S}s/key"
        },
        "ACCOUNT_FORMS": {
            "login": f"{_FORMS}.SignInForm",
            "change_password": f"{_FORMS}.ChangePasswordForm",
            "set_password": f"{_FORMS}.NewPasswordForm",
            "reset_password": f"{_FORMS}.ForgottenForm",
            "reset_password_from_key": f"{_FORMS}.ChosenPasswordForm",
            "reauthenticate": f"{_FORMS}.PasswordAgainForm",
        },
        "MFA_ADAPTER": "gate.hub.accounts.second_factor.SecondFactor",
        "MFA_TOTP_ISSUER": ISSUER,
        "MFA_TOTP_TOLERANCE": 1,  # a phone may be 30 s off (RFC 6238, section 5.2)
        "MFA_ALLOW_UNVERIFIED_EMAIL": True,  # nobody signs up by themselves here
        "MFA_FORMS": {
            "authenticate": f"{_FORMS}.CodeForm",
            "reauthenticate": f"{_FORMS}.CodeAgainForm",
            "activate_totp": f"{_FORMS}.FirstCodeForm",
        },
    } | _mail(config)


def _mail(config: HubConfig) -> dict[str, Any]:
    server = config.mail_server
    if server is None:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": server.host,
        "EMAIL_PORT": server.port,
        "EMAIL_HOST_USER": server.user,
        "EMAIL_HOST_PASSWORD": server.password,
        "EMAIL_USE_SSL": server.is_tls,
        "EMAIL_USE_TLS": server.is_starttls,
        "EMAIL_TIMEOUT": MAIL_TIMEOUT_S,
        "DEFAULT_FROM_EMAIL": config.mail_from,
    }
