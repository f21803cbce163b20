"""Collecting from an LRS and from files: nothing lost, nothing twice, and one failure stops nothing else."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest
import responses
import sqlalchemy as sa

from connector.errors import ConfigError, DataError, FatalError, ParcoursError, RetriableError
from connector.ledger import schema
from connector.ledger.collect import collect_file
from connector.ledger.gather import gather
from connector.ledger.ingest import ingest
from connector.ledger.lrs_errors import translated
from connector.ledger.queue import entries
from connector.ledger.reading import Unreadable
from connector.moodle.functions import OBSERVE, SITE_INFO
from connector.settings import Settings
from tests.ledger.kit import (
    ANNE,
    SECOND,
    SITE,
    T0,
    as_json,
    bring,
    completed,
    mbox,
    observation,
    publish,
    row,
    snapshot,
)
from tests.xapi.fake_lrs import ADDRESS as LRS
from tests.xapi.fake_lrs import FakeLrs
from xapi import errors as xapi
from xapi.instants import format_us

if TYPE_CHECKING:
    from pathlib import Path

    from requests import PreparedRequest

    from connector.ledger.db import Ledger
    from connector.moodle.observation import Observation

VIEWED = {"verb": {"id": "http://id.tincanapi.com/verb/viewed"}, "context": {}}


def stored(number: int, second: int, **said: Any) -> dict[str, Any]:
    times = {"id": str(UUID(int=number)), "stored": format_us(T0 + second * SECOND)}
    return completed(mbox(f"p{number}@ac-exemple.fr")) | times | said


def page(*statements: Any) -> FakeLrs:
    lrs = FakeLrs(list(statements))
    lrs.serve()
    return lrs


def number(ledger: Ledger, table: sa.Table) -> int:
    with ledger.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def dropped(ledger: Ledger) -> dict[str, int]:
    with ledger.read() as connection:
        rows = connection.execute(sa.select(schema.dropped.c.kind, schema.dropped.c["count"].label("number")))
        return {row.kind: row.number for row in rows}


@pytest.mark.parametrize(
    ("raised", "becomes"),
    [
        (xapi.ConfigError("x"), ConfigError),
        (xapi.RetriableError("x", after=5), RetriableError),
        (xapi.FatalError("x"), FatalError),
        (xapi.DataError("x"), DataError),
    ],
)
def test_errors_of_an_lrs_are_ours_and_french(raised: xapi.XapiError, becomes: type[ParcoursError]) -> None:
    with pytest.raises(becomes, match=f"Le LRS {LRS} ") as caught, translated(LRS):
        raise raised
    assert getattr(caught.value, "after", None) == getattr(raised, "after", None)


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (xapi.CertificateError("x"), "certificat refusé"),
        (xapi.ProxyError("x"), "mandataire"),
        (xapi.ExpiredError("x"), "suite de pages"),
        (xapi.TooLargeError("x"), "trop grande"),
    ],
)
def test_what_is_wrong_with_an_lrs_is_said(raised: xapi.XapiError, words: str) -> None:
    with pytest.raises(ParcoursError, match=words) as caught, translated(LRS):
        raise raised
    assert LRS in str(caught.value)


def write(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_a_file_read_twice_adds_nothing_and_counts_the_same(ledger: Ledger, tmp_path: Path) -> None:
    refused = {"arrived": format_us(T0), "statement": completed(mbox(ANNE)), "stored": False}
    lines = [completed(mbox(ANNE)), stored(1, 0, **VIEWED), "{", refused]
    path = write(tmp_path / "export.jsonl", *lines)
    first, ordered = collect_file(ledger, path)
    again, _ = collect_file(ledger, path)
    assert not ordered
    assert (first.evidence, first.unreadable, first.refused, first.dropped.total()) == (1, 1, 1, 1)
    assert (again.evidence, again.known) == (0, 1)
    assert dropped(ledger) == {"http://id.tincanapi.com/verb/viewed": 1}
    assert number(ledger, schema.rejected) == 1
    assert again.unreadable == 0


def test_the_journal_says_which_bytes_were_read(ledger: Ledger, tmp_path: Path) -> None:
    path = write(tmp_path / "export.jsonl", stored(1, 0), stored(2, 0, **VIEWED), "{")
    collect_file(ledger, path)
    with ledger.read() as connection:
        (entry,) = connection.execute(sa.select(schema.journal)).all()
    assert (entry.action, entry.subject) == ("collecte.fichier", "export.jsonl")
    assert entry.detail == {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "octets": path.stat().st_size,
        "nouvelles": 1,
        "connues": 0,
        "annulations": 0,
        "autres": 1,
        "illisibles": 1,
    }


def test_a_line_that_was_corrected_no_longer_waits_and_the_others_say_where_they_are_now(
    ledger: Ledger, tmp_path: Path
) -> None:
    path = write(tmp_path / "export.jsonl", "{", '{"verb": 3}', "")
    collect_file(ledger, path)
    write(path, completed(mbox(ANNE)), '{"verb": 3}', completed(mbox("b@ac-exemple.fr")), "[]")
    tally, _ = collect_file(ledger, path)
    assert (tally.evidence, tally.unreadable) == (2, 1)
    with ledger.read() as connection:
        places = connection.scalars(sa.select(schema.rejected.c.place).order_by(schema.rejected.c.place))
        assert places.all() == ["export.jsonl:2", "export.jsonl:4"]


def test_two_files_of_one_name_are_two_sources(ledger: Ledger, tmp_path: Path) -> None:
    for name in ("lyon", "bron"):
        (tmp_path / name).mkdir()
        collect_file(ledger, write(tmp_path / name / "export.jsonl", stored(1, 0, **VIEWED), "{"))
    with ledger.read() as connection:
        counts = connection.execute(sa.select(schema.dropped)).all()
        assert len(counts) == 2
        assert not any("lyon" in row.source or str(tmp_path) in row.source for row in counts)
    assert number(ledger, schema.rejected) == 2


def test_a_file_that_grows_adds_what_is_new_only(ledger: Ledger, tmp_path: Path) -> None:
    lines: list[Any] = [stored(n, n) for n in range(1, 1201)]
    path = write(tmp_path / "export.jsonl", *lines)
    tally, ordered = collect_file(ledger, path)
    assert (tally.evidence, ordered) == (1200, True)
    write(path, *lines, stored(2000, 5000))
    tally, _ = collect_file(ledger, path)
    assert (tally.known, tally.evidence) == (1200, 1)


def test_an_unreadable_line_waits_with_its_place(ledger: Ledger) -> None:
    with ledger.write() as connection:
        ingest(connection, "fichier:e", [Unreadable(b"\0" * 32, "e.jsonl:3", "json")], seen_us=T0)
        (entry,) = entries(connection)
        assert entry[:3] == ("illisible", "e.jsonl:3 : ce n'est pas du JSON", 1)


def settings(folder: Path, text: str = "") -> Settings:
    secret = folder / "secret"
    secret.write_text("un-secret-de-test", "utf-8")
    secret.chmod(0o600)
    (folder / "parcours.toml").write_text(text, "utf-8")
    return Settings.load(folder)


SERVICES = """
[[moodle]]
adresse = "https://moodle.exemple.fr"
jeton_fichier = "secret"
[[lrs]]
adresse = "https://lrs.exemple.fr/xAPI"
identifiant = "parcours"
secret_fichier = "secret"
[[lrs]]
adresse = "https://ecrit.exemple.fr/xAPI"
identifiant = "parcours"
secret_fichier = "secret"
usage = "ecriture"
"""


@responses.activate
def test_a_site_that_fails_does_not_keep_an_lrs_from_being_read(ledger: Ledger, tmp_path: Path) -> None:
    responses.post("https://moodle.exemple.fr/webservice/rest/server.php", status=404)
    page(stored(1, 0))
    gathered = gather(ledger, settings(tmp_path, SERVICES))
    assert (gathered.tally.evidence, gathered.waiting) == (1, 1)
    assert len(gathered.failures) == 1
    assert "moodle.exemple.fr" in str(gathered.failures[0])
    assert not any("ecrit" in str(call.request.url) for call in responses.calls)


def moodle(said: Observation, siteurl: str = SITE) -> None:
    """Serve a site at SITE that says it is at `siteurl`."""
    functions = [{"name": OBSERVE}]
    info = {"sitename": "Formation", "siteurl": siteurl, "username": "service", "userid": 2, "functions": functions}
    answers = {SITE_INFO: info, OBSERVE: said.model_dump_json()}

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        (name,) = parse_qs(str(request.body))["wsfunction"]
        return 200, {}, json.dumps(answers[name])

    responses.add_callback("POST", f"{SITE}/webservice/rest/server.php", answer)


@responses.activate
def test_a_site_is_asked_before_the_lrs_so_that_nothing_has_to_wait(ledger: Ledger, tmp_path: Path) -> None:
    moodle(observation(as_json(snapshot()), {"format": "autre"}))
    page(completed(mbox(ANNE)))
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE))
    gathered = gather(ledger, settings(tmp_path, SERVICES))
    assert gathered.failures == []
    assert (gathered.waiting, gathered.sessions) == (0, ["CM-69L4-2026A"])
    assert "L'instantané 2" in gathered.notes[0]


@responses.activate
def test_a_site_reached_under_another_address_is_known_by_its_own(ledger: Ledger, tmp_path: Path) -> None:
    public = "https://formation.exemple.fr"
    moodle(observation(as_json(snapshot())), siteurl=public)
    page(completed(mbox(ANNE), site=public))
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE))
    assert gather(ledger, settings(tmp_path, SERVICES)).waiting == 0


def test_files_are_read_in_place_of_services_and_a_missing_one_is_told(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE))
        publish(connection)
    path = write(tmp_path / "export.jsonl", completed(mbox(ANNE)))
    gathered = gather(ledger, settings(tmp_path, SERVICES), [tmp_path / "absent.jsonl", path])
    assert (gathered.tally.evidence, gathered.waiting, len(gathered.failures)) == (1, 0, 1)
    assert "un rejeu de l'historique ne peut pas être reconnu" in gathered.notes[0]
