"""`parcours attester`: who may, for whom, when; what it credits and what it leaves to look at."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.moodle.sandbox.acts import Act, Kind
from tests.attendance.conftest import CAMILLE, CODE, HUGO

if TYPE_CHECKING:
    from typing import Any

    from tests.attendance.conftest import Terminal

TRAINER = "anne.martin@ac-exemple.fr"
NOW = 1_794_300_000
"""During the session: 10 November 2026."""


@pytest.fixture
def active(terminal: Terminal, attested: str) -> str:
    """The session to attest; Camille has read its first page, and that has been collected."""
    terminal.stage.sandbox.act(CAMILLE, f"{attested}/accueil", Act(Kind.VIEW, at=NOW))
    terminal.stage.sandbox.drain()
    assert terminal.run("collecter") == 0
    return attested


def journal(terminal: Terminal, action: str) -> list[tuple[str, dict[str, Any]]]:
    ledger = open_ledger(f"sqlite:///{terminal.stage.folder}/registre.db")
    with ledger.read() as connection:
        table = schema.journal.c
        found = connection.execute(sa.select(table.subject, table.detail).where(table.action == action)).all()
    ledger.close()
    return [(row.subject, row.detail) for row in found]


def attest(terminal: Terminal, code: str, *options: str) -> dict[str, Any]:
    assert terminal.run("attester", code, *options, "--json") == 0
    done: dict[str, Any] = json.loads(terminal.out)
    return done


def test_an_attestation_credits_everything_planned_at_its_date_and_its_withdrawal_nothing(
    terminal: Terminal, active: str
) -> None:
    assert terminal.line("E0001", "accueil", active)["motif"] == "a_attester"
    done = attest(terminal, active, "--enseignant", "E0001", "--date", "2027-01-20", "--formateur", TRAINER)
    assert (done["nouvelles"], done["sans_declaration"]) == (1, [])
    line = terminal.line("E0001", "test-final", active)
    assert (line["decision"], line["minutes"] == line["minutes_prevues"], line["date"]) == (
        "credite",
        True,
        "2027-01-20",
    )
    assert len(line["declarations"]) == 1
    assert attest(terminal, active, "--enseignant", CAMILLE, "--retirer")["corrigees"] == 1
    assert terminal.line("E0001", "accueil", active)["motif"] == "a_attester"
    assert attest(terminal, active, "--enseignant", "E0001")["corrigees"] == 1
    assert terminal.line("E0001", "accueil", active)["decision"] == "credite"


def test_an_archived_session_is_no_longer_attested_until_it_is_opened_again(terminal: Terminal, active: str) -> None:
    assert terminal.run("archiver", active, "--oui") == 0
    for options in ((), ("--retirer",)):
        assert terminal.run("attester", active, "--enseignant", "E0001", *options) == 1
        assert f"La session {active} est archivée depuis le" in terminal.err
        assert f"parcours publier {active}" in terminal.err
    assert terminal.run("collecter") == 0, "what the site says of it changes nothing"
    assert terminal.run("attester", active, "--enseignant", "E0001") == 1
    assert journal(terminal, "attestation.donner") == []
    assert terminal.run("publier", terminal.stage.folder / "parcours" / "a-attester" / "session.yaml", "--oui") == 0
    assert attest(terminal, active, "--enseignant", "E0001")["nouvelles"] == 1


def test_attesting_twice_changes_nothing_and_another_date_replaces_the_first(terminal: Terminal, active: str) -> None:
    who = ("--enseignant", "E0001")
    attest(terminal, active, *who, "--date", "2027-01-20")
    assert attest(terminal, active, *who)["connues"] == 1
    assert attest(terminal, active, *who, "--date", "2027-01-20")["connues"] == 1
    assert attest(terminal, active, *who, "--date", "2027-01-18")["corrigees"] == 1
    assert terminal.line("E0001", "accueil", active)["date"] == "2027-01-18"


def test_somebody_of_whom_nothing_was_ever_said_asks_for_a_yes_and_leaves_an_alert(
    terminal: Terminal, active: str
) -> None:
    assert terminal.run("attester", active, "--enseignant", "E0001", "--enseignant", "E0003") == 1
    assert f"Aucune déclaration dans {active} pour : {HUGO}." in terminal.err
    assert "relancez avec --oui" in terminal.err
    assert journal(terminal, "attestation.donner") == []
    done = attest(terminal, active, "--enseignant", "E0001", "--enseignant", "E0003", "--oui")
    assert (done["nouvelles"], done["sans_declaration"]) == (2, [HUGO])
    assert journal(terminal, "attestation.sans_declaration") == [("E0003", {"session": active})]
    terminal.line("E0003", "accueil", active)
    alert = f"Attesté dans la session {active} sans aucune autre déclaration (attestation_seule)."
    terminal.run("expliquer", "E0003", "--annee", "2026-2027", "--json")
    assert alert in json.loads(terminal.out)["bilan"]["alertes"]
    terminal.run("expliquer", "E0001", "--annee", "2026-2027", "--json")
    assert json.loads(terminal.out)["bilan"]["alertes"] == []


def test_without_names_everybody_on_the_list_is_attested(terminal: Terminal, active: str) -> None:
    listed = (terminal.stage.folder / "parcours/laicite/participants.csv").read_text("utf-8").splitlines()[1:]
    assert attest(terminal, active, "--oui")["nouvelles"] == len(listed)
    assert terminal.run("attester", active, "--retirer") == 0
    assert terminal.out == f"Attestations retirées : {len(listed)} ; 0\u00a0personne n'en avait pas.\n"
    assert terminal.run("attester", active, "--retirer") == 0
    assert terminal.out == f"Attestations retirées : 0 ; {len(listed)}\u00a0personnes n'en avaient pas.\n"


def test_the_author_and_the_trainer_are_journalled(terminal: Terminal, active: str) -> None:
    attest(terminal, active, "--enseignant", "E0001", "--formateur", TRAINER.upper())
    expected = {"formateur": TRAINER, "personnes": 1, "nouvelles": 1, "corrigees": 0}
    assert journal(terminal, "attestation.donner") == [(active, expected)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((CODE,), f"La session {CODE} se valide par achèvement : elle n'attend pas d'attestation."),
        (("LA-ATT", "--formateur", HUGO), f"{HUGO} n'est pas formateur de LA-ATT. Ses formateurs : {TRAINER}."),
        (("LA-ATT", "--enseignant", "E9", "--enseignant", "x@y.fr"), "sur la liste de LA-ATT : « E9 », « x@y.fr »."),
        (("LA-ATT", "--date", "2026-10-01"), "Le 01/10/2026 précède le début de la session (09/11/2026)."),
        (("INCONNUE",), "La session « INCONNUE » n'est pas connue"),
    ],
)
def test_what_cannot_be_attested_is_a_sentence(
    terminal: Terminal, attested: str, arguments: tuple[str, ...], sentence: str
) -> None:
    assert attested == "LA-ATT"
    assert terminal.run("attester", *arguments) == 1
    assert sentence in terminal.err


def test_somebody_with_another_role_names_a_trainer(terminal: Terminal, active: str) -> None:
    access = (
        f'[[acces]]\nidentifiant = "{getpass.getuser()}"\nrole = "ien"\nperimetre = ["0693456G"]\n[[circonscription]]'
    )
    with terminal.configured("[[circonscription]]", access):
        assert terminal.run("attester", active, "--enseignant", "E0001") == 1
        assert "a le rôle « ien » : seul un formateur de la session, ou l'opérateur, peut attester." in terminal.err
        assert attest(terminal, active, "--enseignant", "E0001", "--formateur", TRAINER)["nouvelles"] == 1


@pytest.mark.parametrize("role", ["tuteur", "concepteur"])
def test_who_only_follows_neither_attests_nor_signs_anybody_in(terminal: Terminal, active: str, role: str) -> None:
    """Whomever they name; and a session's tutor is no trainer who attests."""
    access = f'[[acces]]\nidentifiant = "{getpass.getuser()}"\nrole = "{role}"\n[[circonscription]]'
    with terminal.configured("[[circonscription]]", access):
        for command in (
            ("attester", active, "--enseignant", "E0001", "--formateur", TRAINER),
            ("emargement", "imprimer", CODE),
            ("emargement", "saisir", CODE, terminal.sheet()),
        ):
            assert terminal.run(*command) == 1
            assert f"a le rôle « {role} » : seul un formateur de la session émarge et atteste." in terminal.err
    assert journal(terminal, "attestation.donner") == []


def test_without_an_lrs_to_write_to_nothing_is_attested(terminal: Terminal, active: str) -> None:
    with terminal.configured('usage = "lecture-ecriture"', 'usage = "lecture"'):
        assert terminal.run("attester", active, "--enseignant", "E0001") == 1
    assert "Aucun LRS ne reçoit de déclarations" in terminal.err
    assert journal(terminal, "attestation.donner") == []
