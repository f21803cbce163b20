"""A nation on one PostgreSQL, or on a distributed one: an académie is a schema, and no query leaves its own.

The schema is the distribution key (docs/echelle.md): every table, hence every unique key and every join, is inside one.
Each query that the commands, the night and the pages run is explained by PostgreSQL itself, which says of which schema
its tables are; whatever is no query is one of a few things, named here, that name no schema.
"""

from __future__ import annotations

import json
import re
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.instants import now_us
from connector.ledger.turn import Turn, one_at_a_time
from connector.tableau import accompaniment, doors, entering, needs, people, sessions, sheets
from connector.tableau.app import create_app
from connector.tableau.place import Place
from tests.ledger import real_chain
from xapi.lrs.serve import serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
_EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_UNEXPLAINED = {
    "CREATE TEMPORARY TABLE": "rows put aside by one connection",
    "DROP TABLE": "the same, once they were read",
    "ANALYZE": "of those, or of what is pending",
    "SET LOCAL": "how this transaction is planned",
    "SET TRANSACTION": "what it sees",
    "CREATE TABLE line_": "the part of a school year",
    "SAVEPOINT": "a part of a transaction",
    "ROLLBACK TO SAVEPOINT": "the same",
    "RELEASE SAVEPOINT": "the same",
}
"""What PostgreSQL does not explain, and what it is for: none of it names a schema."""
_NAMED_SCHEMA = re.compile(r'\b[a-z_]\w*"?\."?[a-z_]')
_FILLED = {
    "identifiant": "M0003", "code": "CALCMENT-2026-S1", "form": "csv", "qui": "M0003", "numero": "1",
    "activite": "a", "creneau": "c",
}  # fmt: skip


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


class Met:
    """The tables of the queries that were explained, by schema and name, and what else was asked."""

    def __init__(self) -> None:
        self.tables: set[tuple[str, str]] = set()
        self.others: set[str] = set()


@contextmanager
def explained() -> Iterator[Met]:
    """Have every query of every connection explained before it is run; yield what was met so far."""
    met = Met()

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if "sqlite" in str(cursor):
            return
        if statement.lstrip().upper().startswith(_EXPLAINED):
            cursor.execute(f"EXPLAIN (VERBOSE, FORMAT JSON) {statement}", parameters[0] if many else parameters)
            met.tables.update(relations(cursor.fetchone()[0]))
        else:
            met.others.add(" ".join(statement.split()))

    sa.event.listen(sa.Engine, "before_cursor_execute", explain)
    try:
        yield met
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", explain)


def visit(folder: Path, dsn: str) -> dict[str, int]:
    """Have an operator open every page that is read; return what each answered. Papers are those of the same pages."""
    read = [
        path
        for module in (entering, people, sessions, sheets, accompaniment, needs)
        for method, path, _page in module.PAGES
        if method == "GET" and not path.endswith(".pdf")
    ]
    with closing(open_ledger(dsn)) as ledger, requests.Session() as browser:
        with ledger.write() as connection:
            browser.cookies.set("parcours", doors.open_session(connection, "operateur", now_us()))
        with serve_in_thread(create_app(Place(folder, ledger, "http://tableau.example"))) as url:
            year = {"annee": "2026-2027"}
            return {
                path: browser.get(
                    url + path.format(**_FILLED), params=year, allow_redirects=False, timeout=60
                ).status_code
                for path in read
            }


@pytest.mark.postgresql
def test_no_query_leaves_the_schema_of_its_academie(postgresql_database: str, tmp_path: Path) -> None:
    lyon, nantes = of(postgresql_database, "ac_lyon"), of(postgresql_database, "ac_nantes")
    open_ledger(lyon).close()
    with explained() as met:
        with closing(real_chain.prepare(tmp_path, lyon)):
            real_chain.run(tmp_path, "collecter", "--fichier", str(real_chain.CAPTURES[0]))
        with (tmp_path / "parcours.toml").open("a", encoding="utf-8") as file:
            file.write('[[acces]]\nidentifiant = "operateur"\nrole = "operateur"\n')
        real_chain.run(tmp_path, "nuit")
        real_chain.run(tmp_path, "rapprocher", "--complet")
        said = json.loads(real_chain.run(tmp_path, "diagnostiquer", "--registre", "--json"))
        answered = visit(tmp_path, lyon)
    assert {one["niveau"] for one in said["constats"]} == {"ok"}
    assert {path for path, code in answered.items() if code == 200} >= {
        "/enseignants", "/enseignants.{form}", "/enseignants/{identifiant}", "/sessions", "/sessions/{code}",
        "/sessions/{code}/rapport.{form}", "/besoins",
    }  # fmt: skip
    assert not [path for path, code in answered.items() if code >= 500]
    assert answered["/besoins.{form}"] == 422, "no need was entered"
    tables = {table for place, table in met.tables if place == "ac_lyon"}
    assert {place for place, _ in met.tables} - {"pg_catalog", "pg_temp"} == {"ac_lyon"}
    assert {"evidence", "resolution", "line_2026_2027", "balance", "teacher", "pending", "web_session"} <= tables
    assert not {one for one in met.others if not one.startswith(tuple(_UNEXPLAINED))}
    assert not {one for one in met.others if _NAMED_SCHEMA.search(one.split("'")[0])}
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
