"""Which statements each filter finds, at the store's door on each database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from xapi import schema, vocabulary
from xapi.index import index_stored
from xapi.lrs.clients import Client
from xapi.lrs.exchange import Call
from xapi.lrs.statements import StatementsResource
from xapi.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Make


LEA = {"mbox": "mailto:lea.martin@ac-exemple.fr"}
TOM = {"account": {"homePage": "https://moodle.exemple.fr", "name": "7"}}
GROUP = {"objectType": "Group", "name": "CM2", "member": [LEA, TOM]}
REGISTRATION = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
VIEWED = {"id": "http://id.tincanapi.com/verb/viewed"}


def name(rank: int) -> str:
    return str(UUID(int=rank + 1))


@pytest.fixture
def ask(store: Store) -> Callable[..., Any]:
    """Post statements, numbered from 0 in `id`, or ask which numbers a question finds, oldest first."""
    resource = StatementsResource(store, "/xAPI/statements")

    def call(*statements: dict[str, Any], client: Client = Client("essai"), **asked: Any) -> list[int]:  # noqa: B008
        if statements:
            headers = {"content-type": "application/json"}
            body = json.dumps(list(statements)).encode()
            assert resource.answer(Call("POST", {}, headers, body, client)).status == 200
            return []
        asked = {key: value if isinstance(value, str) else json.dumps(value) for key, value in asked.items()}
        reply = resource.answer(Call("GET", {"ascending": "true", **asked}, {}, b"", client))
        assert reply.status == 200, reply.body
        return [UUID(said["id"]).int - 1 for said in json.loads(reply.body)["statements"]]

    return call


def test_each_filter_finds_its_own(ask: Callable[..., Any], make: Make) -> None:
    course = {"id": "https://moodle.exemple.fr/course/view.php?id=3"}
    sub = {"objectType": "SubStatement", "actor": TOM, "verb": VIEWED, "object": course}
    ask(
        make(id=name(0)),
        make(id=name(1), actor=TOM, verb=VIEWED),
        make(id=name(2), actor=GROUP),
        make(id=name(3), actor=TOM, object={"objectType": "Agent", **LEA}),
        make(id=name(4), actor=TOM, context={"instructor": LEA, "registration": REGISTRATION.upper()}),
        make(id=name(5), actor=TOM, context={"contextActivities": {"parent": course}}),
        make(id=name(6), object=sub),
        make(id=name(7), object=course, actor=TOM),
    )
    page = "https://moodle.exemple.fr/mod/page/view.php?id=12"
    assert ask(agent=LEA) == [0, 2, 3, 6]
    assert ask(agent=LEA | {"name": "Léa", "objectType": "Agent"}) == [0, 2, 3, 6]
    assert ask(agent=LEA, related_agents="true") == [0, 2, 3, 4, 6]
    assert ask(agent=TOM) == [1, 2, 3, 4, 5, 7]
    assert ask(agent=TOM, related_agents="true") == [1, 2, 3, 4, 5, 6, 7]
    assert ask(agent={"mbox": "mailto:LEA.martin@ac-exemple.fr"}) == []
    assert ask(verb=VIEWED["id"]) == [1]
    assert ask(activity=course["id"]) == [7]
    assert ask(activity=course["id"], related_activities="true") == [5, 6, 7]
    assert ask(activity=page) == [0, 1, 2, 4, 5]
    assert ask(registration=REGISTRATION) == [4]
    assert ask(agent=TOM, verb=VIEWED["id"], activity=page) == [1]
    assert ask(agent=LEA, verb=VIEWED["id"]) == []


def test_filters_page_like_everything_else(store: Store, ask: Callable[..., Any], make: Make) -> None:
    ask(*(make(id=name(rank), actor=LEA if rank % 3 else TOM) for rank in range(12)))
    resource = StatementsResource(store, "/xAPI/statements")
    found, parameters = [], {"agent": json.dumps(LEA), "limit": "3"}
    while parameters:
        page = json.loads(resource.answer(Call("GET", parameters, {}, b"", Client("essai"))).body)
        found += [UUID(said["id"]).int - 1 for said in page["statements"]]
        parameters = {"more": page["more"].partition("more=")[2]} if page["more"] else {}
    assert found == [11, 10, 8, 7, 5, 4, 2, 1]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]])
def test_what_refers_to_a_statement_is_found_with_it_whichever_came_first(
    ask: Callable[..., Any], make: Make, order: list[int]
) -> None:
    """xAPI 1.0.3, part 3, 2.1.4: through any number of references, and circles end."""
    facts = [
        make(id=name(0), actor=LEA, verb=VIEWED),
        make(id=name(1), actor=TOM, object={"objectType": "StatementRef", "id": name(0)}),
        make(id=name(2), actor=TOM, object={"objectType": "StatementRef", "id": name(1)}),
    ]
    for rank in order:
        ask(facts[rank])
    assert sorted(ask(agent=LEA)) == sorted(ask(verb=VIEWED["id"])) == [0, 1, 2]
    assert sorted(ask(agent=TOM)) == [1, 2]


def test_statements_that_refer_to_each_other(ask: Callable[..., Any], make: Make) -> None:
    for here, there, actor in ((0, 1, LEA), (1, 0, TOM)):
        ask(make(id=name(here), actor=actor, object={"objectType": "StatementRef", "id": name(there)}))
    assert ask(agent=LEA) == ask(agent=TOM) == [0, 1]


def test_a_voided_statement_is_not_found_and_its_void_is(ask: Callable[..., Any], make: Make) -> None:
    void = {"id": vocabulary.VOIDED}
    ask(make(id=name(0)), make(id=name(1), actor=TOM, verb=void, object={"objectType": "StatementRef", "id": name(0)}))
    assert ask(agent=LEA) == [1]


def test_who_may_read_their_own_only_reads_their_own(store: Store, ask: Callable[..., Any], make: Make) -> None:
    mine = Client("tablette", frozenset({"statements/write", "statements/read/mine"}))
    ask(make(id=name(0)))
    ask(make(id=name(1)), client=mine)
    assert ask(client=mine) == ask(client=mine, agent=LEA) == [1]
    assert ask() == [0, 1]
    resource = StatementsResource(store, "/xAPI/statements")
    statuses = [resource.answer(Call("GET", {"statementId": name(rank)}, {}, b"", mine)).status for rank in range(2)]
    assert statuses == [404, 200]


def test_scopes(store: Store, make: Make) -> None:
    resource = StatementsResource(store, "/xAPI/statements")
    headers, body = {"content-type": "application/json"}, json.dumps(make()).encode()
    expected = {
        "all": (200, 200),
        "all/read": (403, 200),
        "statements/read": (403, 200),
        "statements/write": (200, 403),
    }
    for scope, statuses in expected.items():
        client = Client("x", frozenset({scope}))
        sent = resource.answer(Call("POST", {}, headers, body, client))
        read = resource.answer(Call("GET", {}, {}, b"", client))
        assert (sent.status, read.status) == statuses, scope


def test_a_page_by_filter_reads_its_index_and_not_the_statements(sqlite_store: Store) -> None:
    """Negative control: without the index, the plan scans."""
    asked: list[str] = []
    sa.event.listen(sqlite_store.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    sqlite_store.page(ascending=True, limit=5, keys=[bytes(16), b"x" * 16], after_us=0)
    query = next(sql for sql in asked if "found" in sql)
    with sqlite_store.database.read() as connection:
        plan = [
            row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (bytes(16), b"x" * 16, 0, 5, 0))
        ]
    assert plan[0] == "SEARCH found USING PRIMARY KEY (key=? AND stored_us>?)"
    assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step]


def test_a_store_of_before_filters_is_indexed_when_opened(dsn: str, make: Make) -> None:
    """The bodies say everything: what was derived is lost, migrated back, and found again."""

    store = Store.open(dsn)
    resource = StatementsResource(store, "/xAPI/statements")
    reference = make(actor=TOM, object={"objectType": "StatementRef", "id": name(0)})
    body = json.dumps([reference, make(id=name(0))]).encode()
    resource.answer(Call("POST", {}, {"content-type": "application/json"}, body, Client("essai")))
    tables = (schema.statement_key, schema.activity)

    def derived() -> list[Any]:
        with store.database.read() as connection:
            refers = connection.execute(sa.select(schema.statement.c.refers).order_by("stored_us")).all()
            return [refers, *(sorted(map(tuple, connection.execute(sa.select(table)))) for table in tables)]

    before = derived()
    with store.database.write() as connection:
        for table in tables:
            connection.execute(sa.delete(table))
        connection.execute(sa.update(schema.statement).values(refers=None))
    assert derived() != before
    with store.database.write() as connection:
        index_stored(connection)
    assert derived() == before
    store.close()
