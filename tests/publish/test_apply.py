"""Publishing into the sandbox: the exact calls, what survives, what a broken write leads to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import DataError, FatalError, UncertainError
from connector.moodle.functions import get_site_info
from connector.moodle.sandbox.acts import Act, Kind
from connector.publish.apply import Choices, publish
from connector.publish.removed import CANCELLED
from tests.publish.conftest import SUPPLY, UPLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.publish.journal import PublicationJournal

CODE = "ESSAI-2026A"
INFO, OBSERVE, PUBLISH = "core_webservice_get_site_info", "local_parcours_observe", "local_parcours_publish"
CAMILLE = "camille.arnaud@ac-exemple.fr"


class Broken:
    """A transport whose writes end in doubt, done or not."""

    def __init__(self, real: RestTransport, *, done: bool) -> None:
        self.real = real
        self.done = done
        self.address = real.address

    def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
        if not write:
            return self.real.call(function, params, write=False)
        if self.done:
            self.real.call(function, params, write=True)
        raise UncertainError("coupé pendant l'écriture")

    def upload(self, name: str, content: bytes, *, draft: int) -> None:
        self.real.upload(name, content, draft=draft)


class Recorder:
    """A transport that keeps what was written."""

    def __init__(self, real: RestTransport) -> None:
        self.real = real
        self.address = real.address
        self.written: list[dict[str, Any]] = []

    def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
        if write:
            self.written.append(json.loads(str(params["document"])))
        return self.real.call(function, params, write=write)

    def upload(self, name: str, content: bytes, *, draft: int) -> None:
        self.real.upload(name, content, draft=draft)


def test_the_calls_of_a_first_and_of_a_second_publication(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> None:
    get_site_info(transport)
    first = publish(transport, wanted, journal, SUPPLY)
    assert sandbox.calls == [INFO, OBSERVE, *UPLOADS, PUBLISH, OBSERVE]
    assert first is not None
    assert first.plan.unknown_people == ()
    assert {one.idnumber for one in first.session.activities} == set(wanted.order or ())

    sandbox.calls.clear()
    get_site_info(transport)
    second = publish(transport, wanted, journal, SUPPLY)
    assert sandbox.calls == [INFO, OBSERVE]
    assert second is not None
    assert second.plan.changes == ()
    assert second.plan.unchanged == wanted.order


def test_a_change_of_text_sends_that_activity_and_keeps_what_learners_did(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    wanted: Publication,
    edited: Callable[..., Publication],
) -> None:
    before = publish(transport, wanted, journal, SUPPLY)
    assert before is not None
    sandbox.act(CAMILLE, f"{CODE}/accueil", Act(Kind.VIEW))
    states = {key: progress.state for key, progress in sandbox.site.progress.items()}
    assert 1 in states.values()

    recorder = Recorder(transport)
    outcome = publish(recorder, edited("parcours.yaml", ("Lisez cette page", "Relisez cette page")), journal, SUPPLY)
    (document,) = recorder.written
    assert set(document) == {"format", "code", "activities", "basis", "prints"}
    assert [one["idnumber"] for one in document["activities"]] == [f"{CODE}/accueil"]
    assert {key: progress.state for key, progress in sandbox.site.progress.items()} == states
    assert outcome is not None
    assert {one.idnumber: one.cmid for one in outcome.session.activities} == {
        one.idnumber: one.cmid for one in before.session.activities
    }


def test_what_was_removed_is_hidden_or_cancelled_and_comes_back(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    wanted: Publication,
    edited: Callable[..., Publication],
) -> None:
    publish(transport, wanted, journal, SUPPLY)
    slots = "  visio:\n    - {id: v1, debut: 2026-11-12T17:00, fin: 2026-11-12T18:00}\n"
    without = edited("session.yaml", (slots, ""), ("echeances:", "contextualisation: {retirer: [visio]}\necheances:"))
    outcome = publish(transport, without, journal, SUPPLY)
    assert outcome is not None
    hidden = {one.idnumber for one in outcome.session.activities if not one.visible}
    assert f"{CODE}/visio" in hidden
    assert [one.name for one in outcome.session.events if one.name.startswith(CANCELLED)] == [
        f"{CANCELLED}Point d'étape"
    ]
    again = publish(transport, wanted, journal, SUPPLY)
    assert again is not None
    assert f"{CODE}/visio" not in {one.idnumber for one in again.session.activities if not one.visible}
    assert not [one for one in again.session.events if one.name.startswith(CANCELLED)]


def test_a_write_in_doubt_that_was_done_is_success(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> None:
    outcome = publish(Broken(transport, done=True), wanted, journal, SUPPLY)
    assert outcome is not None
    assert sandbox.calls == [OBSERVE, *UPLOADS, PUBLISH, OBSERVE]


def test_a_write_in_doubt_that_was_not_done_is_not_sent_again(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> None:
    with pytest.raises(UncertainError):
        publish(Broken(transport, done=False), wanted, journal, SUPPLY)
    assert sandbox.calls == [OBSERVE, *UPLOADS, OBSERVE]
    assert publish(transport, wanted, journal, SUPPLY) is not None


def test_an_error_500_during_the_write_leaves_nothing_that_a_second_run_does_not_finish(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> None:
    sandbox.faults.fail_at = 2 + len(UPLOADS)
    with pytest.raises(UncertainError, match="erreur 500"):
        publish(transport, wanted, journal, SUPPLY)
    assert not [course for course in sandbox.site.courses.values() if course.published]
    assert publish(transport, wanted, journal, SUPPLY) is not None


def test_a_site_that_does_not_keep_what_it_is_sent_is_told(
    transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> None:
    class Forgetful(Recorder):
        def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
            if write:
                document = json.loads(str(params["document"]))
                document["activities"][1]["intro"] = "<p>Autre chose</p>"
                params = {"document": json.dumps(document)}
            return self.real.call(function, params, write=write)

    with pytest.raises(FatalError, match=r"vient d'être publié : l'activité « Bienvenue » \(présentation\)"):
        publish(Forgetful(transport), wanted, journal, SUPPLY)


def test_a_refused_plan_writes_nothing(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> None:
    assert publish(transport, wanted, journal, SUPPLY, choices=Choices(accept=lambda _: False)) is None
    assert sandbox.calls == [OBSERVE]


def test_people_without_an_account_cost_no_write(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, edited: Callable[..., Publication]
) -> None:
    wanted = edited("session.yaml", ("anne.martin@", "personne.ici@"))
    first = publish(transport, wanted, journal, SUPPLY)
    assert first is not None
    assert first.plan.unknown_people == ("personne.ici@ac-exemple.fr",)
    sandbox.calls.clear()
    assert publish(transport, wanted, journal, SUPPLY) is not None
    assert sandbox.calls == [OBSERVE]
    sandbox.site.add_person("personne.ici", "Personne", "Ici", "Personne.Ici@ac-exemple.fr")
    third = publish(transport, wanted, journal, SUPPLY)
    assert third is not None
    assert third.plan.unknown_people == ()
    assert "editingteacher" in {one.role for one in third.session.enrolments}


def test_a_course_of_somebody_else_is_never_adopted(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> None:
    publish(transport, wanted, journal, SUPPLY)
    stranger = wanted.model_copy(update={"code": "AUTRE-2026A", "order": None, "activities": None, "groups": None,
                                         "enrolments": None, "events": None})  # fmt: skip
    with pytest.raises(DataError, match="n'a pas publié"):
        publish(transport, stranger, journal, SUPPLY)
    assert len([course for course in sandbox.site.courses.values() if course.published]) == 1


@pytest.mark.parametrize(
    ("activity", "act", "edit", "what"),
    [
        ("test-final", Kind.ATTEMPT, ("test-final.gift", ("7 × 8", "6 × 9")), "settings.gift"),
        ("accueil", Kind.VIEW, ("parcours.yaml", ("achevement: vue", "achevement: manuel")), "completion"),
    ],
)
def test_what_the_site_keeps_is_told_each_time_and_never_sent_again(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    wanted: Publication,
    edited: Callable[..., Publication],
    *,
    activity: str,
    act: Kind,
    edit: tuple[str, tuple[str, str]],
    what: str,
) -> None:
    publish(transport, wanted, journal, SUPPLY)
    sandbox.act(CAMILLE, f"{CODE}/{activity}", Act(act))
    changed = edited(*edit)
    for _ in range(2):
        sandbox.calls.clear()
        outcome = publish(transport, changed, journal, SUPPLY)
        assert outcome is not None
        assert [(one.idnumber, one.what) for one in outcome.kept] == [(f"{CODE}/{activity}", what)]
    assert sandbox.calls == [OBSERVE]


def test_an_activity_of_one_group_is_restricted_to_it_and_stays_so(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, edited: Callable[..., Publication]
) -> None:
    said = "acces: {lien: {groupes: [A], a_partir_du: J+7, jusqu_au: J+28}}\necheances: {"
    wanted = edited("session.yaml", ("echeances: {", said))
    assert publish(transport, wanted, journal, SUPPLY) is not None
    again = publish(transport, wanted, journal, SUPPLY)
    assert again is not None
    assert again.plan.publication is None
    course = sandbox.site.published(CODE)
    assert course is not None
    held = course.modules[f"{CODE}/lien"].doc.availability
    assert held.groups == ("A",)
    assert 0 < held.from_ < held.until
