"""Django's settings, made from the hub's file: one value in, one dictionary out.

Whoever starts the hub calls `django.conf.settings.configure(**django_settings(config, secret))`
once (gate.hub.wsgi). `settings.HUB` is the configuration itself.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from csp.constants import NONE, SELF
from django.utils import timezone

from gate.hub.accounts.settings import account_settings
from gate.hub.config import HubConfig
from gate.hub.database import django_database

_HERE: Final = Path(__file__).parent

MAX_BODY_BYTES: Final = 10 * 1024 * 1024
"""A batch is at most 8 MiB when unpacked; what it came in is smaller (gate.events.batch)."""

SESSION_AGE_S: Final = 12 * 3600
"""A working day: who signed in this morning is not signed out before going home."""

HSTS_S: Final = 365 * 24 * 3600
"""A year, as hstspreload.org asks for."""

_CSP: Final = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "font-src": [SELF],
    "img-src": [SELF],
    "connect-src": [SELF],
    "worker-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
"""Nothing from elsewhere, nothing inline, no eval: a script slipped into a page does nothing."""


_WITHOUT_TLS: Final = ["^alive/$", "^trust/", "^static/"]
"""A load balancer asks the hub itself; a phone that is yet to trust this hub reads how."""


def django_settings(
    config: HubConfig, secret: str, clock: Callable[[], datetime] = timezone.now
) -> dict[str, Any]:
    """Return every setting that differs from Django's defaults; `clock` is `gate.hub.clock`'s.

    Raises:
        ConfigError: the database address can't be read by its driver.
    """
    return {
        "HUB": config,
        "CLOCK": clock,
        "SECRET_KEY": secret,
        "DEBUG": False,
        "ALLOWED_HOSTS": list(config.hosts),
        "DATABASES": {"default": django_database(config)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": _apps(),
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "csp.middleware.CSPMiddleware",
            "gate.hub.headers.PermissionsMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "gate.hub.accounts.middleware.AccessMiddleware",
            "gate.hub.audit.middleware.AuditMiddleware",
            "gate.hub.looking.LookingMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        "ROOT_URLCONF": "gate.hub.urls",
        "TEMPLATES": [_templates()],
        "LOGGING": _logging(),
        "LANGUAGE_CODE": "en-gb",
        "TIME_ZONE": "UTC",
        "USE_TZ": True,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": MAX_BODY_BYTES,
        "FILE_UPLOAD_HANDLERS": [
            "gate.hub.people.uploads.BoundedUpload",
            "django.core.files.uploadhandler.MemoryFileUploadHandler",
            "django.core.files.uploadhandler.TemporaryFileUploadHandler",
        ],
        **_people(),
        **account_settings(config),
        **_static(config),
        **_transport(config),
    }


def _apps() -> list[str]:
    return [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "gate.hub.accounts",
        "gate.hub.sites",
        "gate.hub.ingest",
        "gate.hub.alarms",
        "gate.hub.manifest",
        "gate.hub.locals",
        "gate.hub.desk",
        "gate.hub.passes",
        "gate.hub.people",
        "gate.hub.rollcall",
        "gate.hub.audit",
        "gate.hub.corrections",
        "gate.hub.log",
        "gate.hub.enrol",
        "gate.hub.areas",
        "gate.hub.today",
        "gate.hub.mails",
        "gate.hub.check",
        "gate.hub.support",
        "gate.hub.retention",
    ]


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(_HERE / "templates")],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gate.hub.https.withheld.withheld",
            ],
        },
    }


def _logging() -> dict[str, Any]:
    """Tell engineers on stderr; left alone, Django would tell nobody of an error in a view."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "WARNING"},
            "django.request": {"level": "ERROR"},  # what visitors got wrong is no news
            "gate": {"handlers": ["stderr"], "level": "INFO"},
        },
    }


def _people() -> dict[str, Any]:
    validation = "django.contrib.auth.password_validation"
    return {
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "home",
        "LOGOUT_REDIRECT_URL": "account_login",
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{validation}.UserAttributeSimilarityValidator"},
            {"NAME": f"{validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
            {"NAME": f"{validation}.CommonPasswordValidator"},
        ],
        "SESSION_COOKIE_AGE": SESSION_AGE_S,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }


def _static(config: HubConfig) -> dict[str, Any]:
    return {
        "STATIC_URL": "/static/",
        "STATIC_ROOT": str(config.static_root),
        "STATICFILES_DIRS": [str(_HERE / "static")],
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "gate.hub.static_files.NamedByContent"},
        },
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
    }


def _transport(config: HubConfig) -> dict[str, Any]:
    always: dict[str, Any] = {
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": _CSP},
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_REFERRER_POLICY": "same-origin",
    }
    if not config.is_secure:
        return always
    if config.https:
        always["SECURE_PROXY_SSL_HEADER"] = ("HTTP_X_FORWARDED_PROTO", "https")
    return always | {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_REDIRECT_EXEMPT": _WITHOUT_TLS,
        "SECURE_HSTS_SECONDS": HSTS_S,
        # A hub speaks for its own name only: not for those below it, nor for a browser's list.
        "SILENCED_SYSTEM_CHECKS": ["security.W005", "security.W021"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }
