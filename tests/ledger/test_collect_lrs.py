"""Collecting from an LRS, page by page: nothing lost, nothing twice, whatever it does."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from connector.errors import RetriableError
from connector.ledger import schema
from connector.ledger.collect import collect_lrs
from connector.ledger.ingest import Tally, ingest
from connector.ledger.queue import entries
from tests.ledger.kit import ANNE, SECOND, T0, completed, mbox, received
from tests.xapi.fake_lrs import ADDRESS, FakeLrs, client, unspoilt
from xapi.bookmark import Bookmark
from xapi.instants import format_us

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

VIEWED = {"verb": {"id": "http://id.tincanapi.com/verb/viewed"}, "context": {}}


def stored(number: int, second: int, **said: Any) -> dict[str, Any]:
    times = {"id": str(UUID(int=number)), "stored": format_us(T0 + second * SECOND)}
    return completed(mbox(f"p{number}@ac-exemple.fr"), at=-60) | times | said


def collect(ledger: Ledger) -> Tally:
    tally = Tally()
    with closing(client()) as opened:
        collect_lrs(ledger, opened, ADDRESS, tally)
    return tally


def number(ledger: Ledger, table: sa.Table) -> int:
    with ledger.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def bookmark(ledger: Ledger) -> Bookmark:
    with ledger.read() as connection:
        return Bookmark.from_json(connection.scalar(sa.select(schema.bookmark.c.body)) or "")


def dropped(ledger: Ledger) -> dict[str, int]:
    with ledger.read() as connection:
        rows = connection.execute(sa.select(schema.dropped.c.kind, schema.dropped.c["count"].label("number")))
        return {row.kind: row.number for row in rows}


def test_pages_and_the_place_where_to_resume_are_kept_together(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(stored(1, 0), stored(2, 10), stored(3, 20))
    fake_lrs.page = 2
    assert collect(ledger).evidence == 3
    assert bookmark(ledger).stored_us == T0 + 20 * SECOND


def test_a_reading_cut_short_resumes_and_ends_in_the_same_ledger(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(stored(1, 0), stored(2, 10), stored(3, 20))
    fake_lrs.page = 2
    fake_lrs.spoil = lambda request, reply: (503, {}, b"") if "more=" in str(request.url) else reply
    with pytest.raises(RetriableError, match="ne répond pas"):
        collect(ledger)
    assert (number(ledger, schema.evidence), bookmark(ledger).stored_us) == (2, T0 + 10 * SECOND)
    fake_lrs.spoil = unspoilt
    tally = collect(ledger)
    assert (tally.known, tally.evidence, number(ledger, schema.evidence)) == (2, 1, 3)
    assert "since" in fake_lrs.readings()[-1]


def test_what_the_overlap_brings_again_is_not_counted_again(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(stored(1, 0, **VIEWED), stored(2, 10))
    collect(ledger)
    fake_lrs.hold(stored(3, 20, **VIEWED))
    tally = collect(ledger)
    assert (tally.known, tally.dropped.total()) == (1, 1)
    assert dropped(ledger) == {"http://id.tincanapi.com/verb/viewed": 2}


def test_what_was_stored_within_the_second_of_the_reading_is_counted_once(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.now_us = T0
    fake_lrs.hold(stored(1, 0, **VIEWED) | {"stored": format_us(T0 + SECOND // 2)})
    collect(ledger)
    assert bookmark(ledger).stored_us == T0
    assert collect(ledger).dropped.total() == 0
    assert dropped(ledger) == {"http://id.tincanapi.com/verb/viewed": 1}


def test_the_journal_says_which_bytes_were_read_of_an_lrs(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    held = [stored(1, 0), stored(2, 10, **VIEWED), {"verb": 3}]
    fake_lrs.hold(*held)
    collect(ledger)
    with ledger.read() as connection:
        (entry,) = connection.execute(sa.select(schema.journal)).all()
    said = b"".join(json.dumps(one).encode() + b"\n" for one in sorted(held, key=lambda one: str(one.get("stored"))))
    assert (entry.action, entry.subject) == ("collecte.lrs", ADDRESS)
    assert (entry.detail["sha256"], entry.detail["octets"]) == (hashlib.sha256(said).hexdigest(), len(said))
    assert (entry.detail["nouvelles"], entry.detail["autres"], entry.detail["illisibles"]) == (1, 1, 1)


def test_nothing_to_read_is_nothing_to_journal(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    assert collect(ledger) == Tally()
    assert fake_lrs.asked
    assert number(ledger, schema.journal) == 0


def test_a_bad_statement_costs_neither_its_page_nor_the_cursor(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(stored(1, 0), {"verb": 3}, stored(2, 10))
    tally = collect(ledger)
    assert (tally.evidence, tally.unreadable) == (2, 1)
    with ledger.read() as connection:
        assert connection.scalars(sa.select(schema.rejected.c.reason)).all() == ["verb"]


def test_a_control_character_costs_its_statement_only(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(stored(1, 0), stored(2, 5, **completed(mbox("an\0ne@ac-exemple.fr"))), stored(3, 10))
    tally = collect(ledger)
    assert (tally.evidence, tally.unreadable) == (2, 1)
    with ledger.read() as connection:
        assert [entry.reason for entry in entries(connection)].count("illisible") == 1


def test_a_statement_that_an_lrs_gives_without_id_or_stored_is_known_again(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(completed(mbox(ANNE)))
    assert [collect(ledger).evidence, collect(ledger).evidence] == [1, 0]
    assert bookmark(ledger).stored_us is None


def test_a_known_id_with_another_content_is_set_aside(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(stored(1, 0), stored(1, 5, result={"completion": False}))
    tally = collect(ledger)
    assert (tally.evidence, tally.conflicts) == (1, 1)
    with ledger.read() as connection:
        assert ("conflit", f"{ADDRESS} : {UUID(int=1)}", 1) in [entry[:3] for entry in entries(connection)]
        assert connection.scalars(sa.select(schema.evidence.c.state)).all() == ["done"]


def test_a_conflict_that_the_overlap_brings_again_is_no_new_one(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(stored(1, 0), stored(1, 5, result={"completion": False}), {"verb": 3})
    first, again = collect(ledger), collect(ledger)
    assert (first.conflicts, first.unreadable) == (1, 1)
    assert (again.conflicts, again.unreadable, again.known) == (0, 0, 1)


def test_the_same_fact_from_a_second_lrs_is_known(ledger: Ledger, fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(stored(1, 0))
    collect(ledger)
    other = stored(1, 7, authority={"mbox": "mailto:lrs@exemple.fr"}, version="1.0.3")
    with ledger.write() as connection:
        again = received(other, "x")._replace(id=UUID(int=1))
        assert ingest(connection, "https://autre.exemple.fr", [again], seen_us=T0).known == 1
