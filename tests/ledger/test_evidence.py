"""The whitelist: what is evidence, what is a void, what is only counted."""

from __future__ import annotations

from typing import Any

import pytest

from connector.ledger.evidence import Dropped, EvidenceRow, Void, classify
from connector.ledger.moodle_iri import MoodlePage, course_page, module_page
from tests.ledger.kit import ANNE, CODE, SITE, T0, account, attended, completed, mbox
from xapi import emit, vocabulary
from xapi.statement import Actor, decode_statement
from xapi.vocabulary import OwnActivity


def judge(statement: dict[str, Any]) -> EvidenceRow | Void | Dropped:
    return classify(decode_statement(statement))


def evidence(statement: dict[str, Any]) -> EvidenceRow:
    judged = judge(statement)
    assert isinstance(judged, EvidenceRow)
    return judged


def test_a_completion_keeps_where_it_was_and_who_did_it() -> None:
    row = evidence(
        completed(account("39"), idnumber=f"{CODE}/accueil", result={"completion": True, "duration": "PT9H"})
    )
    assert row == EvidenceRow(
        kind="completion",
        state="done",
        timestamp_us=T0,
        actor_kind="account",
        actor_value=f"{SITE}|39",
        object_id=f"{SITE}/mod/page/view.php?id=101",
        site=SITE,
        course_id=12,
        cmid=101,
        idnumber=f"{CODE}/accueil",
        activity_hint="accueil",
        event_name=vocabulary.EVENT_MODULE_COMPLETION,
    )


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, "done"),
        ({"result": {"completion": True, "success": True}}, "done"),
        ({"result": {"completion": True, "success": False}}, "failed"),
        ({"result": {"completion": False}}, "undone"),
        ({"verb": {"id": vocabulary.UNCOMPLETED}}, "undone"),
    ],
)
def test_the_state_of_a_logstore_completion(said: dict[str, Any], state: str) -> None:
    assert evidence(completed(mbox(ANNE), **said)).state == state


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ({"completion": True}, "done"),
        ({"completion": True, "success": False}, "failed"),
        ({"completion": False}, "undone"),
    ],
)
def test_a_trax_completion_says_the_same(result: dict[str, Any], state: str) -> None:
    statement = completed(mbox(ANNE), verb={"id": vocabulary.MARKED_COMPLETION}, context={}, result=result)
    row = evidence(statement)
    assert (row.state, row.course_id, row.event_name) == (state, None, None)


@pytest.mark.parametrize(("present", "state"), [(True, "done"), (False, "undone")])
def test_attendance_is_present_or_absent_at_a_slot(present: bool, state: str) -> None:
    iri = OwnActivity(CODE, "presence-1", "a1").iri
    row = evidence(attended(mbox(ANNE), iri, present=present))
    assert (row.kind, row.state, row.object_id, row.site) == ("attendance", state, iri, None)


def test_what_we_emit_is_evidence() -> None:
    actor = Actor("account", f"{SITE}|39")
    where = emit.MoodleModule(SITE, 12, "page", 101, f"{CODE}/accueil")
    states = {
        state: evidence(emit.completion(actor, where, state=state, timestamp_us=T0)).state
        for state in ("done", "failed", "undone")
    }
    assert states == {"done": "done", "failed": "failed", "undone": "undone"}
    marked = emit.attendance(actor, code=CODE, activity_id="presence-1", slot_id="a1", end_us=T0, present=True)
    assert evidence(marked).idnumber == f"{CODE}/presence-1"
    attested = evidence(emit.attestation(actor, code=CODE, at_us=T0, attested=False))
    assert (attested.kind, attested.state, attested.idnumber) == ("attestation", "undone", CODE)


def test_an_attestation_is_of_the_session_that_its_object_is_whatever_else_it_says() -> None:
    made = emit.attestation(Actor("mbox", ANNE), code=CODE, at_us=T0, attested=True)
    made["object"]["definition"]["extensions"] = {vocabulary.EXT_EXTERNAL_ID: "AUTRE"}
    assert evidence(made).idnumber == CODE
    for iri in ("https://autre.exemple.fr/session", OwnActivity(CODE, "presence-1").iri):
        made["object"]["id"] = iri
        assert judge(made) == Dropped(vocabulary.ATTESTED)


def test_a_void_names_its_target() -> None:
    target = emit.completion(
        Actor("mbox", ANNE), emit.MoodleModule(SITE, 12, "page", 101, ""), state="done", timestamp_us=T0
    )
    voiding = judge(emit.void(Actor("mbox", ANNE), decode_statement(target).id, timestamp_us=T0))  # type: ignore[arg-type]
    assert isinstance(voiding, Void)
    assert voiding.target == decode_statement(target).id


EVENT = {"extensions": {vocabulary.EXT_EVENT_INFO: {"event_name": "\\mod_quiz\\event\\attempt_submitted"}}}
SUB = {"objectType": "SubStatement", "id": "urn:x:1"}
GROUP = {"objectType": "Group", "mbox": "mailto:groupe@ac-exemple.fr"}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (completed(mbox(ANNE), context=EVENT), "\\mod_quiz\\event\\attempt_submitted"),
        (completed(mbox(ANNE), context={}), vocabulary.COMPLETED),
        (completed(mbox(ANNE), verb={"id": "http://id.tincanapi.com/verb/viewed"}), vocabulary.EVENT_MODULE_COMPLETION),
        (completed(mbox(ANNE), verb={"id": vocabulary.MARKED_COMPLETION}, context={}, result={}),
         vocabulary.MARKED_COMPLETION),
        (attended(mbox(ANNE), "urn:x:1") | {"result": {"duration": "PT3H"}}, vocabulary.ATTENDED),
        (completed(GROUP), vocabulary.EVENT_MODULE_COMPLETION),
        (completed(mbox(ANNE), object=SUB), vocabulary.EVENT_MODULE_COMPLETION),
        (completed(mbox(ANNE), context={}, verb={"id": "urn:x:" + "v" * 999}), "urn:x:" + "v" * 194),
    ],
)  # fmt: skip
def test_everything_else_is_counted_under_its_event_or_verb(statement: dict[str, Any], kind: str) -> None:
    assert judge(statement) == Dropped(kind)


def test_a_course_of_another_site_says_nothing_about_the_module() -> None:
    statement = completed(mbox(ANNE))
    statement["object"]["id"] = "https://autre.exemple.fr/mod/page/view.php?id=101"
    assert evidence(statement).course_id is None


def test_a_course_is_known_by_its_address_where_its_type_is_not_given() -> None:
    statement = completed(mbox(ANNE))
    for parent in statement["context"]["contextActivities"]["parent"]:
        del parent["definition"]
    assert evidence(statement).course_id == 12


@pytest.mark.parametrize(
    ("iri", "page"),
    [
        ("https://Moodle.exemple.fr/m/mod/quiz/view.php?id=7", MoodlePage("https://moodle.exemple.fr/m", 7)),
        ("http://m.fr/mod/quiz/view.php?forceview=1&id=7#x", MoodlePage("http://m.fr", 7)),
        ("http://m.fr/mod/quiz/attempt.php?id=7", None),
        ("http://m.fr/mod/quiz/view.php?cmid=7", None),
        ("http://m.fr/mod/quiz/view.php?id=7x", None),
        ("http://m.fr/course/view.php?id=7", None),
    ],
)
def test_the_address_of_a_module(iri: str, page: MoodlePage | None) -> None:
    assert module_page(iri) == page


def test_the_address_of_a_course() -> None:
    assert course_page("http://m.fr/course/view.php?id=7&section=2") == MoodlePage("http://m.fr", 7)
    assert course_page("http://m.fr/course/edit.php?id=7") is None
