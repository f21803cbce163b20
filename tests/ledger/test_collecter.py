"""`parcours collecter` when an LRS does not answer: what failed is said first, what was done all the same after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import responses
import stamina
from click.testing import CliRunner

from connector.cli.main import cli
from tests.ledger.kit import ANNE, completed, mbox
from tests.xapi.fake_lrs import ADDRESS, FakeLrs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOWN = "https://en-panne.exemple.fr/xAPI"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


def collecter(folder: Path, *addresses: str) -> tuple[int, str]:
    """Collect from these LRS, one up and one down; return the exit code and all that was said, in order."""
    (folder / "secret").write_text("un-secret-de-test", "utf-8")
    (folder / "secret").chmod(0o600)
    block = '[[lrs]]\nadresse = "{}"\nidentifiant = "p"\nsecret_fichier = "secret"\n'
    (folder / "parcours.toml").write_text("".join(block.format(address) for address in addresses), "utf-8")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        FakeLrs([completed(mbox(ANNE))]).serve(mock)
        mock.get(f"{DOWN}/statements", status=503)
        done = CliRunner().invoke(cli, ["--donnees", str(folder), "collecter"])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def test_an_lrs_that_answers(tmp_path: Path) -> None:
    code, said = collecter(tmp_path, ADDRESS)
    assert code == 0
    assert said.startswith("Déclarations retenues : 1\N{NO-BREAK SPACE}nouvelle")


def test_the_only_one_down_is_all_that_is_said(tmp_path: Path) -> None:
    code, said = collecter(tmp_path, DOWN)
    assert code == 1
    (line,) = said.splitlines()
    assert line.startswith(f"Erreur : Le LRS {DOWN} ne répond pas, ou répond de travers. Relancez dans un moment")


@pytest.mark.parametrize("addresses", [(DOWN, ADDRESS), (ADDRESS, DOWN)])
def test_one_down_stops_no_other_and_is_told_first(tmp_path: Path, addresses: tuple[str, str]) -> None:
    code, said = collecter(tmp_path, *addresses)
    assert code == 1
    first, second, *_ = said.splitlines()
    assert first.startswith(f"Erreur : Le LRS {DOWN} ne répond pas")
    assert second.startswith("Déclarations retenues : 1\N{NO-BREAK SPACE}nouvelle")
