"""Every parcours of the catalogue, with its example session, is published, read back equal and left alone."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from connector.ledger.db import open_ledger
from connector.moodle.rest import RestTransport
from connector.moodle.sandbox.sandbox import Sandbox
from connector.publish.apply import publish
from connector.publish.desired import desired
from connector.publish.journal import PublicationJournal
from connector.publish.uploads import Supply
from scenarios import catalogue
from tests.publish.conftest import LYON, session_from

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """One site for all of them, as a circonscription has."""
    with Sandbox() as box:
        yield box


@pytest.fixture(scope="module")
def journal(
    shared: Sandbox, tmp_path_factory: pytest.TempPathFactory, sqlite_ledger: Path
) -> Iterator[PublicationJournal]:
    file = shutil.copy(sqlite_ledger, tmp_path_factory.mktemp("catalogue") / "registre.db")
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        yield PublicationJournal(ledger, shared.url, "formatrice")


@pytest.mark.parametrize("name", catalogue.names())
def test_published_then_unchanged(shared: Sandbox, journal: PublicationJournal, name: str) -> None:
    transport = RestTransport(shared.url, SecretStr(shared.token))
    prepared = session_from(catalogue.folder(name))
    wanted, supply = desired(prepared, LYON), Supply(prepared.sources())
    first = publish(transport, wanted, journal, supply)  # raises where what is read back is not what was sent
    assert first is not None
    course = shared.site.published(wanted.code)
    assert course is not None
    session, sequences = prepared.session, prepared.parcours.sequences
    retired = set(session.contextualisation.retirer) if session.contextualisation else set()
    asked = {activity.id for sequence in sequences for activity in sequence.activites} - retired
    assert {f"{wanted.code}/{activity}" for activity in asked} <= course.modules.keys()
    again = publish(transport, wanted, journal, supply)
    assert again is not None
    assert (again.plan.publication, again.plan.changes, again.plan.drift, again.kept) == (None, (), (), ())
