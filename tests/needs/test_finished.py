"""Who did all of a session has finished it, whatever their hours count for; who did not, has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.ledger.needs import Wording, put_need, read_needs
from connector.ledger.scope import EVERYTHING
from connector.obligation.reconcile import reconcile
from connector.reports.coverage import read_coverage
from tests.obligation import cases

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger

WORLD = """
personnels: {PAF: , PAF2: , DECOCHE: , DEGRE2: [{degre: 2D, situation: 2D}], DEUX: , RIEN: , DEDANS: }
sessions:
  S1:
    parcours: CALC
    cadre: paf
    participants: {PAF: {}, PAF2: {}, DECOCHE: {}, DEGRE2: {}, RIEN: {}, DEDANS: {cadre: animation}, DEUX: {cadre: pdf}}
    activites: {quiz: 45min distance, lecture: 30min distance, bonus: 10min distance sans crédit}
  S2: {parcours: CALC, version: '1.1', participants: [DEUX], activites: {quiz: 1h distance, suite: 1h distance}}
faits:
  - 2026-10-06 10:00 DEUX S1/lecture fait
  - 2026-10-06 11:00 DEUX S2/quiz fait
  - 2026-10-07 11:00 DEUX S1/quiz fait
  - 2026-10-06 10:00 PAF S1/quiz fait
  - 2026-10-06 11:00 PAF S1/lecture fait
  - 2026-10-06 10:00 PAF2 S1/quiz fait
  - 2026-10-06 11:00 PAF2 S1/bonus fait
  - 2026-10-06 10:00 DECOCHE S1/quiz fait
  - 2026-10-06 11:00 DECOCHE S1/lecture fait
  - 2026-10-06 12:00 DECOCHE S1/lecture défait
  - 2026-10-06 10:00 DEGRE2 S1/quiz fait
  - 2026-10-06 11:00 DEGRE2 S1/lecture fait
  - 2026-10-06 10:00 DEDANS S1/quiz fait
  - 2026-10-06 11:00 DEDANS S1/lecture fait
attendu: {}
"""


def test_who_did_all_has_finished_whatever_it_counts_for(ledger: Ledger, tmp_path: Path) -> None:
    case = tmp_path / "paf.yaml"
    case.write_text(WORLD, "utf-8")
    world = cases.read(case).world
    with ledger.write() as connection:
        world.write(connection)
        reconcile(connection, world.local, world.year)
        put_need(
            connection, Wording(str(world.year), "0690001B", cases.CIRCONSCRIPTION, "C2", "mathématiques"), "ien", 1
        )
        needs = read_needs(connection, EVERYTHING, str(world.year))
        only_s1 = {needs[0].numero: {"26_ACA10_CALC"}}
        (found,) = read_coverage(connection, EVERYTHING, str(world.year), needs, only_s1)
    assert {one.identifiant: one.etat for one in found.people} == {
        "PAF": "fini", "DEGRE2": "fini", "DEDANS": "fini", "DEUX": "fini",
        "PAF2": "inscrit", "DECOCHE": "inscrit", "RIEN": "inscrit",
    }  # fmt: skip
