"""The version of the parcours that is published: told where it is no step forward, refused where it goes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.publish.by_hand import CODE
from tests.publish.stock_world import restored
from tests.publish.test_planifier import OBSERVE, rewrite, run

if TYPE_CHECKING:
    from pathlib import Path

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox

VERSION, TITLE = ("_1.0", "_1.1"), ("titre: Un article", "titre: Un bel article")


def remarks(data: Path, capsys: pytest.CaptureFixture[str], command: str = "planifier", *where: str) -> list[str]:
    capsys.readouterr()
    assert run(data, command, CODE, "--json", *where, *(("--oui",) if command == "publier" else ())) in {0, 2}
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return [one for one in said["remarques"] if "version" in one]


@pytest.fixture(params=["avec l'extension", "sans"])
def where(
    request: pytest.FixtureRequest, data: Path, sandbox: Sandbox, transport: RestTransport, wanted: Publication
) -> tuple[str, ...]:
    """Publish the session, in its course on a site without the plugin."""
    course = () if request.param == "avec l'extension" else ("--cours", str(restored(sandbox, transport, wanted)))
    assert run(data, "publier", CODE, *course, "--oui") in {0, 2}
    return course


def test_a_change_without_a_version_is_told_once_it_is_published(
    data: Path, where: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert remarks(data, capsys, "planifier", *where) == []
    rewrite(data, "parcours.yaml", ("format: parcours/1", "# relu\nformat: parcours/1"))
    assert remarks(data, capsys, "planifier", *where) == [], "a comment says nothing"
    rewrite(data, "parcours.yaml", TITLE)
    (said,) = remarks(data, capsys, "publier", *where)
    assert "a changé sans changer de version" in said
    assert remarks(data, capsys, "planifier", *where) == []


def test_a_version_that_goes_back_is_refused(
    data: Path, where: tuple[str, ...], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(data, "parcours.yaml", VERSION, TITLE)
    assert remarks(data, capsys, "publier", *where) == []
    rewrite(data, "parcours.yaml", ("_1.1", "_1.0"))
    before = written(sandbox)
    for command in ("planifier", "publier"):
        assert run(data, command, CODE, *where) == 1
        assert "est plus ancien" in capsys.readouterr().err
    assert written(sandbox) == before


def written(sandbox: Sandbox) -> list[str]:
    """Return the calls that may have changed the site."""
    return [call for call in sandbox.calls if "_get_" not in call and call != OBSERVE]
