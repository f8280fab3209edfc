"""The key that keeps persons nameless (gate.trust.person), in a file that only the gate can read.

A unit that stands alone makes its own at its first start; at enrolment the site's takes its place.
A key that is lost makes strangers of everybody who is inside, so one that is damaged is never
replaced by itself.
"""

import logging
import secrets
import stat
from pathlib import Path
from typing import Final

from gate.errors import ConfigError
from gate.store.files import write_file

SITE_KEY_BYTES: Final = 32
"""As long as the hash it keys (HMAC-SHA-256, RFC 2104, section 3)."""

_PRIVATE: Final = 0o600
_log = logging.getLogger(__name__)


def site_key(path: Path) -> bytes:
    """Return the key in `path`, made there if there is none.

    Raises:
        ConfigError: not `SITE_KEY_BYTES` long, readable by others, or the disk refuses.
    """
    try:
        key = path.read_bytes()
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return _made(path)
    except OSError as error:
        raise ConfigError(str(path), [f"site key can't be read: {error.strerror}"]) from error
    if len(key) != SITE_KEY_BYTES:
        fault = f"site key of {len(key)} bytes, must be {SITE_KEY_BYTES}; restore it from a backup"
        raise ConfigError(str(path), [f"{fault}, or remove it to begin with nobody inside"])
    if mode & ~_PRIVATE:
        raise ConfigError(str(path), [f"site key has mode {mode:04o}, must be 0600; chmod 600 it"])
    return key


def _made(path: Path) -> bytes:
    key = secrets.token_bytes(SITE_KEY_BYTES)
    try:
        write_file(path, key, mode=_PRIVATE)
    except OSError as error:
        fault = f"site key can't be made: {error.strerror}; its directory must exist and be ours"
        raise ConfigError(str(path), [fault]) from error
    _log.warning("site key made", extra={"path": str(path)})
    return key
