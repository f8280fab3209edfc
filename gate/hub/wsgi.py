"""Starting Django once from the hub's configuration, and the WSGI application that comes of it."""

from collections.abc import Callable
from datetime import datetime

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from gate.hub.config import HubConfig
from gate.hub.keys import load_secret
from gate.hub.settings import django_settings


def start_django(config: HubConfig, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Configure Django and load its applications; once in a process.

    Raises:
        ConfigError: a key file or the database address can't be read.
    """
    settings.configure(**django_settings(config, load_secret(config), clock))
    django.setup(set_prefix=False)


def application(config: HubConfig) -> WSGIHandler:
    """Return the application for any WSGI server."""
    if not settings.configured:
        start_django(config)
    return get_wsgi_application()
