"""The whole chain through Ralph 5.1, an LRS that is not ours: what it is sent comes back once, however often read."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from connector.cli.main import main
from connector.ledger.schema import MAX_US
from connector.moodle.sandbox.emitter import Lrs
from connector.ops.demo.play import play
from connector.ops.demo.stage import SESSIONS, set_stage
from tests.ralph.conftest import SECRET, USER
from xapi.bookmark import Bookmark, Kind
from xapi.errors import ConflictError
from xapi.instants import format_us, parse_timestamp
from xapi.probe import probe
from xapi.reader import read

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ops.demo.stage import Stage
    from tests.ralph.conftest import Ralph

pytestmark = pytest.mark.ralph

CODE = "CM-69L4-2026A"
NOW = parse_timestamp("2026-10-07T12:00:00Z")
DAY = 86_400_000_000


def said(number: int, happened_us: int = NOW) -> dict[str, Any]:
    return {
        "id": str(UUID(int=number, version=4)),
        "actor": {"mbox": "mailto:lea.martin@ac-exemple.fr"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": f"https://moodle.exemple.fr/mod/page/view.php?id={number}"},
        "timestamp": format_us(happened_us),
    }


def test_what_is_written_is_found_and_written_again_without_harm(ralph: Ralph) -> None:
    statements = [said(number) for number in range(1, 8)]
    ids = [UUID(one["id"]) for one in statements]
    assert ralph.client.post(statements) == ralph.client.post(statements) == ids
    found = ralph.client.find(ids[0])
    assert found is not None
    assert json.loads(found.body)["object"] == statements[0]["object"]
    assert not found.voided
    assert ralph.client.find(UUID(int=99, version=4)) is None
    with pytest.raises(ConflictError):
        ralph.client.post([statements[0] | {"timestamp": format_us(NOW + 1)}])


def test_it_is_known_for_what_it_is_and_a_late_statement_is_read_all_the_same(ralph: Ralph) -> None:
    everything = [said(number, NOW + number) for number in range(1, 251)]
    ralph.client.post(everything)
    found = probe(ralph.client).abilities
    assert (found.filters_on, found.consistent_through, found.page_limit) == ("timestamp", False, 100)
    bookmark, ids = Bookmark(), []
    for step in read(ralph.client, bookmark, NOW):
        bookmark = step.bookmark
        ids += [json.loads(raw)["id"] for raw in step.items]
    assert sorted(ids) == sorted(one["id"] for one in everything)
    server_us = bookmark.server_us
    assert server_us is not None
    late = said(900, server_us - 60 * DAY)
    ralph.client.post([late])
    steps = list(read(ralph.client, bookmark, NOW + DAY))
    assert {step.kind for step in steps} == {Kind.WINDOW}
    assert late["id"] in [json.loads(raw)["id"] for step in steps for raw in step.items]


def run(folder: Path, *arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["--donnees", str(folder), *map(str, arguments)])
    return int(left.value.code or 0)


def lived(stage: Stage, ralph: Ralph) -> list[Any]:
    """Live the published session, the site and the sign-in sheet speaking to Ralph; return what Ralph then holds."""
    stage.sandbox.emitter.lrs = Lrs(f"{ralph.address}/", USER, SecretStr(SECRET))
    (stage.folder / "secret-lrs").write_text(SECRET, encoding="utf-8")
    configuration = stage.folder / "parcours.toml"
    text = (
        configuration.read_text("utf-8")
        .replace(stage.lrs.address, ralph.address)
        .replace('"demonstration"', f'"{USER}"')
    )
    configuration.write_text(text, encoding="utf-8")
    assert run(stage.folder, "personnels", "importer", stage.folder / "personnels.csv") == 0
    assert run(stage.folder, "publier", stage.folder / SESSIONS[CODE]) == 0
    played = play(stage, CODE, MAX_US, lambda _: None)
    assert played.statements > 100
    assert run(stage.folder, "emargement", "saisir", CODE, played.sheet) == 0
    return [raw for page in ralph.client.pages() for raw in page.items]


def report(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[Any]:
    assert run(folder, "rapprocher", "--annee", "2026-2027") == 0
    capsys.readouterr()
    assert run(folder, "rapport", "circonscription", "0693456G", "--annee", "2026-2027", "--format", "json") == 0
    shown: list[Any] = json.loads(capsys.readouterr().out)
    return shown


def collected(folder: Path, capsys: pytest.CaptureFixture[str], *options: object) -> dict[str, Any]:
    capsys.readouterr()
    assert run(folder, "collecter", "--json", *options) == 0
    done: dict[str, Any] = json.loads(capsys.readouterr().out)
    return done


def test_the_whole_chain_twice_loses_nothing_and_doubles_nothing(
    ralph: Ralph, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with set_stage(tmp_path / "donnees") as stage:
        held = lived(stage, ralph)
        other = tmp_path / "autre"
        shutil.copytree(stage.folder, other)
        first = collected(stage.folder, capsys)
        reported = report(stage.folder, capsys)
        again = collected(stage.folder, capsys)
        assert report(stage.folder, capsys) == reported
        assert (again["retenues"], again["connues"], again["conflits"]) == (0, first["retenues"], 0)
        export = tmp_path / "export.jsonl"
        export.write_bytes(b"\n".join(held))
        assert collected(other, capsys, "--fichier", export)["retenues"] == first["retenues"]
        assert report(other, capsys) == reported
        assert sum(row["retenu_min"] for row in reported) > 0
