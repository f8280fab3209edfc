"""The site and its manager of tests/hub/gates.py, and files of its own."""

from tests.hub.gates import manager, site
from tests.hub.people import own_files

__all__ = ["manager", "own_files", "site"]
