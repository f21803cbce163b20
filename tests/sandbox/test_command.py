"""`parcours bac-a-sable`, with the embedded LRS, each in its own process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests
from pydantic import SecretStr

from connector.cli.main import main
from connector.moodle.document import Publication
from connector.moodle.functions import publish
from connector.moodle.rest import RestTransport
from tests.sandbox.worlds import CODE, DOCUMENT, TEACHER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROSTER = (
    "identifiant;nom;prenom;courriel;autres_courriels;compte_moodle;uai;ecole;circonscription;departement;academie;"
    "degre;situation;quotite;debut;fin;imputation_min\n"
    "E0001;Lenoir;Ève;eve.lenoir@ac-exemple.fr;;;0690001B;École Jean-Macé;0693456G;069;Lyon;1D;PE_ADJOINT;100;;;\n"
)


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[tuple[str, str]]:
    """Run a serving command; yield its address and the rest of what it says before it is ready."""
    program = "from connector.cli.main import main; main()"
    command = [sys.executable, "-u", "-W", "error", "-c", program, "--donnees", str(folder), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+\S*", said)
        assert address is not None, said + process.stdout.read()
        try:
            yield address[0], said
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
        assert "Traceback" not in rest
    assert process.returncode in (0, -signal.SIGTERM), rest


def parcours(*arguments: str) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    return int(str(exit_.value.code))


def test_a_session_lives_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ("--donnees", str(tmp_path))
    assert parcours(*data, "lrs", "client", "ajouter", "moodle") == 0
    secret = tmp_path / "secret-lrs-moodle"
    with running(tmp_path, "lrs", "servir", "--port", "0") as (lrs, _):
        options = ("--lrs", lrs, "--identifiant", "moodle", "--secret", str(secret))
        with running(tmp_path, "bac-a-sable", "servir", "--port", "0", *options) as (site, _):
            token = (tmp_path / "jeton-bac-a-sable").read_text().strip()
            publish(RestTransport(site, SecretStr(token)), Publication.model_validate_json(json.dumps(DOCUMENT)))
            block = f'[[moodle]]\nadresse = "{site}"\njeton_fichier = "jeton-bac-a-sable"\n'
            (tmp_path / "parcours.toml").write_text(block, encoding="utf-8")
            capsys.readouterr()
            assert parcours(*data, "bac-a-sable", "vivre", CODE) == 0
            said = capsys.readouterr().out
            assert re.search(rf"\d+ personnes ont fait \d+ actes dans {CODE}\.", said)
            sent = re.search(r"(\d+) déclarations sont parties", said)
            assert sent is not None
            assert token not in said
            stored = requests.get(
                f"{lrs}statements",
                params={"limit": "0"},
                auth=("moodle", secret.read_text().strip()),
                headers={"X-Experience-API-Version": "1.0.3"},
                timeout=10,
            ).json()["statements"]
            assert len(stored) > 10
            assert any(TEACHER.split("@", maxsplit=1)[0].split(".")[1] in str(line["actor"]).lower() for line in stored)
            assert parcours(*data, "bac-a-sable", "vivre", "AUTRE") == 1
            assert "n'est pas sur" in capsys.readouterr().err


def test_the_token_is_kept_private_and_taken_up_again(tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        with running(tmp_path, "bac-a-sable", "servir", "--port", "0") as (_, said):
            tokens.append((tmp_path / "jeton-bac-a-sable").read_text().strip())
            assert tokens[-1] not in said
    assert tokens[0] == tokens[1]
    assert os.stat(tmp_path / "jeton-bac-a-sable").st_mode & 0o777 == 0o600  # noqa: PTH116


def test_a_roster_peoples_the_site(tmp_path: Path) -> None:
    (tmp_path / "personnels.csv").write_text(ROSTER, encoding="utf-8")
    options = ("--port", "0", "--personnels", str(tmp_path / "personnels.csv"))
    with running(tmp_path, "bac-a-sable", "servir", *options) as (site, _):
        client = RestTransport(site, SecretStr((tmp_path / "jeton-bac-a-sable").read_text().strip()))
        params = {"field": "email", "values": ["eve.lenoir@ac-exemple.fr", TEACHER]}
        found = client.call("core_user_get_users_by_field", params, write=False)
    assert [person["fullname"] for person in found] == ["Ève Lenoir"]  # type: ignore[union-attr,index,call-overload]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("servir", "--port", "0", "--lrs", "https://lrs.exemple.fr/xAPI/"), "Il manque de quoi se présenter"),
        (("vivre", CODE), "Aucun site Moodle n'est déclaré"),
    ],
)
def test_refusals_say_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], why: str
) -> None:
    assert parcours("--donnees", str(tmp_path), "bac-a-sable", *arguments) == 1
    assert why in capsys.readouterr().err
