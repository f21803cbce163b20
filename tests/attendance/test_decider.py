"""`parcours decider`: who may, for what reason; what it changes, and how it is withdrawn."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.obligation.rules import regulation
from tests.attendance.conftest import CAMILLE, CODE

if TYPE_CHECKING:
    from tests.attendance.conftest import Terminal

WHERE = ("--session", CODE, "--activite", "accueil")


def decide(terminal: Terminal, *options: str, who: str = "E0001") -> dict[str, Any]:
    assert terminal.run("decider", who, *WHERE, *options, "--json") == 0, terminal.err
    done: dict[str, Any] = json.loads(terminal.out)
    return done


def test_a_decision_grants_refuses_and_is_withdrawn(terminal: Terminal) -> None:
    assert decide(terminal, "--accorder", "--motif", "panne_technique")["nouvelles"] == 1
    line = terminal.line("E0001", "accueil")
    assert (line["decision"], line["minutes"] == line["minutes_prevues"], len(line["declarations"])) == (
        "credite",
        True,
        1,
    )
    (detail,) = line["details"]
    assert detail.startswith(f"Accordée par décision de {getpass.getuser()} le ")
    assert detail.endswith("activité faite, panne technique au moment de l'enregistrer (panne_technique).")
    assert decide(terminal, "--refuser", "--motif", "non_realisee", who=CAMILLE)["corrigees"] == 1
    line = terminal.line("E0001", "accueil")
    assert (line["minutes"], line["decision"], line["motif"]) == (0, "refuse", "decision")
    assert line["details"][0].startswith("Refusée par décision de ")
    assert decide(terminal, "--retirer", "--motif", "erreur_de_saisie")["corrigees"] == 1
    assert terminal.run("collecter") == 0
    assert terminal.run("rapprocher", "--annee", "2026-2027") == 0
    assert terminal.run("expliquer", "E0001", "--annee", "2026-2027", "--json") == 0
    assert "accueil" not in {line["activite"] for line in json.loads(terminal.out)["lignes"]}


def test_deciding_twice_is_deciding_once_and_another_reason_replaces_the_first(terminal: Terminal) -> None:
    assert decide(terminal, "--accorder", "--motif", "panne_technique")["nouvelles"] == 1
    assert decide(terminal, "--accorder", "--motif", "panne_technique")["connues"] == 1
    assert decide(terminal, "--accorder", "--motif", "equivalence")["corrigees"] == 1
    assert "equivalence" in terminal.line("E0001", "accueil")["details"][0]


def test_only_what_is_in_force_is_withdrawn(terminal: Terminal) -> None:
    assert decide(terminal, "--retirer", "--motif", "erreur_de_saisie")["connues"] == 1
    decide(terminal, "--accorder", "--motif", "equivalence")
    arguments = ("decider", "E0001", *WHERE, "--refuser", "--retirer", "--motif", "erreur_de_saisie")
    assert terminal.run(*arguments) == 1
    assert "Aucune décision en vigueur n'est à retirer" in terminal.err
    assert decide(terminal, "--accorder", "--retirer", "--motif", "erreur_de_saisie")["corrigees"] == 1


def test_every_decision_is_journalled_with_its_author(terminal: Terminal) -> None:
    decide(terminal, "--accorder", "--motif", "equivalence")
    ledger = open_ledger(f"sqlite:///{terminal.stage.folder}/registre.db")
    with ledger.read() as connection:
        row = connection.execute(sa.select(schema.journal).where(schema.journal.c.action == "decision.accorder")).one()
    ledger.close()
    assert (row.author, row.subject) == (getpass.getuser(), "E0001")
    assert row.detail == {"ligne": f"{CODE}/accueil", "motif": "equivalence", "nouvelles": 1, "corrigees": 0}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("E0001", *WHERE, "--motif", "equivalence"), "Il manque la décision."),
        (
            ("E0001", *WHERE, "--accorder", "--motif", "maladie"),
            "n'est pas de la liste. Motifs admis\u00a0: emargement",
        ),
        (
            ("E0001", *WHERE, "--refuser", "--motif", "panne_technique"),
            "ne sert pas à refuser. Pour cela\u00a0: erreur",
        ),
        (("E9", *WHERE, "--accorder", "--motif", "equivalence"), "«\u00a0E9\u00a0» n'est ni un identifiant"),
        (
            ("E0001", "--session", CODE, "--activite", "rien", "--accorder", "--motif", "equivalence"),
            "n'est pas une activité de CM-69L4-2026A",
        ),
        (
            ("E0001", "--session", CODE, "--activite", "en-classe", "--accorder", "--motif", "equivalence"),
            "ne compte pas dans les heures du parcours",
        ),
        (("E0001", "--session", "X", "--activite", "a", "--accorder", "--motif", "equivalence"), "n'est pas connue"),
    ],
)
def test_what_is_wrong_is_said(terminal: Terminal, arguments: tuple[str, ...], said: str) -> None:
    assert terminal.run("decider", *arguments) == 1
    assert said in terminal.err


@pytest.mark.parametrize(
    ("access", "said"),
    [
        ('role = "formateur"', "seuls un IEN et l'opérateur décident"),
        ('role = "ien"\nperimetre = ["0691111H"]', "de votre périmètre"),
    ],
)
def test_who_may_not_decide_is_told_and_journalled(terminal: Terminal, access: str, said: str) -> None:
    path = terminal.stage.folder / "parcours.toml"
    path.write_text(f'{path.read_text("utf-8")}\n[[acces]]\nidentifiant = "{getpass.getuser()}"\n{access}\n', "utf-8")
    assert terminal.run("decider", "E0001", *WHERE, "--accorder", "--motif", "equivalence") == 1
    assert said in terminal.err
    ledger = open_ledger(f"sqlite:///{terminal.stage.folder}/registre.db")
    with ledger.read() as connection:
        actions = connection.scalars(sa.select(schema.journal.c.action)).all()
    ledger.close()
    assert "acces.hors_perimetre" in actions


def test_the_help_lists_every_reason(terminal: Terminal) -> None:
    assert terminal.run("decider", "--help") == 0
    assert all(code in terminal.out for code in regulation().decisions)
