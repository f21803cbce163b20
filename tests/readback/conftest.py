"""A data folder whose site has a session that people live, and an LRS that may hear of it or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import stamina

from connector.moodle.sandbox import Act, Kind
from connector.ops.demo.stage import set_stage
from tests.terminal import StageTerminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.moodle.sandbox.site import Course, Module

CODE = "CM-69L4-2026A"
CAMILLE, TRAINER = "camille.arnaud@ac-exemple.fr", "formatrice@ac-exemple.fr"
OCTOBER = 1_791_450_000
"""An instant of 8 October 2026, in the session's window."""


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


class World(StageTerminal):
    """`tick` and `act` are what people do on the site."""

    def collect(self, *options: str) -> dict[str, Any]:
        """Collect, everything going well, and return what it says."""
        code = self.run("collecter", "--json", *options)
        assert (code, self.err) == (0, "")
        said: dict[str, Any] = json.loads(self.out)
        return said

    def added(self, *options: str) -> int:
        """Collect and return how many statements reading back has added."""
        number: int = self.collect(*options)["relecture"]["ajoutees"]
        return number

    def decisions(self) -> dict[str, str]:
        """Reconcile and return Camille's lines: decision by activity, that of the session."""
        assert self.run("rapprocher", "--annee", "2026-2027") == 0
        assert self.run("expliquer", CAMILLE, "--annee", "2026-2027", "--json") == 0
        return {
            line["activite"]: line["decision"] for line in json.loads(self.out)["lignes"] if line["session"] == CODE
        }

    @property
    def course(self) -> Course:
        course = self.stage.sandbox.site.published(CODE)
        assert course is not None
        return course

    def ticked(self) -> list[Module]:
        """The activities that count by ticking, in the order of the page: not signed, each with a completion."""
        return [
            module
            for module in self.course.ordered_modules()
            if module.doc.completion.tracking != "none" and not module.doc.completion.locked
        ]

    def complete(
        self, module: Module, state: int, at: int = OCTOBER, who: str = CAMILLE, by: int | None = None
    ) -> None:
        """Have Moodle's table say so of somebody, as if it had been done at that instant."""
        site = self.stage.sandbox.site
        person = site.person_by_email(who)
        assert person is not None
        progress = site.progress_of(person.id, module.cmid)
        progress.state, progress.time, progress.override_by = state, at, by

    def act(self, module: Module, kind: Kind, at: int = OCTOBER, who: str = CAMILLE) -> None:
        """Have somebody act, the site announcing it to its own emitter."""
        self.stage.sandbox.act(who, module.doc.idnumber, Act(kind, at=at))


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """A site that holds nothing of ours yet."""
    with set_stage(tmp_path / "donnees") as stage:
        yield World(stage, capsys)


@pytest.fixture
def world(empty: World) -> World:
    """A published session, on a site with our plugin, of which the LRS has heard nothing yet."""
    folder = empty.stage.folder
    assert empty.run("personnels", "importer", folder / "personnels.csv") == 0
    assert empty.run("publier", folder / "parcours/calcul-mental/session.yaml") == 0
    empty.stage.sandbox.emitter.queue.clear()
    return empty
