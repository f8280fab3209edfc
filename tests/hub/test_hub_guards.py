"""What the database refuses, after every migration."""

from itertools import chain

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

from gate.hub.guards import Guards

pytestmark = pytest.mark.django_db


def test_every_guard_that_a_migration_made_stands_at_the_end() -> None:
    """A later migration that makes a table anew, as SQLite needs it, would lose its triggers."""
    loader = MigrationLoader(connection)
    standing: set[str] = set()
    plans = [loader.graph.forwards_plan(leaf) for leaf in loader.graph.leaf_nodes()]
    for node in dict.fromkeys(chain.from_iterable(plans)):
        standing = _after(loader.graph.nodes[node], standing)
    assert len(standing) > 40
    assert _triggers() == standing


def _after(migration: Migration, standing: set[str]) -> set[str]:
    for operation in migration.operations:
        if isinstance(operation, Guards):
            names = {one.name for one in operation.refusals}
            standing = standing | names if operation.stand else standing - names
    return standing


def _triggers() -> set[str]:
    statement = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}
