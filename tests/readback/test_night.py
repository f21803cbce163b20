"""`parcours collecter` on a site whose statements come or do not: what is added, what is not doubled, what is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.moodle.functions import BATCH, COMPLETIONS, OBSERVE, SITE_INFO, STATUS
from connector.moodle.sandbox import Kind
from tests.readback.conftest import CODE, OCTOBER

if TYPE_CHECKING:
    from tests.readback.conftest import World


def test_without_any_emitter_completions_become_lines_and_again_adds_nothing(world: World) -> None:
    first, second, *_ = world.ticked()
    world.complete(first, 1)
    world.complete(second, 2, OCTOBER + 60)
    assert world.added() == 2
    decided = world.decisions()
    for module in (first, second):
        assert decided[module.doc.idnumber.rpartition("/")[2]] == "credite"
    assert world.added() == 0
    assert world.added("--relecture", "complete") == 0
    assert world.decisions() == decided


def test_what_was_added_is_collected_without_reading_again_what_was_just_read(world: World) -> None:
    first, second, *_ = world.ticked()
    world.act(first, Kind.VIEW)
    assert world.stage.sandbox.drain()
    world.complete(second, 2, OCTOBER + 60)
    said = world.collect()
    assert said["relecture"]["ajoutees"] == 1
    assert said["retenues"] > 1
    assert said["connues"] == 0
    assert world.collect()["connues"] == said["retenues"]  # the next one overlaps both


def test_what_was_added_is_counted_once(world: World) -> None:
    first, second, *_ = world.ticked()
    world.act(first, Kind.VIEW)
    assert world.stage.sandbox.drain()
    before = world.collect()
    assert before["retenues"] > 1
    world.complete(second, 2, OCTOBER + 60)
    said = world.collect("--relecture", "complete")
    assert said["relecture"]["ajoutees"] == 1
    assert said["retenues"] == 1
    assert said["connues"] == before["retenues"]


def test_what_the_emitter_said_is_not_said_again_though_its_clock_was_a_second_late(world: World) -> None:
    """The row is dated when it is written, its event when it is made: on a loaded server, a second later."""
    module = next(one for one in world.ticked() if one.doc.completion.view)
    world.act(module, Kind.VIEW)
    assert world.stage.sandbox.drain()
    world.complete(module, 1, OCTOBER - 1)
    assert world.added() == 0
    assert world.decisions()[module.doc.idnumber.rpartition("/")[2]] == "credite"


def test_the_emitter_may_come_after_and_in_the_wrong_order(world: World) -> None:
    """Read back first; then the `uncompleted` of a first view arrives, of the same second, seconds later."""
    module = next(one for one in world.ticked() if one.doc.completion.view)
    world.act(module, Kind.VIEW)
    assert world.added() == 1
    queue = world.stage.sandbox.emitter.queue
    queue.reverse()
    assert world.stage.sandbox.drain()
    assert world.added("--relecture", "complete") == 0
    assert world.decisions()[module.doc.idnumber.rpartition("/")[2]] == "credite"


def test_an_untick_by_hand_is_an_act_and_another_tick_credits_again(world: World) -> None:
    module = next(one for one in world.ticked() if one.doc.completion.tracking == "manual")
    name = module.doc.idnumber.rpartition("/")[2]
    for number, (state, decision) in enumerate(((1, "credite"), (0, "refuse"), (1, "credite"))):
        world.complete(module, state, OCTOBER + 3600 * number)
        assert world.added("--relecture", "complete") == 1
        assert world.decisions().get(name, "refuse") == decision
    assert world.added("--relecture", "complete") == 0


@pytest.mark.parametrize("how", ["reset", "recomputed", "deleted"])
def test_what_moodle_no_longer_has_is_told_and_the_credit_stays(world: World, how: str) -> None:
    module = next(one for one in world.ticked() if one.doc.completion.view)
    name = module.doc.idnumber.rpartition("/")[2]
    world.complete(module, 1)
    assert world.added() == 1
    before = world.decisions()
    if how == "deleted":
        del world.course.modules[module.doc.idnumber]
    else:
        world.complete(module, 0, 0 if how == "reset" else OCTOBER + 3600)
    said = world.collect("--relecture", "complete")
    reason = "activite_disparue" if how == "deleted" else "achevement_disparu"
    assert said["relecture"] == {
        "ajoutees": 0,
        "sans_lrs": 0,
        "disparus": [{"session": CODE, "activite": name, "motif": reason, "personnes": 1}],
    }
    assert said["en_attente"] == 1
    assert world.decisions() == before
    assert world.run("collecter") == 0
    assert f"{CODE}/{name}, 1\u00a0personne : " in world.out
    world.run("file", "--json")
    assert [entry["motif"] for entry in json.loads(world.out)] == [reason]


def test_what_comes_back_is_no_longer_told(world: World) -> None:
    module = next(one for one in world.ticked() if one.doc.completion.view)
    world.complete(module, 1)
    world.collect()
    world.complete(module, 0, 0)
    assert world.collect("--relecture", "complete")["relecture"]["disparus"]
    world.complete(module, 1, OCTOBER + 7200)
    said = world.collect("--relecture", "complete")
    assert (said["relecture"]["disparus"], said["en_attente"]) == ([], 0)


def test_it_can_be_left_out(world: World) -> None:
    world.complete(world.ticked()[0], 1)
    assert world.collect("--relecture", "non")["relecture"] is None
    assert COMPLETIONS not in world.stage.sandbox.calls


def test_a_quiet_night_asks_little_and_hears_little(world: World) -> None:
    world.collect()
    world.stage.sandbox.calls.clear()
    world.collect()
    asked = [name for name in world.stage.sandbox.calls if name != SITE_INFO]
    assert asked == [OBSERVE, COMPLETIONS]


def test_an_lrs_that_takes_nothing_costs_nothing_else_and_is_made_up_for(world: World) -> None:
    module = world.ticked()[0]
    world.complete(module, 1)
    folder = world.stage.folder
    right = (folder / "secret-lrs").read_text("utf-8")
    (folder / "secret-lrs").write_text("un autre\n", "utf-8")
    assert world.run("collecter") == 1
    assert "refuse l'accès" in world.err
    (folder / "secret-lrs").write_text(right, "utf-8")
    assert world.added() == 1


def test_without_an_lrs_to_write_to_it_says_what_is_missing(world: World) -> None:
    path = world.stage.folder / "parcours.toml"
    path.write_text(path.read_text("utf-8").replace("lecture-ecriture", "lecture"), "utf-8")
    world.complete(world.ticked()[0], 1)
    assert world.run("collecter", "--json") == 0
    assert json.loads(world.out)["relecture"]["sans_lrs"] == 1
    assert "aucun LRS n'est ouvert en écriture" in world.err


class TestWithoutThePlugin:
    """The same session on a site that offers core services only, its course tied to it by hand."""

    @pytest.fixture
    def stock(self, world: World) -> World:
        world.collect()
        withheld = {COMPLETIONS, OBSERVE, "local_parcours_publish"}
        world.stage.sandbox.faults = world.stage.sandbox.faults.model_copy(update={"withheld": frozenset(withheld)})
        return world

    def test_completions_become_lines_thirty_people_a_request(self, stock: World) -> None:
        first, second, *_ = stock.ticked()
        stock.complete(first, 1)
        stock.complete(second, 1)
        stock.stage.sandbox.calls.clear()
        assert stock.added("--relecture", "complete") == 2
        assert STATUS not in stock.stage.sandbox.calls
        assert stock.stage.sandbox.calls.count(BATCH) == -(-len(stock.course.enrolments) // 30)
        assert stock.added("--relecture", "complete") == 0
        assert stock.decisions()[first.doc.idnumber.rpartition("/")[2]] == "credite"

    def test_one_person_a_request_where_they_cannot_be_grouped(self, stock: World) -> None:
        faults = stock.stage.sandbox.faults
        stock.stage.sandbox.faults = faults.model_copy(update={"withheld": faults.withheld | {BATCH}})
        stock.complete(stock.ticked()[0], 1)
        stock.stage.sandbox.calls.clear()
        assert stock.added("--relecture", "complete") == 1
        assert stock.stage.sandbox.calls.count(STATUS) == len(stock.course.enrolments)

    def test_a_loss_is_told_and_one_who_left_the_course_is_no_loss(self, stock: World) -> None:
        module = stock.ticked()[0]
        site = stock.stage.sandbox.site
        others = [site.people[number].email for number, roles in stock.course.enrolments.items() if "student" in roles]
        for email in others[:2]:
            stock.complete(module, 1, who=email)
        assert stock.added("--relecture", "complete") == 2
        gone = site.person_by_email(others[1])
        assert gone is not None
        del stock.course.enrolments[gone.id]
        for email in others[:2]:
            stock.complete(module, 0, 0, who=email)
        (lost,) = stock.collect("--relecture", "complete")["relecture"]["disparus"]
        assert (lost["motif"], lost["personnes"]) == ("achevement_disparu", 1)

    def test_a_site_with_nothing_of_ours_is_no_failure(self, empty: World) -> None:
        withheld = frozenset({COMPLETIONS, OBSERVE, "local_parcours_publish"})
        empty.stage.sandbox.faults = empty.stage.sandbox.faults.model_copy(update={"withheld": withheld})
        assert empty.run("collecter") == 0
        assert "aucun de ses cours n'est lié" in empty.err
