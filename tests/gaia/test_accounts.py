"""People of GAIA without a Moodle account: made where the operator asks and the site lets, else they wait."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import FatalError, ParcoursError
from connector.gaia.accounts import without_account
from connector.gaia.enrolment import Enrolled
from connector.ledger.db import open_ledger
from connector.ledger.schema import journal
from connector.moodle.connect import connect
from connector.moodle.faults import Answer, Exchange, decode
from connector.moodle.functions import get_site_info
from connector.moodle.sandbox.sandbox import Sandbox
from connector.moodle.user_functions import CREATE_USERS, NewUser, create_user
from connector.settings import FILE, Settings
from scenarios import catalogue
from tests.gaia.test_import import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gaia.conftest import Depot

CODE = "CM-69L4-2026A"
NEW = ("DEP069|118|Nouveau|Léa|lea.nouveau@ac-exemple.fr", "DEP069|118|O'Hara|Zoé|zoe.ohara@ac-exemple.fr")
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings" / "4.5"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def data(tmp_path: Path, sandbox: Sandbox, sqlite_ledger: Path, depot: Depot) -> Path:
    """A data folder that knows the sandbox, GAIA imported: two of its trainees have no account there."""
    folder = tmp_path / "donnees"
    folder.mkdir()
    shutil.copy(sqlite_ledger, folder / "registre.db")
    shutil.copytree(catalogue.folder("calcul-mental"), folder / "sessions")
    (folder / "jeton").write_text(sandbox.token, encoding="utf-8")
    (folder / "jeton").chmod(0o600)
    (folder / FILE).write_text(
        f'[[moodle]]\nadresse = "{sandbox.url}"\njeton_fichier = "jeton"\n'
        '[[circonscription]]\nuai = "0693456G"\nnom = "Lyon 4"\nacademie = "Lyon"\n',
        encoding="utf-8",
    )
    export = depot.write(stagiaires=("DEP069|118|Arnaud|Camille|camille.arnaud@ac-exemple.fr", *NEW))
    assert run(folder, "gaia", "importer", str(export)) == 0
    return folder


def journalled(data: Path, action: str = "gaia.compte_cree") -> list[tuple[str, Any]]:
    with closing(open_ledger(f"sqlite:///{data / 'registre.db'}")) as ledger, ledger.read() as connection:
        rows = connection.execute(journal.select().where(journal.c.action == action))
        return [(row.subject, row.detail) for row in rows]


def test_nobody_is_made_unasked(data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    before = len(sandbox.site.people)
    capsys.readouterr()
    assert run(data, "gaia", "comptes", CODE, "--json") == 2
    said = json.loads(capsys.readouterr().out)
    assert said["crees"] == []
    assert [one["courriel"] for one in said["en_attente"]] == ["lea.nouveau@ac-exemple.fr", "zoe.ohara@ac-exemple.fr"]
    assert len(sandbox.site.people) == before
    assert CREATE_USERS not in sandbox.calls
    assert journalled(data) == []
    assert journalled(data, "gaia.comptes") == [(CODE, {"sans_compte": 2})], "who reads a list is known"


@pytest.mark.parametrize("plugin", [True, False])
def test_the_accounts_asked_for_are_made_once(
    data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], *, plugin: bool
) -> None:
    if not plugin:
        sandbox.faults.withheld = frozenset({"local_parcours_observe"})
    assert run(data, "gaia", "comptes", CODE, "--creer-comptes") == 0
    assert "2\N{NO-BREAK SPACE}comptes créés" in capsys.readouterr().out
    person = sandbox.site.person_by_email("zoe.ohara@ac-exemple.fr")
    assert person is not None
    assert (person.username, person.firstname, person.lastname) == ("zoe.ohara@ac-exemple.fr", "Zoé", "O'Hara")
    detail = {"site": sandbox.url, "numero": person.id, "authentification": "manual"}
    assert journalled(data)[1] == ("zoe.ohara@ac-exemple.fr", detail)
    before = len(sandbox.site.people)
    assert run(data, "gaia", "comptes", CODE, "--creer-comptes") == 0
    assert "ont un compte" in capsys.readouterr().out
    assert len(sandbox.site.people) == before
    assert len(journalled(data)) == 2


def test_a_site_that_makes_none_leaves_everybody_waiting(
    data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults.withheld = frozenset({CREATE_USERS})
    assert run(data, "gaia", "comptes", CODE, "--creer-comptes") == 2
    said = capsys.readouterr().out
    assert "Attendent un compte" in said
    assert CREATE_USERS in said
    assert journalled(data) == []


def test_the_configuration_may_ask_and_one_refusal_stops_nobody_else(
    data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = data / FILE
    asked = 'creer_comptes = true\nauthentification = "shibboleth"\n'
    settings.write_text(settings.read_text("utf-8").replace("[[circ", f"{asked}[[circ"), "utf-8")
    for number in range(2):
        sandbox.site.add_person(f"lea{number}", "Léa", "Nouveau", "lea.nouveau@ac-exemple.fr")
    capsys.readouterr()
    assert run(data, "gaia", "comptes", CODE, "--json") == 2
    said = json.loads(capsys.readouterr().out)
    assert said["crees"] == ["zoe.ohara@ac-exemple.fr"]
    assert [one["courriel"] for one in said["en_attente"]] == ["lea.nouveau@ac-exemple.fr"]
    assert journalled(data)[0][1]["authentification"] == "shibboleth"


def test_an_address_in_capitals_is_an_account(data: Path, sandbox: Sandbox) -> None:
    settings = Settings.load(data)
    site = settings.moodle_site()
    transport = connect(site, settings.moodle_token(site))
    info = get_site_info(transport)
    sandbox.site.add_person("majuscules", "Léa", "N", "LEA.NOUVEAU@ac-exemple.fr")
    people = [Enrolled("lea.nouveau@ac-exemple.fr", "N", "Léa", "", "")]
    assert without_account(transport, info, CODE, people) == []
    with pytest.raises(FatalError):
        create_user(transport, NewUser("lea.nouveau@ac-exemple.fr", "Léa", "N"), "manual")


@pytest.mark.parametrize("name", ["least_create_users_refused", "create_users_err_duplicate"])
def test_what_real_moodles_refuse_is_an_error_that_lets_somebody_wait(name: str) -> None:
    """RetriableError would end the command: neither a missing right nor a name that is taken is one."""
    recording = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    with pytest.raises(ParcoursError) as refused:
        decode(Exchange("https://x", CREATE_USERS, write=True), Answer(200, recording["body"].encode(), {}))
    assert type(refused.value).__name__ in ("FatalError", "ConfigError")
