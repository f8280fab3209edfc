"""`gate hub serve`: the hub's pages and its API, answered by processes of gunicorn's.

Static files come from whitenoise, so nothing else has to run. The address is a loopback one unless
the hub's file says otherwise.
"""

import gc
import logging
import socket
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from gunicorn.app.base import BaseApplication

from gate.errors import ConfigError
from gate.hub.config import HubConfig
from gate.hub.desk.publishing import publish_all
from gate.hub.https.authority import authority_in
from gate.hub.https.names import Name, hosts_of, names_of
from gate.hub.https.serving import Around, Serving
from gate.hub.https.worker import SchemeOfSocket, TlsWorker
from gate.hub.running import running
from gate.hub.wsgi import application

THREADS_ON_SQLITE: Final = 8
"""As many can commit together (`gate.hub.ingest.together`). Measured with 256 units that each send
one entry: a third more requests than with two, which have nobody to share a commit with."""

THREADS_ON_POSTGRESQL: Final = 2
"""Threads of one process take turns at the interpreter: with four in each of two processes, and 256
units asking, a tenth fewer requests were answered than with two in each of four."""

TIMEOUT_S: Final = 30
"""A process that has not ended a request by then is replaced."""

KEEPALIVE_S: Final = 75
"""Longer than the 60 s after which nginx drops an idle connection to us (proxy_read_timeout)."""

STOP_S: Final = 10
"""For what is under way at SIGTERM; systemd would kill after 90."""


log: Final = logging.getLogger(__name__)


def pending_migrations() -> int:
    """Count the changes that the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def serve(config: HubConfig, *, when_ready: Callable[[], None]) -> None:
    """Answer until SIGTERM or Ctrl-C; ends the process.

    Raises:
        ConfigError: the database lacks changes, or the address can't be listened on.
    """
    pending = pending_migrations()
    if pending:
        step = "next: `gate hub migrate`, or `gate hub serve --migrate`"
        raise ConfigError("database", [f"lacks {pending} changes this version needs; {step}"])
    _see_that_it_is_free(config.listen)
    serving = _serving(config) if config.own_https else None
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    for fault in publish_all(timezone.now()):  # what a power cut kept from being written, too
        log.error("lists not published", extra={"desk": fault.desk, "error": fault.why})
    connections.close_all()  # a connection must not be shared by the processes to come
    with running(config):
        _Server(config, when_ready, serving).run()


def _serving(config: HubConfig) -> Serving:
    """Make ready what the hub's own HTTPS needs, before anybody is answered.

    Raises:
        ConfigError: see gate.hub.https.authority.
    """
    name = socket.gethostname().partition(".")[0].lower()
    authority = authority_in(config.authority_folder, config.hosts, name, timezone.now())

    def told(names: frozenset[Name]) -> None:
        settings.ALLOWED_HOSTS = sorted({*config.hosts, *hosts_of(names)})

    around = Around(names=lambda: names_of(config), now=timezone.now, told=told)
    return Serving(config.authority_folder, authority, around)


def _see_that_it_is_free(listen: str) -> None:
    """Say now, in one line, what gunicorn would say five times and end with another exit code."""
    host, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), int(port)), family=family).close()
    except OSError as error:
        step = "next: stop what has it, or set another `listen` in the hub's file"
        raise ConfigError(listen, [f"can't be listened on: {error.strerror}; {step}"]) from error


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, told by values instead of a file and the environment."""

    def __init__(
        self, config: HubConfig, when_ready: Callable[[], None], serving: Serving | None
    ) -> None:
        self.serving = serving
        self._config = config
        self._when_ready = when_ready
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        chosen: dict[str, Any] = {
            "bind": self._config.listen,
            "workers": self._config.workers,
            "worker_class": "gthread" if self.serving is None else TlsWorker,
            "sendfile": self.serving is None,  # the kernel would send past TLS
            "threads": (
                THREADS_ON_POSTGRESQL if self._config.sqlite_file is None else THREADS_ON_SQLITE
            ),
            "timeout": TIMEOUT_S,
            "graceful_timeout": STOP_S,
            "keepalive": KEEPALIVE_S,
            "preload_app": True,
            "proc_name": "gate-hub",
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": lambda _: self._when_ready(),
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Return what answers.

        What is loaded by now stays: left out of collections, its pages are shared by all processes.
        """
        answering = application(self._config)
        gc.collect()
        gc.freeze()
        return answering if self.serving is None else SchemeOfSocket(answering)
