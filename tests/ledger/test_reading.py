"""A glance and a whole decoding agree on what is no evidence, and on the id of what comes back as something else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.ledger.evidence import Dropped, classify
from connector.ledger.ingest import ingest
from connector.ledger.queue import entries
from connector.ledger.reading import passed
from tests.ledger.kit import ANNE, T0, completed, mbox, received, take
from xapi import vocabulary
from xapi.statement import decode_statement

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

VIEWED = {"verb": {"id": "http://id.tincanapi.com/verb/viewed"}}
IDENTIFIED = {"id": "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "stored": "2026-10-07T12:00:01.5Z"}


def raw(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement, ensure_ascii=False).encode()


VERBS = (
    vocabulary.COMPLETED,
    vocabulary.UNCOMPLETED,
    vocabulary.MARKED_COMPLETION,
    vocabulary.ATTENDED,
    vocabulary.ATTESTED,
    vocabulary.VOIDED,
    "http://id.tincanapi.com/verb/viewed",
)
EVENTS = (vocabulary.EVENT_MODULE_COMPLETION, "\\core\\event\\course_viewed", "", None, 3)


@given(st.sampled_from(VERBS), st.sampled_from(EVENTS), st.none() | st.just(IDENTIFIED["id"]))
def test_what_a_glance_passes_is_what_the_whitelist_drops_under_the_same_name(
    verb: str, event: object, known_by: str | None
) -> None:
    info = {"extensions": {vocabulary.EXT_EVENT_INFO: {"event_name": event}}}
    statement = completed(mbox(ANNE), verb={"id": verb}, context=info) | {"id": known_by}
    seen = passed(raw(statement))
    if seen is not None:
        whole = decode_statement(raw(statement))
        assert classify(whole) == Dropped(seen.kind)
        assert (seen.stored_us, seen.fingerprint()) == (whole.timestamp_us, whole.sha256)
        assert seen.hex == (whole.id and whole.id.hex)
    elif event in EVENTS[1:3]:
        assert verb not in (vocabulary.COMPLETED, vocabulary.UNCOMPLETED, VERBS[-1])


@pytest.mark.parametrize(
    "wrong",
    [
        {"timestamp": "2026-10-07T12:00:00"},
        {"timestamp": None},
        {"timestamp": 3},
        {"stored": "hier"},
        {"id": "pas-un-uuid"},
        {"id": 3},
        {"verb": {"id": "urn:x:\u0007"}},
        {"verb": "viewed"},
    ],
)
def test_what_is_wrong_is_left_to_decoding_which_says_why(wrong: dict[str, Any]) -> None:
    assert passed(raw(completed(mbox(ANNE), context={}, **VIEWED))) is not None
    assert passed(raw(completed(mbox(ANNE), context={}, **(VIEWED | wrong)))) is None


def test_bytes_that_are_no_utf_8_are_left_to_decoding() -> None:
    good = raw(completed(mbox(ANNE), context={"platform": "é"}, **VIEWED))
    assert passed(good) is not None
    assert passed(good.replace("é".encode(), b"\xe9")) is None


def test_evidence_that_comes_back_as_no_evidence_is_set_aside(ledger: Ledger) -> None:
    with ledger.write() as connection:
        first = received(completed(mbox(ANNE)), "1")
        take(connection, first)
        other = passed(raw(completed(mbox(ANNE), context={}, **VIEWED) | {"id": str(first.id)}))
        assert other is not None
        for expected in (1, 0):
            tally = ingest(connection, "ailleurs", [other], seen_us=T0)
            assert (tally.conflicts, tally.dropped.total()) == (expected, 0)
        assert [entry.reason for entry in entries(connection) if entry.reason == "conflit"] == ["conflit"]


def test_what_only_mentions_a_completion_is_decoded_and_dropped_all_the_same() -> None:
    named = raw(completed(mbox(ANNE), context={"platform": "course_module_completion_updated"}, **VIEWED))
    assert passed(named) is None
    assert classify(decode_statement(named)) == Dropped(VIEWED["verb"]["id"])
