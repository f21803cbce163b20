"""`parcours lrs`, run as a user runs it."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from connector.cli.main import main; main()"]


def parcours(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--donnees", str(folder), "lrs", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_client_is_created_and_served_until_interrupted(tmp_path: Path) -> None:
    created = parcours(tmp_path / "données", "client", "ajouter", "moodle")
    assert (created.returncode, created.stderr) == (0, "")
    path = tmp_path / "données" / "secret-lrs-moodle"
    assert str(path) in created.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = path.read_text("utf-8").strip()
    assert secret not in created.stdout

    serving = [*COMMAND, "--donnees", str(tmp_path / "données"), "lrs", "servir", "--port", "0"]
    with subprocess.Popen(serving, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        endpoint = line.split()[4]
        answer = requests.get(
            endpoint + "statements",
            auth=("moodle", secret),
            headers={"X-Experience-API-Version": "1.0.3"},
            timeout=10,
        )
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert line.startswith("LRS à l'écoute : http://127.0.0.1:")
    assert answer.json() == {"statements": [], "more": ""}
    assert (process.returncode, out, err) == (0, "LRS arrêté.\n", "")


def test_a_second_client_of_the_same_name_is_refused_and_the_first_secret_kept(tmp_path: Path) -> None:
    assert parcours(tmp_path, "client", "ajouter", "moodle").returncode == 0
    path = tmp_path / "secret-lrs-moodle"
    secret = path.read_text("utf-8")
    again = parcours(tmp_path, "client", "ajouter", "moodle")
    assert (again.returncode, path.read_text("utf-8")) == (1, secret)
    assert "choisissez un autre nom" in again.stderr
    path.unlink()
    lost = parcours(tmp_path, "client", "ajouter", "moodle")
    assert lost.returncode == 1
    assert "ne peut pas être créé" in lost.stderr
    assert not path.exists()


def test_rights_are_given_listed_and_taken_back(tmp_path: Path) -> None:
    assert parcours(tmp_path, "client", "ajouter", "moodle", "--droit", "envoyer").returncode == 0
    rights = ["--droit", "lire-les-siennes", "--droit", "etats"]
    assert parcours(tmp_path, "client", "ajouter", "tablette", *rights).returncode == 0
    listed = parcours(tmp_path, "client", "lister").stdout.splitlines()
    assert listed == ["moodle : envoyer", "tablette : etats, lire-les-siennes"]
    removed = parcours(tmp_path, "client", "retirer", "moodle")
    assert (removed.returncode, removed.stdout) == (0, "Client « moodle » retiré.\n")
    assert not (tmp_path / "secret-lrs-moodle").exists()
    assert "moodle" not in parcours(tmp_path, "client", "lister").stdout
    again = parcours(tmp_path, "client", "retirer", "moodle")
    assert again.returncode == 1
    assert "Il n'y a pas de client « moodle »" in again.stderr


@pytest.mark.parametrize("name", ["é", "a b", "../x"])
def test_a_name_that_will_not_do(tmp_path: Path, name: str) -> None:
    refused = parcours(tmp_path, "client", "ajouter", name)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Erreur : ")
    assert [found.name for found in tmp_path.iterdir() if "secret" in found.name] == []


def test_a_port_already_taken_and_a_base_that_does_not_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = parcours(tmp_path, "servir", "--port", port)
    assert refused.returncode == 1
    assert f"Impossible d'écouter sur 127.0.0.1, port {port}" in refused.stderr
    refused = parcours(tmp_path, "servir", "--base", "mysql://x/y")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Erreur : La base des déclarations ne s'ouvre pas")
    assert "Traceback" not in refused.stderr


def test_warns_when_nobody_can_enter_or_everybody_can_listen(tmp_path: Path) -> None:
    serving = [*COMMAND, "--donnees", str(tmp_path), "lrs", "servir", "--port", "0", "--adresse", "0.0.0.0"]  # noqa: S104
    with subprocess.Popen(serving, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first, second = process.stderr.readline(), process.stderr.readline()
        process.terminate()
        process.communicate(timeout=30)
    assert first.startswith("Aucun client")
    assert "ne sont pas chiffrés" in second
