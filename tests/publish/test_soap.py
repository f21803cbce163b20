"""`parcours publier` over SOAP: `protocole = "soap"`, and nothing else changes for the trainer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.cli.main import main
from connector.moodle.sandbox.faults import Faults
from tests.publish.conftest import UPLOADS, data_folder

if TYPE_CHECKING:
    from pathlib import Path

    from connector.moodle.sandbox.sandbox import Sandbox

CODE = "ESSAI-2026A"


@pytest.fixture
def data(tmp_path: Path, sandbox: Sandbox, sqlite_ledger: Path) -> Path:
    return data_folder(tmp_path / "soap", sandbox, sqlite_ledger, "soap")


def run(data: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), *arguments])
    return int(str(ended.value.code))


def test_publishes_then_has_nothing_to_do(
    data: Path, tmp_path: Path, sandbox: Sandbox, sqlite_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, "publier", CODE) == 0
    assert "13 activités créées" in capsys.readouterr().out
    assert sandbox.calls == [
        "WSDL",
        "core_webservice_get_site_info",
        "local_parcours_observe",
        *UPLOADS,
        "local_parcours_publish",
        "local_parcours_observe",
    ]
    sandbox.calls.clear()
    assert run(data, "publier", CODE) == 0
    assert f"{CODE} est déjà à jour" in capsys.readouterr().out
    assert sandbox.calls == ["WSDL", "core_webservice_get_site_info", "local_parcours_observe"]

    # What SOAP has written is what REST would have.
    assert run(data_folder(tmp_path / "rest", sandbox, sqlite_ledger), "publier", CODE) == 0
    assert f"{CODE} est déjà à jour" in capsys.readouterr().out


def test_collects_over_soap(data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "publier", CODE) == 0
    sandbox.calls.clear()
    assert run(data, "collecter") == 0
    assert sandbox.calls == [
        "WSDL",
        "core_webservice_get_site_info",
        "local_parcours_observe",
        "local_parcours_completions",
        "local_parcours_completions",
    ]


@pytest.mark.parametrize(
    ("faults", "part"),
    [
        (Faults(services_off=True), "le protocole SOAP l'est"),
        (Faults(maintenance=True), "est en maintenance"),
        (Faults(withheld=frozenset({"core_webservice_get_site_info"})), "Faites ajouter la fonction au service"),
        (Faults(html=True), "une page web est arrivée"),
    ],
)
def test_a_site_that_refuses_says_why(
    data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], faults: Faults, part: str
) -> None:
    sandbox.faults = faults
    assert run(data, "publier", CODE) == 1
    shown = capsys.readouterr().err
    assert part in shown
    assert sandbox.token not in shown
    assert "Traceback" not in shown
