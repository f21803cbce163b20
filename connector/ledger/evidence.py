"""What a statement is to us: evidence (RULES.md section 2, the whitelist), a void, or something that we only count.

Pure. Everything that is kept of evidence is in `EvidenceRow`: no duration, no score, no name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from connector.ledger.moodle_iri import course_page, module_page
from xapi import vocabulary

if TYPE_CHECKING:
    from uuid import UUID

    from xapi.statement import Statement

_LONGEST_KIND = 200
_COMPLETIONS = frozenset({vocabulary.COMPLETED, vocabulary.UNCOMPLETED})
_OTHERS = frozenset(
    {vocabulary.MARKED_COMPLETION, vocabulary.ATTENDED, vocabulary.ATTESTED, vocabulary.DECIDED, vocabulary.VOIDED}
)
_OWN = frozenset({"attestation", "decision"})


class EvidenceRow(NamedTuple):
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
    motif: str | None = None
    auteur: str | None = None


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
    idnumber = _own_idnumber(statement, kind) if kind in _OWN else statement.object_idnumber
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
        motif=statement.reason,
        auteur=statement.decided_by,
    )


def _judge(statement: Statement) -> tuple[str, str] | None:
    """Return the kind and the state that a statement says; None when it is no evidence."""
    verb, completion = statement.verb, statement.completion
    if not concerns(verb, statement.event_name):
        return None
    if verb in _COMPLETIONS:
        return "completion", "undone" if verb == vocabulary.UNCOMPLETED else _outcome(statement)
    if completion is None:
        return None
    if verb == vocabulary.MARKED_COMPLETION:
        return "completion", _outcome(statement)
    if verb == vocabulary.ATTENDED:
        return "attendance", "done" if completion else "undone"
    return _said_by_a_person(statement)


def _said_by_a_person(statement: Statement) -> tuple[str, str] | None:
    if statement.verb == vocabulary.ATTESTED and _own_idnumber(statement, "attestation"):
        return "attestation", "done" if statement.completion else "undone"
    if statement.verb == vocabulary.DECIDED and _own_idnumber(statement, "decision"):
        return "decision", _verdict(statement)
    return None


def _verdict(statement: Statement) -> str:
    """A decision as a state: granted is `done`, refused `failed`, withdrawn `undone`."""
    if not statement.completion:
        return "undone"
    return "done" if statement.success else "failed"


def _own_idnumber(statement: Statement, kind: str) -> str | None:
    """Return the idnumber of the session attested, or of the activity decided on, by the IRI alone; else None."""
    own = vocabulary.parse_own(statement.object_id or "")
    if own is None or own.slot_id is not None or (own.activity_id is None) != (kind == "attestation"):
        return None
    return own.idnumber


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
