"""What is told of a night: that could not begin, could not be told, or found what the day had brought."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from connector.settings import FILE
from tests.ledger.kit import completed, mbox
from tests.ops.post_office import Office, serving
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def port(office: Office) -> Iterator[int]:
    with serving(office) as free:
        yield free


@pytest.fixture
def terminal(tmp_path: Path, sqlite_ledger: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A data folder with an empty ledger, and nothing to read."""
    folder = tmp_path / "donnees"
    folder.mkdir()
    shutil.copy(sqlite_ledger, folder / "registre.db")
    return Terminal(folder, capsys)


def mail(port: int) -> str:
    return (
        f'[courrier]\nserveur = "localhost"\nport = {port}\nsecurite = "aucune"\n'
        'expediteur = "parcours@ac-exemple.fr"\nresume = ["admin@ac-exemple.fr"]\n'
    )


def failures(terminal: Terminal) -> list[tuple[str, str]]:
    """Return the failures of the journal, every line of which is JSON."""
    events = [json.loads(line) for line in terminal.err.splitlines()]
    return [(event["evenement"], event["echec"]) for event in events if event["niveau"] == "erreur"]


def test_a_night_that_cannot_begin_is_told_like_another(terminal: Terminal, port: int, office: Office) -> None:
    terminal.write(FILE, mail(port))
    terminal.write("registre.db", "abîmé " * 1000)
    assert terminal.run("nuit", "--journal", "json") == 1
    (line,) = terminal.out.splitlines()
    assert "elle n'est pas allée au bout. Le registre ne s'ouvre pas" in line
    ((event, why),) = failures(terminal)
    assert (event, why in line) == ("nuit", True)
    (message,) = office.received
    assert message["Subject"].endswith("la nuit n'est pas allée au bout")
    assert message.get_content().strip() == line
    assert terminal.run("nuit", "--json") == 1
    assert json.loads(terminal.out)["echec"] == why


def test_a_configuration_that_does_not_read_is_told_to_whom_can_be(terminal: Terminal) -> None:
    terminal.write(FILE, "[nuit\n")
    assert terminal.run("nuit", "--journal", "json") == 1
    assert FILE in terminal.out
    assert [event for event, _ in failures(terminal)] == ["nuit"]


def test_what_cannot_be_told_is_in_the_line_and_in_the_journal(terminal: Terminal, port: int, office: Office) -> None:
    terminal.write("occupe", "")
    terminal.write(FILE, f'[nuit]\nmetriques = "occupe/parcours.prom"\n{mail(1)}')
    assert terminal.run("nuit", "--journal", "json") == 1
    assert "2\N{NO-BREAK SPACE}échecs (métriques, bilan)" in terminal.out
    (metrics, why), (told, _) = failures(terminal)
    assert (metrics, told) == ("metriques", "bilan")
    assert "un élément du chemin n'est pas un dossier" in why
    terminal.write(FILE, f'[nuit]\nmetriques = "occupe/parcours.prom"\n{mail(port)}')
    assert terminal.run("nuit") == 1
    assert "métriques\N{NO-BREAK SPACE}: " in office.received[0].get_content(), (
        "the message tells what failed before it"
    )


def test_what_waits_since_the_last_night_is_told_whoever_collected_it(terminal: Terminal) -> None:
    assert terminal.run("nuit") == 0
    export = terminal.write("export.jsonl", json.dumps(completed(mbox("inconnue@ac-exemple.fr"))) + "\n")
    terminal.run("collecter", "--fichier", export)
    assert "En attente" in terminal.out
    assert terminal.run("nuit") == 2, "the night is the one that is looked at"
    assert "1\N{NO-BREAK SPACE}point à voir" in terminal.out
    assert terminal.run("nuit") == 0, "told once"


def test_a_diagnosis_asks_the_mail_server_and_sends_nothing(terminal: Terminal, port: int, office: Office) -> None:
    for there, level in ((1, "à mender"), (port, "ok")):
        terminal.write(FILE, mail(there))
        assert terminal.run("diagnostiquer", "--json") == 2, "no site, no LRS"
        found = {one["code"]: one["niveau"] for one in json.loads(terminal.out)["constats"]}
        assert found["courrier"] == level
    assert office.received == []
