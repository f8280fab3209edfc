"""The hub's settings as a module, for the type checker's plugin alone."""

from pathlib import Path

from gate.hub.config import HubConfig
from gate.hub.settings import django_settings

globals().update(django_settings(HubConfig(data=Path("nowhere")), "for the type checker"))
