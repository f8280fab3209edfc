"""Where a campaign's hub keeps its entries, one database a campaign, begun as the template.

What differs between SQLite and PostgreSQL is here and nowhere else in a campaign.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from gate.bench.chaos.hub import Template, make_template
from gate.bench.chaos.plan import Database, Disturbance, Plan
from gate.bench.chaos.verdict import Query

if TYPE_CHECKING:
    from gate.bench.chaos.cluster import Cluster

_SQLITE: Final = "sqlite:///hub.db"
_MARK: Final = "SELECT COALESCE(MAX(stored_through), 0) FROM ingest_journal"


def stored_through(query: Query) -> int:
    """Return how far the hub has the unit's journal."""
    ((seq,),) = query(_MARK)
    return int(seq)


class Disturb(Protocol):
    """Does to a database what a step asks for."""

    def __call__(self, disturbance: Disturbance, traffic: Callable[[], None]) -> str | None:
        """Do it, with `traffic` meanwhile; return what is wrong with what came of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """One campaign's database: its address for the hub, the way to read it, the way to harm it."""

    address: str
    query: Query
    disturb: Disturb


class Shelf(Protocol):
    """The databases of a run."""

    database: Database
    template: Template

    def open(self, plan: Plan, hub: Path) -> AbstractContextManager[Books]:
        """Give a campaign its database; `hub` is the hub's directory."""
        ...


class SqliteShelf:
    """Each campaign's database is a file on its hub's own disk."""

    database: Database = "sqlite"

    def __init__(self, directory: Path) -> None:
        self.template = make_template(directory, _SQLITE)

    @contextmanager
    def open(self, plan: Plan, hub: Path) -> Iterator[Books]:  # noqa: ARG002 - the port's form
        """Give a campaign its file."""
        file = hub / "data" / "hub.db"

        def query(statement: str) -> Iterable[Sequence[Any]]:
            uri = f"{file.as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                return connection.execute(statement).fetchall()

        yield Books(address=_SQLITE, query=query, disturb=lambda *_: None)


class PostgresqlShelf:
    """Each campaign's database is one of a cluster's, which gets a standby for each campaign."""

    database: Database = "postgresql"

    def __init__(self, directory: Path, cluster: "Cluster", template_name: str) -> None:
        self._cluster = cluster
        self.template = make_template(directory, cluster.address(template_name))

    @contextmanager
    def open(self, plan: Plan, hub: Path) -> Iterator[Books]:  # noqa: ARG002 - the port's form
        """Give a campaign its database, and the primary a standby."""
        cluster, name = self._cluster, f"seed_{plan.seed}"
        cluster.add_database(name)
        cluster.add_standby(is_synchronous=plan.is_synchronous)

        def query(statement: str) -> Iterable[Sequence[Any]]:
            return cluster.query(name, statement)

        try:
            yield Books(
                address=cluster.address(name),
                query=query,
                disturb=lambda what, traffic: _disturb(cluster, what, query, traffic),
            )
        finally:
            cluster.drop_standby()
            cluster.drop_database(name)


def _disturb(
    cluster: "Cluster", what: Disturbance, query: Query, traffic: Callable[[], None]
) -> str | None:
    match what:
        case Disturbance.DATABASE_STOPPED:
            cluster.primary.stop("immediate")
            traffic()
            cluster.primary.start()
        case Disturbance.FAILOVER_ASYNC if cluster.standby is not None:
            cluster.standby.stop("fast")
            traffic()
            cluster.fail_over(is_late=True)
        case Disturbance.FAILOVER_SYNC:
            before = stored_through(query)
            cluster.fail_over(is_late=False)
            after = stored_through(query)
            if after < before:
                return f"the synchronous standby had entries up to {after}, not {before}"
        case _:
            pass
    return None
