"""The two commands, called as a person calls them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from connector.cli.main import main
from connector.ledger import schema
from connector.ledger.db import open_ledger
from tests.obligation import cases

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARCOURS_DONNEES", str(tmp_path))
    ledger = open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")
    with ledger.write() as connection:
        cases.read(cases.FOLDER / "achevement_simple.yaml").world.write(connection)
    ledger.close()
    return tmp_path


def call(*arguments: str) -> int:
    with time_machine.travel("2026-11-22T12:00:00+01:00"), pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def test_reconcile_then_explain(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("rapprocher") == 0
    assert capsys.readouterr().out == "Enseignants rapprochés\u00a0: 1\u00a0; lignes\u00a0: 1\u00a0; bilans\u00a0: 1.\n"
    assert call("expliquer", "E1", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["annee_scolaire"] == "2026-2027"
    assert [line["minutes"] for line in document["lignes"]] == [45]
    assert call("expliquer", "e1@ac-exemple.fr") == 0
    assert "Camille E1 (E1), année scolaire 2026-2027" in capsys.readouterr().out


def test_every_reading_of_a_person_is_journalled(folder: Path) -> None:
    call("expliquer", "E1")
    ledger = open_ledger(f"sqlite:///{folder / 'registre.db'}")
    with ledger.read() as connection:
        (entry,) = connection.execute(sa.select(schema.journal)).mappings()
    ledger.close()
    assert (entry["action"], entry["subject"], entry["detail"]) == ("personnes.expliquer", "E1", {"annee": "2026-2027"})


def test_complete_in_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("rapprocher", "--complet", "--annee", "2025-2026", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "enseignants": 1,
        "lignes": 1,
        "bilans": 2,
        "sans_regles": [],
        "derogations_inconnues": [],
        "differences_annees_closes": 0,
        "differences": [],
    }


def test_a_change_of_policy_is_seen_by_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call("rapprocher")
    (folder / "parcours.toml").write_text(
        '[[derogation]]\nidentifiant = "E1"\nannee_scolaire = "2026-2027"\ndu = "12h"\nmotif = "decision_ien"\n',
        "utf-8",
    )
    call("rapprocher")
    assert capsys.readouterr().out.endswith(
        "Enseignants rapprochés\u00a0: 1\u00a0; lignes\u00a0: 1\u00a0; bilans\u00a0: 1.\n"
    )
    call("rapprocher")
    assert "rapprochés\u00a0: 0" in capsys.readouterr().out
    call("expliquer", "E1", "--json")
    assert json.loads(capsys.readouterr().out)["bilan"]["reste_min"] == 720 - 45


def test_a_year_without_rules_among_the_sessions_is_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = open_ledger(f"sqlite:///{folder / 'registre.db'}")
    with ledger.write() as connection:
        connection.execute(schema.session.update().values(annee_scolaire="2010-2011"))
    ledger.close()
    assert call("rapprocher") == 0
    assert "aucune règle n'est connue pour 2010-2011" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("expliquer", "E9"), "«\u00a0E9\u00a0» n'est ni un identifiant ni une adresse"),
        (("expliquer", "E1", "--annee", "2026"), "Année scolaire «\u00a02026\u00a0» incomprise"),
        (("rapprocher", "--annee", "2001-2002"), "Aucune règle n'est connue pour l'année scolaire 2001-2002."),
    ],
)
def test_what_is_wrong_is_said_in_french(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert call(*arguments) == 1
    assert said in capsys.readouterr().err


def write_rules(folder: Path, text: str) -> None:
    (folder / "parcours.toml").write_text(text, "utf-8")


def derogation(who: str, du: str) -> str:
    return f'[[derogation]]\nidentifiant = "{who}"\nannee_scolaire = "2026-2027"\ndu = "{du}"\nmotif = "decision_ien"\n'


def test_a_derogation_for_nobody_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rules(folder, derogation("E404", "12h"))
    assert call("rapprocher") == 0
    assert "la dérogation de «\u00a0E404\u00a0» ne s'applique à personne" in capsys.readouterr().err


def test_a_year_that_is_not_over_is_not_closed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call("rapprocher")
    assert call("rapprocher", "--clore", "2026-2027") == 1
    assert "n'est pas finie" in capsys.readouterr().err
    assert call("rapprocher", "--clore", "2026-2027", "--rouvrir", "2026-2027") == 1


def later(*arguments: str) -> int:
    with time_machine.travel("2027-10-22T12:00:00+02:00"), pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def test_a_closed_year_keeps_its_figures_until_it_is_reopened(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A derogation decided afterwards is shown by --complet, and changes nothing."""
    assert later("rapprocher", "--clore", "2026-2027") == 0
    assert "L'année 2026-2027 est close." in capsys.readouterr().out
    assert later("rapprocher", "--clore", "2026-2027") == 0
    assert "était déjà close" in capsys.readouterr().out
    write_rules(folder, derogation("E1", "12h"))
    assert later("rapprocher", "--complet") == 0
    said = capsys.readouterr().out
    assert "2026-2027, E1, bilan\u00a0: due_min 1080 → 720" in said
    later("expliquer", "E1", "--annee", "2026-2027", "--json")
    document = json.loads(capsys.readouterr().out)
    assert (document["du"]["minutes"], document["bilan"]["reste_min"], document["close_le"]) == (
        1080,
        1035,
        "2027-10-22",
    )
    later("rapprocher", "--rouvrir", "2026-2027", "--json")
    assert json.loads(capsys.readouterr().out)["annee"] == "L'année 2026-2027 est rouverte."
    later("expliquer", "E1", "--annee", "2026-2027", "--json")
    assert json.loads(capsys.readouterr().out)["bilan"]["reste_min"] == 675
    assert later("rapprocher", "--rouvrir", "2026-2027") == 0
    assert "n'était pas close" in capsys.readouterr().out


def test_closing_is_journalled_once(folder: Path) -> None:
    later("rapprocher", "--clore", "2026-2027")
    later("rapprocher", "--clore", "2026-2027")
    ledger = open_ledger(f"sqlite:///{folder / 'registre.db'}")
    with ledger.read() as connection:
        actions = connection.scalars(sa.select(schema.journal.c.action)).all()
    ledger.close()
    assert actions == ["annee.clore"]
