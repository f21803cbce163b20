"""Whether the embedded LRS gets slower as it fills.

`python -m benchmarks.lrs_pages --petite DSN --grande DSN [--declarations 1000000]`, on two empty databases, filled
through the statements resource; the large one, from 50 000 on, with copies made inside the database. The figure is a
ratio inside one run: each page of 500 in the large one, to the same page in the small one of 10 000. Who is asked for
has every seventh statement, so that the page is full in both. The two are asked in turn, now one first and now the
other, and the ratio is the median of those of each turn, which the machine's other work slows alike. `--remplies` asks
the databases of an earlier run again. Printed as JSON, and written with `--sortie`.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import statistics
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from xapi import schema
from xapi.lrs.app import PREFIX
from xapi.lrs.clients import Client
from xapi.lrs.exchange import Call
from xapi.lrs.statements import StatementsResource
from xapi.store import Store

MOST = 1.5
"""A page takes at most this many times what it took at 10 000 statements."""

_FIRST = 10_000
_SENT = 50_000
_BATCH = 5000
_PAGE = 500
_TURNS = 300
_SITE = "https://moodle.exemple.fr"
_BUSY = 7  # the person, activity, course and registration asked for have one statement in so many
_REGISTRATION = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
_COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
_LEA = {"objectType": "Agent", "account": {"homePage": _SITE, "name": "1"}}
_ASKED = {
    "toutes": {},
    "croissantes": {"ascending": "true"},
    "personne": {"agent": json.dumps(_LEA)},
    "personne, au sens large": {"agent": json.dumps(_LEA), "related_agents": "true", "ascending": "true"},
    "verbe": {"verb": _COMPLETED},
    "activité": {"activity": f"{_SITE}/mod/page/view.php?id=1"},
    "cours": {"activity": f"{_SITE}/course/view.php?id=1", "related_activities": "true"},
    "inscription": {"registration": _REGISTRATION, "ascending": "true"},
    "personne et verbe": {"agent": json.dumps(_LEA), "verb": _COMPLETED},
    "depuis un instant": {"ascending": "true"},
}


def _statement(rank: int, chance: random.Random) -> dict[str, Any]:
    """One completion; every seventh is Léa's, of page 1 in course 1."""
    busy = rank % _BUSY == 0
    person = 1 if busy else chance.randrange(2, 33_000)
    activity = 1 if busy else chance.randrange(2, 3_000)
    course = 1 if busy else activity % 300 + 2
    registration = UUID(int=chance.getrandbits(128), version=4)
    return {
        "actor": {
            "objectType": "Agent",
            "name": f"Personne {person}",
            "account": {"homePage": _SITE, "name": str(person)},
        },
        "verb": {
            "id": _COMPLETED if busy or rank % 5 else "http://id.tincanapi.com/verb/viewed",
            "display": {"fr": "a terminé"},
        },
        "object": {
            "objectType": "Activity",
            "id": f"{_SITE}/mod/page/view.php?id={activity}",
            "definition": {"name": {"fr": f"Page {activity}"}, "type": "http://id.tincanapi.com/activitytype/page"},
        },
        "context": {
            "platform": "Moodle",
            "registration": _REGISTRATION if busy else str(registration),
            "contextActivities": {
                "parent": [{"id": f"{_SITE}/course/view.php?id={course}", "definition": {"name": {"fr": "Cours"}}}],
                "grouping": [{"id": _SITE}],
            },
            "extensions": {"https://exemple.fr/texte": "x" * 400},
        },
        "timestamp": "2026-10-07T12:00:00.000Z",
    }


def _fill(resource: StatementsResource, total: int) -> None:
    chance = random.Random(total)  # noqa: S311 - the same statements each time
    for first in range(0, total, _BATCH):
        batch = [_statement(rank, chance) for rank in range(first, min(first + _BATCH, total))]
        call = Call("POST", {}, {"content-type": "application/json"}, msgspec.json.encode(batch), Client("mesure"))
        reply = resource.answer(call)
        if reply.status != 200:
            raise SystemExit(reply.body.decode())


def _multiply(store: Store, times: int) -> None:
    """Store everything again under new ids, so many times in all, each time after what is there."""
    one, two = schema.statement, schema.statement_key
    with store.database.read() as connection:
        first, last = connection.execute(sa.select(sa.func.min(one.c.stored_us), sa.func.max(one.c.stored_us))).one()
    postgresql = store.database.engine.dialect.name == "postgresql"
    new_id = sa.func.gen_random_uuid() if postgresql else sa.func.lower(sa.func.hex(sa.func.randomblob(16)))
    for rank in range(1, times):
        shift = rank * (last - first + 1)
        others = [column for column in one.c if column is not one.c.stored_us]
        later = [new_id if column is one.c.statement_id else column for column in others]
        statements = sa.select(one.c.stored_us + shift, *later).where(one.c.stored_us <= last)
        keys = sa.select(two.c.key, two.c.stored_us + shift).where(two.c.stored_us <= last).order_by(two.c.key)
        with store.database.write() as connection:
            names = ["stored_us", *(column.name for column in others)]
            connection.execute(sa.insert(one).from_select(names, statements))
            connection.execute(sa.insert(two).from_select(["key", "stored_us"], keys))
            connection.execute(sa.update(schema.clock).values(last_stored_us=last + shift))


def _page(resource: StatementsResource, parameters: dict[str, str]) -> float:
    """Ask for one full page; return how many milliseconds it took."""
    began = time.perf_counter()
    reply = resource.answer(Call("GET", {**parameters, "limit": str(_PAGE)}, {}, b"", Client("mesure")))
    took = (time.perf_counter() - began) * 1000
    if len(msgspec.json.decode(reply.body)["statements"]) != _PAGE:
        raise SystemExit(f"{parameters} : la page n'est pas pleine")
    return took


def _since(resource: StatementsResource) -> str:
    """An instant with 300 statements before it."""
    call = Call("GET", {"ascending": "true", "limit": "300"}, {}, b"", Client("mesure"))
    return str(msgspec.json.decode(resource.answer(call).body)["statements"][-1]["stored"])


def fill(small: Store, large: Store, total: int) -> None:
    """Fill both, and let both settle."""
    _fill(StatementsResource(small, PREFIX), _FIRST)
    _fill(StatementsResource(large, PREFIX), _SENT)
    _multiply(large, total // _SENT)
    for store in (small, large):
        _settle(store)


def measure(small: Store, large: Store, total: int) -> dict[str, Any]:
    """Ask both, in turn."""
    stores = {_FIRST: small, total: large}
    resources = {size: StatementsResource(store, f"{PREFIX}/statements") for size, store in stores.items()}
    since = {size: _since(resource) for size, resource in resources.items()}
    turns: dict[str, list[dict[int, float]]] = {name: [] for name in _ASKED}
    for rank in range(_TURNS):
        order = sorted(resources, reverse=bool(rank % 2))
        for name, asked in _ASKED.items():
            more = {size: {"since": since[size]} if name == "depuis un instant" else {} for size in order}
            turns[name].append({size: _page(resources[size], asked | more[size]) for size in order})
    return {
        "base": _version(large),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "declarations": [_FIRST, total],
        "tours": _TURNS,
        "page_ms": {
            name: [round(statistics.median(turn[size] for turn in taken), 2) for size in resources]
            for name, taken in turns.items()
        },
        "rapport": {
            name: round(statistics.median(turn[total] / turn[_FIRST] for turn in taken), 2)
            for name, taken in turns.items()
        },
    }


def _settle(store: Store) -> None:
    """What a database does by itself after a while: statistics, and the log written back."""
    with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        postgresql = connection.dialect.name == "postgresql"
        connection.exec_driver_sql("VACUUM ANALYZE" if postgresql else "PRAGMA wal_checkpoint(TRUNCATE)")


def _version(store: Store) -> str:
    name = store.database.engine.dialect.name
    query = "SHOW server_version" if name == "postgresql" else "SELECT sqlite_version()"
    with store.database.read() as connection:
        return f"{name} {str(connection.scalar(sa.text(query))).split()[0]}"


def main() -> int:
    """Measure and say; 1 where a ratio is above its bound."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--petite", required=True, metavar="DSN")
    arguments.add_argument("--grande", required=True, metavar="DSN")
    arguments.add_argument("--declarations", type=int, default=1_000_000)
    arguments.add_argument("--remplies", action="store_true", help="databases of an earlier run")
    arguments.add_argument("--sortie", type=Path)
    given = arguments.parse_args()
    with closing(Store.open(given.petite)) as small, closing(Store.open(given.grande)) as large:
        if not given.remplies:
            fill(small, large, given.declarations)
        found = measure(small, large, given.declarations)
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    print(text, end="")
    if given.sortie:
        given.sortie.write_text(text, encoding="utf-8")
    return int(max(found["rapport"].values()) > MOST)


if __name__ == "__main__":
    raise SystemExit(main())
