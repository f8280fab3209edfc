"""Whether a hub runs on these files: each one holds a shared lock, and who replaces them needs all.

A lock dies with the process that holds it, whatever ends that process.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gate.errors import ConfigError
from gate.hub.config import HubConfig

LOCK_NAME: Final = "running.lock"


@contextmanager
def running(config: HubConfig) -> Iterator[None]:
    """Tell others that a hub runs here; several may.

    Raises:
        ConfigError: the files are being replaced just now.
    """
    with _locked(config, fcntl.LOCK_SH, "being restored; next: wait for that, then start the hub"):
        yield


@contextmanager
def stopped(config: HubConfig) -> Iterator[None]:
    """Keep hubs from starting here while the block runs.

    Raises:
        ConfigError: one is running.
    """
    with _locked(config, fcntl.LOCK_EX, "in use; next: stop the hub, then restore"):
        yield


@contextmanager
def _locked(config: HubConfig, kind: int, fault: str) -> Iterator[None]:
    descriptor = os.open(config.data / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ConfigError(str(config.data), [fault]) from error
    finally:
        os.close(descriptor)
