"""Hand edits, concurrent publications and archiving on a real Moodle with our plugin (a test site of one's own).

PARCOURS_MOODLE_URL, PARCOURS_MOODLE_JETON: the connector's, whose service must hold the core functions used here as
Moodle's own pages would be. The course is deleted at the end.
"""

from __future__ import annotations

import os
import threading
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from connector.errors import FatalError, ParcoursError
from connector.moodle import functions
from connector.moodle.observation import Query
from connector.moodle.rest import RestTransport
from connector.publish.apply import Choices, observe, publish
from connector.publish.archive import Closing, archive
from connector.publish.plan import Wishes, make_plan
from tests.publish.conftest import SUPPLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.moodle.document import Publication
    from connector.moodle.observation import ObservedSession
    from connector.publish.changes import Plan
    from connector.publish.journal import PublicationJournal

pytestmark = pytest.mark.moodle


@pytest.fixture
def transport() -> RestTransport:
    address, token = os.environ.get("PARCOURS_MOODLE_URL"), os.environ.get("PARCOURS_MOODLE_JETON")
    if not address or not token:
        pytest.skip("no real Moodle: PARCOURS_MOODLE_URL, PARCOURS_MOODLE_JETON not set")
    return RestTransport(address, SecretStr(token))


@pytest.fixture
def code() -> str:
    return f"PLAN-{uuid.uuid4().hex[:8].upper()}"


@pytest.fixture
def ours(edited: Callable[..., Publication], tmp_path: Path, code: str) -> Callable[..., Publication]:
    """Return a function like `edited`, for a session of its own with people of the site."""
    domain = os.environ.get("PARCOURS_MOODLE_DOMAINE", "@ac-exemple.example")
    folder = tmp_path / "publication"
    people = "".join(f"prof0{rank}{domain};{group}\n" for rank, group in ((1, "A"), (2, "B"), (3, "A")))
    (folder / "participants.csv").write_text("courriel;groupe\n" + people, encoding="utf-8")
    edited("session.yaml", ("ESSAI-2026A", code), ("anne.martin@ac-exemple.fr", f"formateur1{domain}"))
    return edited


@pytest.fixture
def published(
    transport: RestTransport, journal: PublicationJournal, ours: Callable[..., Publication], code: str
) -> Iterator[Publication]:
    wanted = ours("session.yaml")
    assert publish(transport, wanted, journal, SUPPLY) is not None
    yield wanted
    session = observed(transport, code)
    transport.call("core_course_delete_courses", {"courseids": [session.course.id]}, write=True)


def observed(transport: RestTransport, code: str) -> ObservedSession:
    session = functions.observe(transport, Query(code=code, content=True)).session(code)
    assert session is not None
    return session


def cmid(transport: RestTransport, code: str, activity: str) -> int:
    return next(one.cmid for one in observed(transport, code).activities if one.idnumber == f"{code}/{activity}")


def rename(transport: RestTransport, module: int, name: str) -> None:
    params = {"component": "core_course", "itemtype": "activityname", "itemid": str(module), "value": name}
    transport.call("core_update_inplace_editable", params, write=True)


def plan_of(transport: RestTransport, wanted: Publication) -> Plan:
    return make_plan(wanted, observe(transport, wanted))


def told(plan: Plan) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(one.kind, one.key.rpartition("/")[2], one.fields) for one in plan.drift}


def test_edits_in_moodle_are_told_apart_left_alone_and_overwritten_on_demand(
    transport: RestTransport, journal: PublicationJournal, published: Publication, code: str
) -> None:
    assert (plan_of(transport, published).changes, plan_of(transport, published).drift) == ((), ())
    rename(transport, cmid(transport, code, "lien"), "Corrigé dans Moodle")
    hide = {"action": "hide", "id": cmid(transport, code, "sondage")}
    transport.call("core_course_edit_module", hide, write=True)
    delete = {"cmids": [cmid(transport, code, "mode-emploi")]}
    transport.call("core_course_delete_modules", delete, write=True)
    course = {"id": observed(transport, code).course.id, "summary": "<p>Autre résumé</p>"}
    transport.call("core_course_update_courses", {"courses": [course]}, write=True)

    plan = plan_of(transport, published)
    assert plan.changes == ()
    assert told(plan) == {
        ("activite", "lien", ("name",)),
        ("activite", "sondage", ("visible",)),
        ("activite", "mode-emploi", ()),
        ("cours", code, ("summary",)),
    }
    outcome = publish(transport, published, journal, SUPPLY)
    assert outcome is not None
    assert outcome.left == plan.drift
    assert publish(transport, published, journal, SUPPLY, wishes=Wishes(overwrite=True)) is not None
    after = plan_of(transport, published)
    assert (after.changes, after.drift) == ((), ())


def test_the_authors_change_goes_beside_an_edit_that_no_document_can_say(
    transport: RestTransport,
    journal: PublicationJournal,
    published: Publication,
    ours: Callable[..., Publication],
    code: str,
) -> None:
    """A prerequisite that is deleted leaves Moodle with a restriction on nothing."""
    rename(transport, cmid(transport, code, "lien"), "Corrigé dans Moodle")
    transport.call("core_course_delete_modules", {"cmids": [cmid(transport, code, "accueil")]}, write=True)
    wanted = ours("parcours.yaml", ("titre: Vos calculs", "titre: Nos calculs"), ("Lisez l'introduction", "Lisez tout"))
    before = told(plan_of(transport, wanted))
    assert ("activite", "echanges", ("availability",)) in before
    outcome = publish(transport, wanted, journal, SUPPLY)
    assert outcome is not None
    names = {one.idnumber.rpartition("/")[2]: one.name for one in outcome.session.activities}
    assert names["echanges"] == "Nos calculs"
    assert names["lien"] == "Corrigé dans Moodle"
    assert told(plan_of(transport, wanted)) == before


def test_an_edit_or_a_publication_since_the_plan_is_refused(
    transport: RestTransport,
    journal: PublicationJournal,
    published: Publication,
    ours: Callable[..., Publication],
    code: str,
) -> None:
    wanted = ours("parcours.yaml", ("titre: Vos calculs", "titre: Nos calculs"))

    def meanwhile(_: Plan) -> bool:
        rename(transport, cmid(transport, code, "lien"), "Corrigé dans Moodle")
        return True

    with pytest.raises(FatalError, match="le cours a changé"):
        publish(transport, wanted, journal, SUPPLY, choices=Choices(accept=meanwhile))
    assert {one.name for one in observed(transport, code).activities} >= {"Corrigé dans Moodle", "Vos calculs"}
    assert publish(transport, wanted, journal, SUPPLY) is not None


def test_of_two_at_the_same_time_one_publishes(
    transport: RestTransport,
    journal: PublicationJournal,
    published: Publication,
    ours: Callable[..., Publication],
    code: str,
) -> None:
    wanted = ours("parcours.yaml", ("titre: Vos calculs", "titre: Nos calculs"))
    ready = threading.Barrier(2)
    refused: list[ParcoursError] = []

    def one(_: Plan) -> bool:
        ready.wait(60)
        return True

    def person() -> None:
        try:
            publish(transport, wanted, journal, SUPPLY, choices=Choices(accept=one))
        except ParcoursError as error:
            refused.append(error)

    people = [threading.Thread(target=person) for _ in range(2)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    assert len(refused) == 1
    assert f"{code} (20" in str(refused[0])
    assert observed(transport, code).publication.revision == 2


def test_archived_then_opened_again(
    transport: RestTransport, journal: PublicationJournal, published: Publication, code: str
) -> None:
    before = observed(transport, code)
    info, closing = functions.get_site_info(transport), Closing(lambda _: True, lambda _: None)
    closed = archive(transport, info, code, journal, None, closing)
    assert closed is not None
    after = observed(transport, code)
    assert (closed.changed, after.course.visible) == (True, False)
    same: dict[str, Any] = {"publication": None, "fingerprint": None, "course": None}
    assert after.model_copy(update=same) == before.model_copy(update=same)
    again = archive(transport, info, code, journal, None, closing)
    assert again is not None
    assert not again.changed
    assert publish(transport, published, journal, SUPPLY) is not None
    assert observed(transport, code).course.visible
    assert observed(transport, code).publication.archived_at == 0
