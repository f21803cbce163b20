"""Modes M and S killed before every write, or with an answer lost: run again, each write is made once."""

from __future__ import annotations

import copy
import shutil
import signal
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from connector.cli.main import main
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.moodle.attendance_functions import ATTENDANCE_FUNCTIONS
from connector.moodle.rest import RestTransport
from connector.moodle.sandbox.sandbox import Sandbox
from connector.publish.journal import INTENT
from connector.settings import Settings
from tests.publish.conftest import data_folder
from tests.publish.killed import ending
from tests.publish.stock_world import CODE, JANUARY, PLUGIN, restored, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.moodle.document import Publication
    from connector.moodle.sandbox.site import Course

NOON = 1_760_000_000
MOST_WRITES = 30
COPY = "ESSAI-2027B"


class Mode(NamedTuple):
    """A command, how it ends, how many writes it makes at least, the ledger's included; which functions it has not."""

    arguments: tuple[str, ...]
    code: int
    least: int
    withheld: frozenset[str]


M = Mode((CODE, "--cours", "2", "--oui"), 0, 14, PLUGIN)
S = Mode((COPY, "--modele", "2", "--oui"), 2, 12, PLUGIN | set(ATTENDANCE_FUNCTIONS))


@dataclass
class World:
    """A site and a data folder that are as at the beginning each time: a restored course, a ledger that is empty."""

    sandbox: Sandbox
    site: dict[str, Any]
    template: Path

    def fresh(self, folder: Path, mode: Mode) -> Path:
        """Begin again, with the data in a folder of their own."""
        for name in ("courses", "_ids"):
            setattr(self.sandbox.site, name, copy.deepcopy(self.site[name]))
        self.sandbox.faults.withheld = mode.withheld
        self.sandbox.calls.clear()
        shutil.copytree(self.template, folder)
        return folder

    def state(self) -> list[Any]:
        """Return all that the site's courses hold, in an order of its own, without Moodle's numbers."""
        return [self._course(course) for course in self.sandbox.site.courses.values()]

    def _course(self, course: Course) -> Any:
        people = {number: one.email for number, one in self.sandbox.site.people.items()}
        groups = {group.id: name for name, group in course.groups.items()}
        return (
            course.shortname, course.fullname, course.idnumber, course.startdate, course.enddate, course.visible,
            {key: module.doc for key, module in course.modules.items()},
            {name: sorted(people[one] for one in group.members) for name, group in course.groups.items()},
            {people[one]: roles for one, roles in course.enrolments.items()},
            sorted((one.name, one.timestart, one.timeduration, one.description) for one in course.calendar.values()),
            [
                sorted((one.start, one.seconds, groups.get(one.group), one.description) for one in sessions.values())
                for sessions in (roll.sessions for roll in course.attendances.values())
            ],
        )  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_ledger: Path, wanted: Publication) -> Iterator[World]:
    with Sandbox(lambda: NOON, attendance=True) as sandbox:
        transport = RestTransport(sandbox.url, SecretStr(sandbox.token))
        assert restored(sandbox, transport, wanted) == 2
        template = data_folder(tmp_path_factory.mktemp("modele") / "donnees", sandbox, sqlite_ledger)
        session = (template / "sessions" / "session.yaml").read_text(encoding="utf-8")
        for old, new in JANUARY:
            session = session.replace(old, new)
        (template / "sessions" / "janvier.yaml").write_text(session, encoding="utf-8")
        yield World(sandbox, copy.deepcopy({name: vars(sandbox.site)[name] for name in ("courses", "_ids")}), template)


def publish(data: Path, mode: Mode) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), "publier", *mode.arguments])
    return int(str(ended.value.code))


def last_entries(data: Path) -> dict[str, str]:
    """Return the last action of each part of the publications."""
    with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.read() as connection:
        rows = connection.execute(sa.select(schema.journal.c.action, schema.journal.c.detail).order_by("id"))
        return {detail["partie"]: action for action, detail in rows if "partie" in detail}


class Whole(NamedTuple):
    """What an uninterrupted publication makes."""

    state: list[Any]
    writes: Counter[str]
    ranks: tuple[int, ...]


@pytest.fixture(scope="module")
def wholes(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[Mode, Whole]:
    """Publish once in each mode, uninterrupted."""
    return {mode: _whole(world, mode, tmp_path_factory.mktemp("entier") / "donnees") for mode in (M, S)}


def _whole(world: World, mode: Mode, folder: Path) -> Whole:
    data = world.fresh(folder, mode)
    assert publish(data, mode) == mode.code
    calls = list(world.sandbox.calls)
    writes = written(world.sandbox)
    return Whole(world.state(), Counter(writes), tuple(rank for rank, one in enumerate(calls, 1) if one in writes))


@pytest.mark.parametrize("mode", [M, S], ids=["M", "S"])
def test_killed_before_each_write_then_run_again(
    tmp_path: Path, world: World, wholes: dict[Mode, Whole], mode: Mode
) -> None:
    uninterrupted = wholes[mode]
    for number in range(1, MOST_WRITES):
        data = world.fresh(tmp_path / str(number), mode)
        code = ending("before", number, "--donnees", str(data), "publier", *mode.arguments)
        if code == mode.code:
            break
        assert code == -signal.SIGKILL
        assert publish(data, mode) == mode.code
        assert world.state() == uninterrupted.state
        assert Counter(written(world.sandbox)) == uninterrupted.writes
        assert INTENT not in last_entries(data).values()
    assert number > mode.least
    assert number < MOST_WRITES - 1, "some publication must have come to its end"


@pytest.mark.parametrize(("mode", "writes"), [(M, 4), (S, 2)], ids=["M", "S"])
def test_an_answer_lost_after_the_work_was_done_makes_nothing_twice(
    tmp_path: Path, world: World, wholes: dict[Mode, Whole], mode: Mode, writes: int
) -> None:
    uninterrupted = wholes[mode]
    for rank in uninterrupted.ranks[:writes]:
        data = world.fresh(tmp_path / str(rank), mode)
        world.sandbox.faults.cut, world.sandbox.faults.spoil_at = True, rank
        assert publish(data, mode) == 1
        world.sandbox.faults.cut, world.sandbox.faults.spoil_at = False, 0
        assert publish(data, mode) == mode.code
        assert world.state() == uninterrupted.state
        assert Counter(written(world.sandbox)) == uninterrupted.writes


@pytest.mark.parametrize("mode", [M, S], ids=["M", "S"])
def test_what_was_not_done_is_not_taken_for_done(
    tmp_path: Path, world: World, wholes: dict[Mode, Whole], mode: Mode
) -> None:
    """Negative control of the above: the same silence, the site having done nothing, is a write more."""
    uninterrupted = wholes[mode]
    data = world.fresh(tmp_path / "non", mode)
    world.sandbox.faults.fail_at = uninterrupted.ranks[0]
    assert publish(data, mode) == 1
    world.sandbox.faults.fail_at = 0
    assert publish(data, mode) == mode.code
    assert world.state() == uninterrupted.state
    assert sum(Counter(written(world.sandbox)).values()) == sum(uninterrupted.writes.values()) + 1


def test_a_copy_that_nobody_s_journal_tells_of_is_not_adopted(
    tmp_path: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Negative control: without the intent, a course that bears the session's name is somebody's."""
    data = world.fresh(tmp_path / "donnees", S)
    other = copy.deepcopy(world.sandbox.site.courses[2])
    other.id, other.shortname = 3, COPY
    world.sandbox.site.courses[3] = other
    assert publish(data, S) == 1
    assert "est déjà celui du cours 3" in capsys.readouterr().err
    assert written(world.sandbox) == []


def test_a_copy_that_is_not_whole_is_not_adopted(
    tmp_path: Path, world: World, wholes: dict[Mode, Whole], capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer was lost, and Moodle may still be at work."""
    rank = wholes[S].ranks[0]
    data = world.fresh(tmp_path / "donnees", S)
    world.sandbox.faults.cut, world.sandbox.faults.spoil_at = True, rank
    assert publish(data, S) == 1
    world.sandbox.faults.cut, world.sandbox.faults.spoil_at = False, 0
    made = next(one for one in world.sandbox.site.courses.values() if one.shortname == COPY)
    lien = made.modules.pop(f"{CODE}/lien")
    capsys.readouterr()
    assert publish(data, S) == 1
    assert f"relancez avec --cours {made.id}" in capsys.readouterr().err
    made.modules[f"{CODE}/lien"] = lien
    assert publish(data, S) == S.code
    assert made.idnumber == COPY
