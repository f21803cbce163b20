"""What every suite may need: an empty ledger on SQLite, and on a real PostgreSQL where the machine has one."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
import uuid
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import hypothesis
import pytest
import responses
import sqlalchemy as sa
from playwright.sync_api import sync_playwright

from connector.ledger import actors, mailboxes, unsettled
from connector.ledger.db import Ledger, open_ledger
from connector.ledger.schema import mailbox
from tests.xapi.fake_lrs import FakeLrs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# The suite reads French, whatever the machine speaks; what it starts inherits it.
os.environ["PARCOURS_LANGUE"] = "fr"

# A loaded machine is no defect of ours; and a run in CI tries the same examples each time.
hypothesis.settings.register_profile("parcours", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis.settings.load_profile("parcours")

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)


def lacking(reason: str) -> NoReturn:
    """Skip on a laptop, fail in CI: there, everything that can be installed has to be."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"mandatory in CI: {reason}")
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def _no_change_of_name_goes_unmarked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where people are taken for settled, whatever the test, to work everybody out again would change nothing."""
    taken = unsettled.taken

    def checked(connection: sa.Connection) -> bool:
        if taken(connection):
            return True
        undone = connection.begin_nested()
        before = set(connection.execute(sa.select(mailbox)))
        mailboxes.refresh(connection)
        assert set(connection.execute(sa.select(mailbox))) == before, "whose an address is changed, and nobody said so"
        actors.work_out(connection, every=False)
        assert actors.work_out(connection, every=True) == [], "who somebody is changed, and nobody said so"
        undone.rollback()
        return False

    monkeypatch.setattr(unsettled, "taken", checked)


@pytest.fixture
def fake_lrs() -> Iterator[FakeLrs]:
    """An empty LRS in memory, right until told otherwise; nothing else can be reached."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        lrs = FakeLrs()
        lrs.serve(mock)
        yield lrs


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, the system's own."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        lacking("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_CHROMIUM_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgresql_dsn() -> Iterator[str]:
    """DSN of a PostgreSQL server where databases may be made: `PARCOURS_TEST_PG`, else a private one of our own."""
    given = os.environ.get("PARCOURS_TEST_PG")
    if given:
        yield given
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb")
    initdb = Path(found) if found else programs[-1] if programs else None
    if initdb is None:
        lacking("PARCOURS_TEST_PG is not set and PostgreSQL is not installed")
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        lacking("PostgreSQL refuses to run as root and runuser is missing")
    with tempfile.TemporaryDirectory(prefix="parcours-pg-") as folder:
        yield from _private_server(initdb.parent, Path(folder))


def _private_server(programs: Path, folder: Path) -> Iterator[str]:
    """Run a server on a socket in `folder` only, as `postgres` when we are root."""
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    prefix = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
    if prefix:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*prefix, str(programs / program), *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "parcours", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off"
    run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql+psycopg://parcours@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


@pytest.fixture
def postgresql_database(postgresql_dsn: str) -> Iterator[str]:
    """DSN of a new, empty database, dropped afterwards."""
    with _database(postgresql_dsn, "template1") as dsn:
        yield dsn


@contextmanager
def _database(server_dsn: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    server = sa.create_engine(server_dsn, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield sa.make_url(server_dsn).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(scope="session")
def postgresql_ledger(postgresql_dsn: str) -> Iterator[str]:
    """Name of a database that holds an empty ledger: migrated once, copied for each test."""
    with _database(postgresql_dsn, "template1") as dsn:
        open_ledger(dsn).close()
        yield str(sa.make_url(dsn).database)


@pytest.fixture(scope="module")
def shared_postgresql(postgresql_dsn: str, postgresql_ledger: str) -> Iterator[sa.Engine]:
    """An empty ledger on PostgreSQL that the tests of a module share: each rolls back what it writes."""
    with _database(postgresql_dsn, postgresql_ledger) as dsn, closing(open_ledger(dsn)) as ledger:
        yield ledger.engine


@pytest.fixture(scope="session")
def sqlite_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of an empty ledger: migrated once, copied for each test."""
    path = tmp_path_factory.mktemp("registre") / "registre.db"
    open_ledger(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", POSTGRESQL])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger; a test that takes it runs on each database."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = shutil.copy(request.getfixturevalue("sqlite_ledger"), tmp_path / "registre.db")
            dsn = f"sqlite:///{path}"
        else:
            template = request.getfixturevalue("postgresql_ledger")
            dsn = stack.enter_context(_database(request.getfixturevalue("postgresql_dsn"), template))
        yield stack.enter_context(closing(open_ledger(dsn)))
