"""Mode M against the sandbox: what is refused, what stops half-way, and how the next run finishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.errors import ConfigError, DataError, FatalError, RetriableError
from connector.moodle.sandbox import people_services, rendering
from connector.publish.apply import Choices
from connector.publish.plan import NO_WISHES
from connector.publish.stock.apply import publish_stock
from tests.publish.stock_world import CODE, READ, Unkept, foreign, publish, restored, written

if TYPE_CHECKING:
    from connector.moodle.document import CourseRole, Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.moodle.sandbox.site import Course


def test_nothing_is_written_without_a_yes(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    course = restored(sandbox, transport, wanted)
    choices = Choices(accept=lambda _plan: False)
    assert publish_stock(transport, wanted, course, Unkept(), wishes=NO_WISHES, choices=choices) is None
    assert not written(sandbox)


def test_the_course_of_another_session(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    course = restored(sandbox, transport, wanted)
    sandbox.site.courses[course].idnumber = "AUTRE-2026A"
    with pytest.raises(DataError, match="est celui de la session AUTRE-2026A"):
        publish(transport, wanted, course)


@pytest.mark.parametrize("field", ["shortname", "idnumber"])
def test_a_code_that_another_course_has(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, field: str
) -> None:
    course, other = restored(sandbox, transport, wanted), foreign(sandbox, transport, wanted)
    setattr(sandbox.site.courses[other], field, CODE)
    with pytest.raises(DataError, match=f"est déjà celui du cours {other}"):
        publish(transport, wanted, course)


def test_a_course_with_nothing_of_the_session(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    for module in course.modules.values():
        module.doc = module.doc.model_copy(update={"idnumber": "x"})
    with pytest.raises(DataError, match="Restaurez-y d'abord la sauvegarde"):
        publish(transport, wanted, course.id)


def test_two_activities_of_one_idnumber(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    for key, twin in (("lien", "AUTRE/accueil"), ("sondage", "AUTRE2/accueil"), ("accueil", "AUTRE3/lui")):
        module = course.modules[f"{CODE}/{key}"]
        module.doc = module.doc.model_copy(update={"idnumber": twin})
    with pytest.raises(DataError, match="2 activités portent l'idnumber"):
        publish(transport, wanted, course.id)


def test_no_such_course(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    restored(sandbox, transport, wanted)
    with pytest.raises(ConfigError, match="n'a pas de cours 9999"):
        publish(transport, wanted, 9999)


def test_roles_that_are_not_moodle_s_own(
    sandbox: Sandbox,
    transport: RestTransport,
    wanted: Publication,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The course does not hold what was written: said, not believed."""
    course = restored(sandbox, transport, wanted)
    monkeypatch.setattr("connector.publish.stock.roles.ROLE_IDS", {"student": 4, "teacher": 5, "editingteacher": 3})
    with pytest.raises(FatalError, match="vérifiez la page des participants"):
        publish(transport, wanted, course)


def _with_roles_made_again(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, monkeypatch: pytest.MonkeyPatch
) -> tuple[Course, dict[str, int]]:
    """Return the restored course of a site whose roles have other numbers than Moodle's own, and people by address."""
    numbers: dict[CourseRole, int] = {"editingteacher": 13, "teacher": 14, "student": 15}
    monkeypatch.setattr(rendering, "ROLE_IDS", numbers)
    monkeypatch.setattr(people_services, "_ROLES", {number: role for role, number in numbers.items()})
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    return course, {person.email: number for number, person in sandbox.site.people.items()}


def test_a_role_whose_number_cannot_be_known_is_never_given_by_guess(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site whose roles were made again: 5 may be anybody's."""
    course, people = _with_roles_made_again(sandbox, transport, wanted, monkeypatch)
    course.enrolments[people["anne.martin@ac-exemple.fr"]] = {"editingteacher"}
    with pytest.raises(DataError, match="n'a personne au rôle « student » qui dise le sien : rien n'a été écrit"):
        publish(transport, wanted, course.id)
    assert not written(sandbox)
    course.enrolments[people["camille.arnaud@ac-exemple.fr"]] = {"student"}  # as told
    assert publish(transport, wanted, course.id).done.people.enrol
    assert course.enrolments[people["hugo.bertin@ac-exemple.fr"]] == {"student"}


def test_numbers_of_roles_are_those_of_the_course_then_of_the_configuration_and_which_is_said(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, people = _with_roles_made_again(sandbox, transport, wanted, monkeypatch)
    course.enrolments[people["ines.belkacem@ac-exemple.fr"]] = {"student"}
    said: list[str] = []
    publish(transport, wanted, course.id, roles={"editingteacher": 13, "student": 99}, say=said.append)
    assert said == [
        "Le rôle « participant » donné ici est le numéro 15 : celui des personnes déjà inscrites dans le cours.",
        "Le rôle « formateur » donné ici est le numéro 13 : celui de parcours.toml.",
    ]
    assert course.enrolments[people["anne.martin@ac-exemple.fr"]] == {"editingteacher"}


def test_without_either_they_are_those_of_an_installation_and_it_is_said(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication
) -> None:
    said: list[str] = []
    publish(transport, wanted, restored(sandbox, transport, wanted), say=said.append)
    assert len(said) == 2
    assert all("d'une installation de Moodle, que la clé « roles »" in line for line in said)


@pytest.mark.parametrize("write", range(4))
def test_stopped_at_any_write_the_next_run_finishes(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, write: int
) -> None:
    course = restored(sandbox, transport, wanted)
    sandbox.faults.fail_at = len(READ) + 2 + write + 1
    with pytest.raises((FatalError, RetriableError)):
        publish(transport, wanted, course)
    sandbox.faults.fail_at = 0
    assert len(written(sandbox)) == write + 1
    assert publish(transport, wanted, course).done.writes
    assert not publish(transport, wanted, course).done.writes
    assert len(sandbox.site.courses[course].calendar) == 3
