"""Every golden case, on every database: exactly the lines expected, and the figures expected of the balances."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.ledger import schema
from connector.obligation.reconcile import reconcile
from connector.obligation.rules import regulation
from connector.obligation.wording import hours
from tests.obligation import cases, naive

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger

_WORDS = {"credite": "crédité", "refuse": "refusé", "en_attente": "en attente"}
_FIGURES = {
    "du": "due_min",
    "presence": "presence_min",
    "distance": "distance_min",
    "formation_continue": "formation_continue_min",
    "animation": "animation_min",
    "retenu": "retenu_min",
    "reste": "reste_min",
}
_CODE = re.compile(r"\((\w+)\)\.$")

by_case = pytest.mark.parametrize("path", cases.paths(), ids=lambda path: path.stem)


@by_case
def test_golden_case(path: Path, ledger: Ledger) -> None:
    case = cases.read(path)
    with ledger.write() as connection:
        case.world.write(connection)
        reconcile(connection, case.world.local, case.world.year)
    with ledger.read() as connection:
        lines = read_lines(connection)
        balances = read_balances(connection, str(case.world.year))
    assert {key: written(found) for key, found in lines.items()} == dict(case.lines)
    for who, expected in case.balances.items():
        assert {name: balances[who][name] for name in expected} == dict(expected), who


@by_case
def test_the_naive_evaluator_agrees(path: Path) -> None:
    case = cases.read(path)
    found = naive.lines(case.world)
    assert {f"{who} {code}/{activity}": written(line._asdict()) for (who, code, activity), line in found.items()} == (
        dict(case.lines)
    )


def test_every_reason_of_the_rules_has_its_case() -> None:
    reasons = {word for path in cases.paths() for text in cases.read(path).lines.values() for word in text.split()}
    assert set(regulation().motifs) - {"credite"} <= reasons


def test_cases_are_many_and_say_what_they_show() -> None:
    assert len(cases.paths()) >= 60
    assert all("titre: " in path.read_text("utf-8") for path in cases.paths())


def read_lines(connection: sa.Connection) -> dict[str, Any]:
    query = sa.select(schema.line, schema.teacher.c.identifiant).join(
        schema.teacher, schema.teacher.c.id == schema.line.c.teacher_id
    )
    return {
        f"{row['identifiant']} {row['code']}/{row['activity_id']}": row for row in connection.execute(query).mappings()
    }


def written(row: Any) -> str:
    """Write a line as the cases do: `1:30/3:00 crédité hors_liste`, `0:00/0:45 refusé doublon`."""
    words = [f"{hours(row['minutes'])}/{hours(row['minutes_prevues'])}", _WORDS[row["decision"]], row["motif"]]
    words += [name for name in ("hors_liste", "chevauchement") if row[name] and name != row["motif"]]
    return " ".join(word for word in words if word)


def read_balances(connection: sa.Connection, year: str) -> dict[str, dict[str, Any]]:
    query = sa.select(schema.balance, schema.teacher.c.identifiant).join(schema.teacher)
    return {
        row["identifiant"]: {
            **{name: hours(row[column]) for name, column in _FIGURES.items()},
            "etat": row["etat"],
            "circonscription": row["circonscription"],
            "manques": row["manques"],
            "alertes": [_CODE.search(alert)[1] for alert in row["alertes"]],
        }
        for row in connection.execute(query.where(schema.balance.c.annee_scolaire == year)).mappings()
    }
