"""What a statement is to us: evidence (RULES.md section 2, the whitelist), a void, or something that we only count.

Pure. Everything that is kept of evidence is in `EvidenceRow`: no duration, no score, no name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.ledger.moodle_iri import course_page, module_page
from xapi import vocabulary

if TYPE_CHECKING:
    from uuid import UUID

    from xapi.statement import Statement

_LONGEST_KIND = 200
_COMPLETIONS = frozenset({vocabulary.COMPLETED, vocabulary.UNCOMPLETED})
_OTHERS = frozenset({vocabulary.MARKED_COMPLETION, vocabulary.ATTENDED, vocabulary.ATTESTED, vocabulary.VOIDED})


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What the ledger keeps of a statement of the whitelist; the columns of `schema.evidence` of the same names.

    `site`, `cmid` and `course_id` are those of a Moodle module and of its course, None for another object.
    """

    kind: str
    state: str
    timestamp_us: int
    actor_kind: str
    actor_value: str
    object_id: str
    site: str | None
    course_id: int | None
    cmid: int | None
    idnumber: str | None
    activity_hint: str | None
    event_name: str | None


@dataclass(frozen=True, slots=True)
class Void:
    """The statement `target` is to be taken as if it never came."""

    target: UUID


@dataclass(frozen=True, slots=True)
class Dropped:
    """No evidence; `kind` is the event or the verb to count it under."""

    kind: str


def concerns(verb: str, event_name: str | None) -> bool:
    """Tell whether a statement of this verb and event may be evidence or a void; the rest is only counted."""
    if verb in _COMPLETIONS:
        return event_name == vocabulary.EVENT_MODULE_COMPLETION
    return verb in _OTHERS


def kind_of(verb: str, event_name: str | None) -> str:
    """Return what to count under a statement that is no evidence."""
    return (event_name or verb)[:_LONGEST_KIND]


def classify(statement: Statement) -> EvidenceRow | Void | Dropped:
    """Apply the whitelist to one statement."""
    if statement.voids is not None:
        return Void(statement.voids)
    judged = _judge(statement)
    if judged is None or statement.object_id is None or statement.actor.group:
        return Dropped(kind_of(statement.verb, statement.event_name))
    kind, state = judged
    page = module_page(statement.object_id)
    site = page.site if page else None
    idnumber = _attested_code(statement) if kind == "attestation" else statement.object_idnumber
    return EvidenceRow(
        kind=kind,
        state=state,
        timestamp_us=statement.timestamp_us,
        actor_kind=statement.actor.kind,
        actor_value=statement.actor.value,
        object_id=statement.object_id,
        site=site,
        course_id=_course_id(statement, site),
        cmid=page.number if page else None,
        idnumber=idnumber,
        activity_hint=(idnumber or "").rpartition("/")[2] or None,
        event_name=statement.event_name,
    )


def _judge(statement: Statement) -> tuple[str, str] | None:
    """Return the kind and the state that a statement says; None when it is no evidence."""
    verb, completion = statement.verb, statement.completion
    if not concerns(verb, statement.event_name):
        return None
    if verb in _COMPLETIONS:
        return "completion", "undone" if verb == vocabulary.UNCOMPLETED else _outcome(statement)
    if verb == vocabulary.MARKED_COMPLETION and completion is not None:
        return "completion", _outcome(statement)
    if verb == vocabulary.ATTENDED and completion is not None:
        return "attendance", "done" if completion else "undone"
    if verb == vocabulary.ATTESTED and completion is not None and _attested_code(statement):
        return "attestation", "done" if completion else "undone"
    return None


def _attested_code(statement: Statement) -> str | None:
    """Return the code of the session that the object is, by its IRI alone; None for anything else."""
    own = vocabulary.parse_own(statement.object_id or "")
    return own.code if own is not None and own.activity_id is None else None


def _outcome(statement: Statement) -> str:
    if statement.completion is False:
        return "undone"
    return "failed" if statement.success is False else "done"


def _course_id(statement: Statement, site: str | None) -> int | None:
    """Return the course that the statement names, by its type or by its address, on the site of the object."""
    for parent in filter(None, (statement.course_id, *statement.parents)):
        page = course_page(parent)
        if page is not None and page.site == site:
            return page.number
    return None
