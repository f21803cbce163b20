"""What a night costs beside everything: `python -m benchmarks.refresh --dsn DSN [--enseignants 33334]`.

On an empty database, filled first by `nation` (not timed): 33 334 teachers and their 2 000 000 statements. The figures
are ratios inside one run, to deriving everything again and reconciling everybody (`rapprocher --complet`), of two
nights of 5 000 new statements collected from a file, resolved, and their teachers reconciled: an evening of ten groups
of thirty, and the worst that can be, each statement of another teacher. With fewer teachers, fewer new statements, in
proportion. Printed as JSON, and written with `--sortie`; the exit code is 1 when one is above its bound.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from benchmarks.nation import ACTIVITIES, YEAR, populate
from connector.ledger import schema
from connector.ledger.collect import collect_file
from connector.ledger.db import open_ledger
from connector.ledger.rebuild import rebuild
from connector.ledger.resolve import settle
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import reconcile
from connector.settings import Settings
from xapi import vocabulary
from xapi.instants import format_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connector.ledger.db import Ledger

MOST = 0.03
NEW, OF_TEACHERS = 5_000, 33_334
_SITE = "https://m.exemple.fr"
_GROUPS, _PER_GROUP = 10, 30
_SECOND = 1_000_000
_LATER_US = 40 * 86_400 * _SECOND
_COURSES = """
INSERT INTO course (site, course_id, code) SELECT '{site}', row_number() OVER (ORDER BY code), code FROM session;
UPDATE evidence SET site = '{site}', course_id = (SELECT c.course_id FROM course c WHERE c.code = {code})
 WHERE kind = 'completion';
UPDATE evidence SET object_id = '{root}slot/' || {code} || '/x' WHERE kind = 'attendance';
INSERT INTO actor (kind, value, site, teacher_id)
 SELECT DISTINCT e.actor_kind, e.actor_value, coalesce(e.site, ''), m.teacher_id
 FROM evidence e JOIN mailbox m ON m.email = e.actor_value
"""
_CODE = "substr(evidence.idnumber, 1, length(evidence.idnumber) - length(evidence.activity_hint) - 1)"


def prepare(ledger: Ledger, teachers: int) -> int:
    """Fill the ledger, each completion in its session's course, each actor known; return how many statements it has."""
    stored = populate(ledger, teachers, noise=True)
    for statement in _COURSES.format(site=_SITE, root=vocabulary.ROOT, code=_CODE).split(";"):
        with ledger.write() as connection:
            connection.exec_driver_sql(statement)
    return stored


def evening(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Yield what ten groups do on one evening in one session each: first views, completions, and pages only seen."""
    rows = _enrolled(ledger, _GROUPS * _PER_GROUP)
    number = 0
    while True:
        for about in rows:
            for activity in range(1, ACTIVITIES):
                for verb in (vocabulary.UNCOMPLETED, vocabulary.COMPLETED, "http://id.tincanapi.com/verb/viewed"):
                    yield _said(number, verb, about, activity, number // 2)
                    number += 1


def scattered(ledger: Ledger, people: int) -> Iterator[dict[str, Any]]:
    """Yield one completion of each of so many people, none of them the same."""
    for number, about in enumerate(_enrolled(ledger, people), 1_000_000):
        yield _said(number, vocabulary.COMPLETED, about, 1, number)


def _enrolled(ledger: Ledger, people: int) -> Sequence[tuple[str, str, int, int]]:
    """Return the first people, once each: e-mail, session, course, and when the session begins."""
    with ledger.read() as connection:
        session, course, participant = schema.session.c, schema.course.c, schema.participant.c
        rows = connection.execute(
            sa.select(participant.email, session.code, course.course_id, session.window_start_us)
            .join_from(schema.participant, schema.session, session.code == participant.code)
            .join(schema.course, course.code == session.code)
            .where(session.code.like("S%-1"))
            .order_by(session.code, participant.email)
            .limit(people)
        ).all()
    return [tuple(row) for row in rows]


def _said(number: int, verb: str, about: tuple[str, str, int, int], activity: int, second: int) -> dict[str, Any]:
    email, code, course_id, start_us = about
    at_us = start_us + _LATER_US + second * _SECOND
    event = vocabulary.EVENT_MODULE_COMPLETION if "tincanapi" not in verb else "\\core\\event\\course_viewed"
    course = {"id": f"{_SITE}/course/view.php?id={course_id}", "definition": {"type": vocabulary.TYPE_COURSE}}
    named = {"extensions": {vocabulary.EXT_EXTERNAL_ID: f"{code}/a{activity}"}}
    return {
        "id": str(UUID(int=(0xBEEF << 112) + number, version=4)),
        "actor": {"mbox": f"mailto:{email}"},
        "verb": {"id": verb},
        "object": {"id": f"{_SITE}/mod/page/view.php?id={number + 1}", "definition": named},
        "timestamp": format_us(at_us),
        "stored": format_us(at_us + number),
        "context": {
            "contextActivities": {"parent": [course]},
            "extensions": {vocabulary.EXT_EVENT_INFO: {"event_name": event}},
        },
    }


def measure(ledger: Ledger, folder: Path, teachers: int) -> dict[str, Any]:
    """Return seconds, counts and the ratio."""
    stored = prepare(ledger, teachers)
    local = LocalRules.of(Settings.load(folder))

    def everything() -> None:
        with ledger.write() as connection:
            rebuild(connection)
            done.append(reconcile(connection, local, YEAR, complete=True))

    def night(file: Path) -> None:
        collect_file(ledger, file)
        with ledger.write() as connection:
            settle(connection)
            done.append(reconcile(connection, local, YEAR))

    done: list[Any] = []
    whole = _timed(everything)
    number = NEW * teachers // OF_TEACHERS
    found = {
        "declarations": stored,
        "enseignants": done[0].teachers,
        "complet_s": round(whole, 2),
        "nouvelles": number,
        "au_plus": MOST,
    }
    for name, said in (("soir", evening(ledger)), ("eparses", scattered(ledger, number))):
        file = folder / f"{name}.jsonl"
        file.write_text("\n".join(json.dumps(one) for one in islice(said, number)), encoding="utf-8")
        new = _timed(partial(night, file))
        told = {"nuit_s": round(new, 2), "enseignants_touches": done[-1].teachers, "rapport": round(new / whole, 4)}
        found[name] = told
    return found


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--enseignants", type=int, default=33_334)
    parser.add_argument("--sortie", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, closing(open_ledger(given.dsn)) as ledger:
        found = measure(ledger, Path(folder), given.enseignants) | {"base": ledger.engine.dialect.name}
    text = json.dumps(found, indent=2)
    print(text)
    if given.sortie:
        (given.sortie / f"refresh-{found['base']}.json").write_text(text + "\n", encoding="utf-8")
    return int(max(found[name]["rapport"] for name in ("soir", "eparses")) > MOST)


if __name__ == "__main__":
    sys.exit(main())
