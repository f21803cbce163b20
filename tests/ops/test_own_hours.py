"""Teachers' own hours, brought to Moodle by the night: theirs, what changed, and what they contest in return."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.ledger.db import open_ledger
from connector.ledger.schema import balance, contestation, line, mailbox, teacher
from connector.moodle.figures import FIGURES
from tests.terminal import StageTerminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ops.demo.stage import Stage

NOTHING = {"releves_apportes": 0, "releves_retires": 0, "contestations": 0}


class Nights(StageTerminal):
    """An installation where a session is published and lived; `night` runs one and returns the step's figures."""

    def __init__(self, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(stage, capsys)
        session = stage.folder / "parcours" / "calcul-mental" / "session.yaml"
        self.run("personnels", "importer", stage.folder / "personnels.csv")
        self.run("publier", session, "--oui")
        self.run("bac-a-sable", "vivre", session)
        self.site = stage.sandbox.site
        self.step = self.night()

    def night(self) -> dict[str, int]:
        self.stage.sandbox.calls.clear()
        self.run("nuit", "--json", "--journal", "json")
        step = next(step for step in json.loads(self.out)["etapes"] if step["nom"] == "mes_heures")
        self.left: list[str] = step["a_voir"]
        figures: dict[str, int] = step["nombres"]
        return figures

    def rows(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with (
            closing(open_ledger(f"sqlite:///{self.folder / 'registre.db'}")) as ledger,
            ledger.read() as connection,
        ):
            return connection.execute(query).all()


def same_teacher(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.teacher_id == mailbox.c.teacher_id


@pytest.fixture
def nights(stage: Stage, capsys: pytest.CaptureFixture[str]) -> Nights:
    return Nights(stage, capsys)


def test_each_account_gets_its_own_hours_once_and_again_when_they_differ(nights: Nights) -> None:
    assert nights.step["releves_apportes"] == len(nights.site.figures) > 0
    whose = sa.select(mailbox.c.email, *balance.c["due_min", "retenu_min", "reste_min", "etat"])
    owed: dict[str, tuple[Any, ...]] = {
        row[0]: tuple(row[1:]) for row in nights.rows(whose.join(balance, same_teacher(balance)))
    }
    sums = sa.select(mailbox.c.email, sa.func.sum(line.c.minutes)).join(line, same_teacher(line))
    done: dict[str, int] = dict(map(tuple, nights.rows(sums.group_by(mailbox.c.email))))
    for userid, held in nights.site.figures.items():
        mine, email = held.figures, nights.site.people[userid].email
        assert (mine.due, mine.kept, mine.left, mine.state) == owed[email]
        assert sum(one.minutes for one in mine.lines) == done.get(email, 0)
    told = " ".join(one.model_dump_json() for one in nights.site.figures.values())
    assert not [row[0] for row in nights.rows(sa.select(teacher.c.identifiant)) if row[0] in told]

    assert nights.night() == NOTHING
    assert nights.stage.sandbox.calls.count(FIGURES) == 1, "it asks what is held, and brings nothing"

    before = {userid: one.fingerprint for userid, one in nights.site.figures.items()}
    stranger = nights.site.add_person("inconnu", "Ana", "Inconnue", "ana.inconnue@ac-exemple.fr").id
    nights.site.figures[stranger] = nights.site.figures.pop(min(before))
    assert nights.night() == {"releves_apportes": 1, "releves_retires": 1, "contestations": 0}
    assert {userid: one.fingerprint for userid, one in nights.site.figures.items()} == before

    nights.stage.sandbox.faults.withheld |= {FIGURES}
    nights.site.figures.clear()
    assert nights.night() == NOTHING
    assert nights.site.figures == {}


def test_what_is_contested_in_moodle_waits_in_the_queue(nights: Nights) -> None:
    mine = next(one for one in nights.site.figures.values() if one.figures.lines)
    row = mine.figures.lines[0]
    nights.site.contestations = [
        {"id": 7, "userid": mine.userid, "code": row.code, "activity": row.activity, "reason": "duree", "at": 0},
        {"id": 8, "userid": mine.userid, "code": row.code, "activity": "inconnue", "reason": "duree", "at": 0},
        {"id": 9, "userid": mine.userid, "code": row.code, "activity": row.activity, "reason": "inventée", "at": 0},
    ]
    assert nights.night() == {"releves_apportes": 1, "releves_retires": 0, "contestations": 1}
    assert nights.left == ["1 ligne contestée dans Moodle : parcours file."]
    [noted] = nights.rows(sa.select(*contestation.c["code", "activity_id", "motif"]))
    assert tuple(noted) == (row.code, row.activity, "duree")
    assert nights.site.contestations == [], "what could not be noted is said once"
    assert nights.site.figures[mine.userid].figures.lines[0].contested
    nights.run("file", "--json")
    assert "ligne_contestee" in nights.out
    assert nights.night()["contestations"] == 0
    assert nights.left == [], "it is for a person once, and waits in the queue"
