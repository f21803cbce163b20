"""A nation on one PostgreSQL, or on a distributed one: an académie is a schema, and no query leaves its own.

The schema is the distribution key (docs/echelle.md): every table, hence every unique key and every join, is inside one.
Each query that the commands run is explained by PostgreSQL itself, which says of which schema its tables are.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.turn import Turn, one_at_a_time
from tests.ledger import real_chain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
_EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def of(dsn: str, academie: str) -> str:
    """Make a schema in a database, and return the DSN of a ledger in it."""
    engine = sa.create_engine(dsn)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(academie))
    engine.dispose()
    inside = sa.make_url(dsn).update_query_dict({"options": f"-csearch_path={academie}"})
    return inside.render_as_string(hide_password=False)


def relations(plan: Any) -> Iterator[tuple[str, str]]:
    """Yield the schema and the name of every table of a plan."""
    if isinstance(plan, dict):
        if "Relation Name" in plan:
            yield plan["Schema"], plan["Relation Name"]
        plan = list(plan.values())
    if isinstance(plan, list):
        for part in plan:
            yield from relations(part)


@contextmanager
def explained() -> Iterator[set[tuple[str, str]]]:
    """Have every query of every connection explained before it is run; yield the tables met so far."""
    met: set[tuple[str, str]] = set()

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith(_EXPLAINED) and "sqlite" not in str(cursor):
            cursor.execute(f"EXPLAIN (VERBOSE, FORMAT JSON) {statement}", parameters[0] if many else parameters)
            met.update(relations(cursor.fetchone()[0]))

    sa.event.listen(sa.Engine, "before_cursor_execute", explain)
    try:
        yield met
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", explain)


@pytest.mark.postgresql
def test_no_query_leaves_the_schema_of_its_academie(postgresql_database: str, tmp_path: Path) -> None:
    lyon, nantes = of(postgresql_database, "ac_lyon"), of(postgresql_database, "ac_nantes")
    with explained() as met:
        with closing(real_chain.prepare(tmp_path, lyon)):
            real_chain.run(tmp_path, "collecter", "--fichier", str(real_chain.CAPTURES[0]))
        real_chain.run(tmp_path, "rapprocher")
        real_chain.run(tmp_path, "rapport", "circonscription", "0693456G", "--annee", "2026-2027", "--format", "json")
        said = json.loads(real_chain.run(tmp_path, "diagnostiquer", "--registre", "--json"))
    assert {one["niveau"] for one in said["constats"]} == {"ok"}
    tables = {table for place, table in met if place == "ac_lyon"}
    assert {place for place, _ in met} - {"pg_catalog", "pg_temp"} == {"ac_lyon"}
    assert {"evidence", "resolution", "line_2026_2027", "balance", "teacher", "pending"} <= tables
    with closing(open_ledger(nantes)) as other, other.read() as connection:
        assert not any(
            connection.scalar(sa.select(sa.exists(table.select()))) for table in schema.metadata.sorted_tables
        )


@pytest.mark.postgresql
def test_two_academies_of_one_database_have_their_nights_at_once(postgresql_database: str, tmp_path: Path) -> None:
    turn = Turn("nuit", "Une nuit est déjà en cours", "Attendez sa fin.")
    with (
        closing(open_ledger(of(postgresql_database, "ac_lyon"))) as first,
        closing(open_ledger(of(postgresql_database, "ac_nantes"))) as second,
        one_at_a_time(turn, tmp_path / "lyon", first, NOW, "cron"),
        one_at_a_time(turn, tmp_path / "nantes", second, NOW, "cron"),
    ):
        pass


def test_no_table_names_a_schema_and_no_reference_leaves_the_ledger() -> None:
    for table in schema.metadata.sorted_tables:
        assert table.schema is None
        assert all(key.column.table.metadata is schema.metadata for key in table.foreign_keys)


def test_evidence_could_not_be_spread_by_teacher() -> None:
    """Why the key is no column: what is large has no teacher in its key, and evidence none at all before it is read."""
    keyed = {table.name for table in schema.metadata.sorted_tables if "teacher_id" in table.primary_key.columns}
    assert {"line", "balance", "touched"} <= keyed
    assert not {"evidence", "resolution", "pending", "teacher", "service", "mailbox"} & keyed
    assert "teacher_id" not in schema.evidence.c
