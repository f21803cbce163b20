"""`kill -9` around every write of a publication: run again, it ends where an uninterrupted one does, published once."""

from __future__ import annotations

import json
import signal
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from connector.cli.main import main
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.moodle import functions
from connector.moodle.observation import Query
from connector.moodle.rest import RestTransport
from connector.moodle.sandbox.sandbox import Sandbox
from connector.publish.journal import DONE, FOUND, INTENT, NOT_DONE, PublicationJournal
from connector.settings import Settings
from tests.publish.by_hand import CODE
from tests.publish.conftest import UPLOADS, data_folder
from tests.publish.killed import ending

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_760_000_000
MOST_WRITES = 12


def site() -> Sandbox:
    """A site whose clock stands still, so that two of them are equal."""
    return Sandbox(lambda: NOON)


def state(sandbox: Sandbox) -> Any:
    """Everything that the site holds of the session, ids and number of publications included."""
    transport = RestTransport(sandbox.url, SecretStr(sandbox.token))
    observed = functions.observe(transport, Query(code=CODE, content=True)).model_dump(mode="json")
    for session in observed["sessions"]:
        del session["fingerprint"]  # it holds the site's address
    return json.loads(json.dumps(observed["sessions"]).replace(sandbox.url, "https://site"))


def entries(data: Path) -> list[str]:
    with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.read() as connection:
        return list(connection.scalars(sa.select(schema.journal.c.action).order_by(schema.journal.c.id)))


def publish(data: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), "publier", CODE, "--oui"])
    return int(str(ended.value.code))


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory, sqlite_ledger: Path) -> Any:
    with site() as sandbox:
        assert publish(data_folder(tmp_path_factory.mktemp("entier") / "donnees", sandbox, sqlite_ledger)) == 0
        return state(sandbox)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_each_write_then_run_again(
    tmp_path: Path, sqlite_ledger: Path, uninterrupted: Any, moment: str
) -> None:
    done_at_the_kill = set()
    for number in range(1, MOST_WRITES):
        with site() as sandbox:
            data = data_folder(tmp_path / str(number), sandbox, sqlite_ledger)
            code = ending(moment, number, "--donnees", str(data), "publier", CODE, "--oui")
            if code == 0:
                break
            assert code == -signal.SIGKILL
            done_at_the_kill.add(bool(state(sandbox)))
            assert publish(data) == 0
            assert state(sandbox) == uninterrupted
            journal = entries(data)
            assert journal.count(INTENT) == journal.count(DONE) + journal.count(FOUND) + journal.count(NOT_DONE)
            assert publish(data) == 0
            assert state(sandbox) == uninterrupted
    assert number > 4, "a publication writes its intent, to the site, its outcome, and what the ledger learns"
    assert number < MOST_WRITES - 1, "some publication must have come to its end"
    assert done_at_the_kill == {False, True}


def test_publishing_blindly_once_more_would_be_seen(tmp_path: Path, sqlite_ledger: Path, uninterrupted: Any) -> None:
    """Negative control: the comparison above tells a session published twice from one published once."""
    with site() as sandbox:
        publish(data_folder(tmp_path / "donnees", sandbox, sqlite_ledger))
        transport = RestTransport(sandbox.url, SecretStr(sandbox.token))
        answer = {"format": "parcours-publication/1", "code": CODE}
        transport.call(functions.PUBLISH, {"document": json.dumps(answer)}, write=True)
        assert state(sandbox) != uninterrupted


class TestJournal:
    """What the journal says of a publication whose outcome nobody heard."""

    @pytest.fixture
    def doubted(self, data: Path, sandbox: Sandbox) -> Path:
        """A publication whose answer never came, the site having done nothing."""
        sandbox.faults.fail_at = 3 + len(UPLOADS)
        assert publish(data) == 1
        sandbox.faults.fail_at = 0
        return data

    def journal(self, data: Path, sandbox: Sandbox) -> PublicationJournal:
        return PublicationJournal(open_ledger(Settings.load(data).dsn), sandbox.url, "formatrice")

    def test_an_intent_without_an_outcome_stays(self, doubted: Path, sandbox: Sandbox) -> None:
        journal = self.journal(doubted, sandbox)
        with closing(journal.ledger):
            intent = journal.unfinished(CODE)
            assert intent is not None
            assert intent.revision == 0
            assert PublicationJournal(journal.ledger, "https://autre.exemple.fr", "x").unfinished(CODE) is None
            assert journal.unfinished("AUTRE-2026") is None

    def test_the_next_run_looks_before_it_publishes(self, doubted: Path) -> None:
        assert publish(doubted) == 0
        assert entries(doubted) == [INTENT, NOT_DONE, INTENT, DONE]
