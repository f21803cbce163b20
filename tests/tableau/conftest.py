"""The pages served over HTTP on the invented circonscription, and browsers that are signed in."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import requests
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.instants import now_us
from connector.ledger.needs import Wording, put_need
from connector.tableau import doors
from connector.tableau.app import create_app
from connector.tableau.place import Place
from tests.access import access
from tests.reports.kit import CODE, CONFIGURATION, OTHER, UAI, write_world
from tests.reports.kit import YEAR as KIT_YEAR
from xapi.lrs.serve import serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger

TUTOR = f"{CODE}@x.fr".lower()
NAMED_TUTOR = "formatrice"
"""A trainer elsewhere, whom the session names as its tutor."""
YEAR = {"annee": "2026-2027"}
SCHOOL = "0690001A"
ACCESS = "".join((access("operateur", "operateur"), access(TUTOR, "tuteur"), access(NAMED_TUTOR, "formateur", TUTOR)))


@dataclass
class Browser:
    """A browser on the pages; `csrf` is what its forms bring back, empty before anybody is signed in."""

    url: str
    session: requests.Session
    csrf: str = ""

    def get(self, path: str, **query: str) -> requests.Response:
        return self.session.get(self.url + path, params=query, allow_redirects=False, timeout=30)

    def post(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> requests.Response:
        said = {"jeton": self.csrf, **(form or {})}
        return self.session.post(self.url + path, data=said, allow_redirects=False, timeout=30, **options)


@dataclass
class Site:
    """Pages that are served, and what they are on."""

    url: str
    place: Place

    @property
    def ledger(self) -> Ledger:
        return self.place.ledger

    def visit(self) -> Browser:
        return Browser(self.url, requests.Session())

    def enter(self, who: str) -> Browser:
        """Return a browser where somebody is signed in."""
        with self.ledger.write() as connection:
            secret = doors.open_session(connection, who, now_us())
            session = doors.find_session(connection, secret, now_us())
        assert session is not None
        browser = self.visit()
        browser.session.cookies.set("parcours", secret)
        browser.csrf = session.csrf
        return browser

    def link(self, who: str) -> str:
        with self.ledger.write() as connection:
            return doors.make_link(connection, who, now_us())

    def journal(self, action: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Return author, subject and detail of the entries of an action."""
        entry = schema.journal.c
        query = sa.select(entry.author, entry.subject, entry.detail).where(entry.action == action).order_by(entry.id)
        with self.ledger.read() as connection:
            return [tuple(row) for row in connection.execute(query)]


def token_in(page: str) -> str:
    """Return what the form of a page brings back."""
    found = re.search(r'name="jeton" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def write_needs(connection: sa.Connection) -> None:
    """Write need 1 of a school of the circonscription, which CODE answers, and need 2 of another's school."""
    same = schema.session.c.code == CODE
    connection.execute(schema.session.update().where(same).values(parcours_key="26_ACA10_CALCMENTAL"))
    for said in (
        Wording(KIT_YEAR, SCHOOL, UAI, "C2", "mathématiques", "calcul mental", people=frozenset({1, 3})),
        Wording(KIT_YEAR, "0380001B", OTHER, "C2", "mathématiques"),
    ):
        put_need(connection, said, "ien.lyon4", now_us())


@pytest.fixture
def site(sqlite_ledger: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    (tmp_path / "parcours.toml").write_text(CONFIGURATION + ACCESS, encoding="utf-8")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")) as ledger:
        with ledger.write() as connection:
            write_world(connection)
            write_needs(connection)
        place = Place(tmp_path, ledger, "http://tableau.example")
        with serve_in_thread(create_app(place)) as url:
            yield Site(url, place)
