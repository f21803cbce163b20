"""`parcours tableau` and `parcours acces lien`: what they print, whom they let in, what a removal takes away."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import requests
import sqlalchemy as sa

from connector.cli.main import main
from connector.ledger import schema
from connector.ledger.db import open_ledger
from tests.tableau.conftest import token_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tableau.conftest import Site


def run(site: Site, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["--donnees", str(site.place.settings.folder), *arguments])
    out, err = capsys.readouterr()
    return int(str(left.value.code)), out, err


def test_a_link_is_printed_and_a_removal_takes_everything_away(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    browser = site.enter("ien.lyon4")
    code, out, _ = run(site, capsys, "acces", "lien", "ien.lyon4", "--url", "https://tableau.example/")
    assert code == 0
    address, secret = out.strip().split("?cle=")
    assert address == "https://tableau.example/entree"
    assert site.journal("acces.lien")[0][1] == "ien.lyon4"
    assert secret not in str(site.journal("acces.lien"))
    assert run(site, capsys, "acces", "retirer", "ien.lyon4")[0] == 0
    with site.ledger.read() as connection:
        for table in (schema.password, schema.entry_link, schema.web_session):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert browser.get("/enseignants").status_code == 303
    code, _, err = run(site, capsys, "acces", "lien", "ien.lyon4")
    assert (code, "n'a pas d'accès" in err) == (1, True)


def test_a_taken_port_is_a_sentence(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = run(site, capsys, "tableau", "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert "Impossible d'écouter sur 127.0.0.1" in err


def test_the_command_serves_the_pages(tmp_path: Path) -> None:
    with closing(open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")):
        pass
    program = [sys.executable, "-c", "from connector.cli.main import main; main()"]
    command = [*program, "--donnees", str(tmp_path), "tableau", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as served:
        try:
            assert served.stdout is not None
            address = served.stdout.readline().split()[2]
            assert token_in(requests.get(f"{address}connexion", timeout=30).text)
        finally:
            served.terminate()
