"""A small session of every publishable type, and a sandbox to publish it into."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import stamina
from pydantic import SecretStr

from connector.ledger.db import open_ledger
from connector.moodle.rest import RestTransport
from connector.moodle.sandbox.sandbox import Sandbox
from connector.publish.desired import desired
from connector.publish.journal import PublicationJournal
from connector.publish.uploads import Supply
from connector.settings import FILE
from connector.settings.sections import Circonscription
from scenarios.load import load_session
from scenarios.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.moodle.document import Publication
    from scenarios.prepare import PreparedSession

FILES = Path(__file__).parents[1] / "data" / "publication"
LYON = Circonscription(uai="0693456G", nom="Lyon 4", academie="Lyon")


def session_from(folder: Path) -> PreparedSession:
    return prepare(load_session(folder / "session.yaml"), ZoneInfo("Europe/Paris"))


def wanted_from(folder: Path) -> Publication:
    return desired(session_from(folder), LYON)


SUPPLY = Supply(session_from(FILES).sources())
"""The files of the session of tests/data/publication."""

UPLOADS = ["upload.php"] * len(SUPPLY.sources)
"""The calls that hand them over, each once however many times it is used."""


@pytest.fixture(scope="session")
def wanted() -> Publication:
    """What the site must hold for the session of tests/data/publication."""
    return wanted_from(FILES)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Publication]:
    """Return a function that changes texts of the session's files and says what must then be published."""
    folder = tmp_path / "publication"
    shutil.copytree(FILES, folder)

    def edit(name: str, *changes: tuple[str, str]) -> Publication:
        text = (folder / name).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
        return wanted_from(folder)

    return edit


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Retries happen at once."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def journal(sandbox: Sandbox, tmp_path: Path, sqlite_ledger: Path) -> Iterator[PublicationJournal]:
    """The journal of publications to the sandbox, in a ledger of its own."""
    with closing(open_ledger(f"sqlite:///{shutil.copy(sqlite_ledger, tmp_path / 'journal.db')}")) as ledger:
        yield PublicationJournal(ledger, sandbox.url, "formatrice")


@pytest.fixture
def transport(sandbox: Sandbox) -> RestTransport:
    return RestTransport(sandbox.url, SecretStr(sandbox.token))


def data_folder(folder: Path, sandbox: Sandbox, ledger: Path, protocol: str = "rest") -> Path:
    """Make a data folder that knows the sandbox, with the session in its folder of sessions and a copy of `ledger`."""
    shutil.copytree(FILES, folder / "sessions")
    shutil.copy(ledger, folder / "registre.db")
    token = folder / "jeton"
    token.write_text(sandbox.token, encoding="utf-8")
    token.chmod(0o600)
    (folder / FILE).write_text(
        f'[[moodle]]\nadresse = "{sandbox.url}"\njeton_fichier = "jeton"\nprotocole = "{protocol}"\n'
        '[[circonscription]]\nuai = "0693456G"\nnom = "Lyon 4"\nacademie = "Lyon"\n',
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def data(tmp_path: Path, sandbox: Sandbox, sqlite_ledger: Path) -> Path:
    """A data folder that knows the sandbox, with the session in its folder of sessions, and an empty ledger."""
    return data_folder(tmp_path / "donnees", sandbox, sqlite_ledger)
