"""The exact calls of a publication of 20 activities with groups, 30 participants and calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.sessions import emails, write_session
from connector.cli.main import main
from connector.settings import FILE

if TYPE_CHECKING:
    from pathlib import Path

    from connector.moodle.sandbox.sandbox import Sandbox

CODE = "PLAN-MESURE"
INFO, OBSERVE, PUBLISH = "core_webservice_get_site_info", "local_parcours_observe", "local_parcours_publish"


def run(data: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), *arguments])
    return int(str(ended.value.code))


@pytest.fixture
def twenty(data: Path, sandbox: Sandbox) -> Path:
    """A data folder whose session has 20 activities and 30 participants, all of them with an account."""
    people = emails(30)
    for email in people:
        sandbox.site.add_person(email.partition("@")[0], "Prof", "Exemple", email)
    write_session(data / "sessions" / "mesure", CODE, 20, people)
    return data


def test_first_publication_then_nothing_to_do(twenty: Path, sandbox: Sandbox) -> None:
    assert run(twenty, "publier", CODE) == 0
    assert sandbox.calls == [INFO, OBSERVE, PUBLISH, OBSERVE]
    course = sandbox.site.published(CODE)
    assert course is not None
    assert len([one for one in course.modules if not one.endswith("~note")]) == 20
    assert (len(course.groups), len(course.enrolments), len(course.events)) == (2, 30, 4)

    for command in ("publier", "planifier"):
        sandbox.calls.clear()
        assert run(twenty, command, CODE) == 0
        assert sandbox.calls == [INFO, OBSERVE]


def test_one_change_is_one_write(twenty: Path, sandbox: Sandbox) -> None:
    """Negative control: the calls above follow from what there is to do."""
    assert run(twenty, "publier", CODE) == 0
    parcours = twenty / "sessions" / "mesure" / "parcours.yaml"
    text = parcours.read_text(encoding="utf-8")
    parcours.write_text(text.replace("titre: Activité 7\n", "titre: Activité sept\n"), encoding="utf-8")
    sandbox.calls.clear()
    assert run(twenty, "publier", CODE, "--oui") == 0
    assert sandbox.calls == [INFO, OBSERVE, PUBLISH, OBSERVE]


def test_a_session_of_two_hundred_activities_is_one_write_too(data: Path, sandbox: Sandbox) -> None:
    write_session(data / "sessions" / "mesure", CODE, 200, emails(1))
    assert (data / FILE).is_file()
    assert run(data, "publier", CODE) == 2  # the one person has no account there
    assert sandbox.calls == [INFO, OBSERVE, PUBLISH, OBSERVE]
