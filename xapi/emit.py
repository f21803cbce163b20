"""The statements that we make, built with tincan: completions read back, attendance, attestations, decisions, voids.

Each is a plain JSON object whose id is the UUIDv5 of what it says and of its revision number: made again from the
same facts it is the same statement, and yes, no, yes again are three. What a person says about another (attendance,
attestation, decision) has no date in its id: whoever knows the two and the revision finds the statement in any LRS, and
a date that is corrected is a new revision.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import uuid5

import tincan

from xapi import vocabulary
from xapi.instants import format_us
from xapi.names import normalise_homepage
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from xapi.statement import Actor

_LANGUAGE = "fr"
_VERSION = "1.0.3"
_RESULTS = {"done": {"completion": True}, "failed": {"completion": True, "success": False}, "undone": {}}
_VERDICTS = {
    "granted": {"completion": True, "success": True},
    "refused": {"completion": True, "success": False},
    "withdrawn": {"completion": False},
}
_DISPLAY = {
    vocabulary.COMPLETED: "a terminé",
    vocabulary.UNCOMPLETED: "n'a plus terminé",
    vocabulary.ATTENDED: "a émargé",
    vocabulary.ATTESTED: "est attesté",
    vocabulary.DECIDED: "fait l'objet d'une décision",
    vocabulary.VOIDED: "annule",
}


class MoodleModule(NamedTuple):
    """A course module: `module` is Moodle's name of its type (`page`, `quiz`…), `idnumber` may be empty."""

    site: str
    course_id: int
    module: str
    cmid: int
    idnumber: str


def completion(
    actor: Actor,
    where: MoodleModule,
    *,
    state: Literal["done", "failed", "undone"],
    timestamp_us: int,
    revision: int = 1,
) -> dict[str, Any]:
    """A completion read in Moodle's own table, in the shape that logstore_xapi gives to the event.

    `failed` is done without the pass grade. `timestamp_us` is Moodle's `timemodified`.
    """
    home = normalise_homepage(where.site)
    said = _Said(
        actor,
        vocabulary.UNCOMPLETED if state == "undone" else vocabulary.COMPLETED,
        _activity(f"{home}/mod/{where.module}/view.php?id={where.cmid}", vocabulary.TYPE_MODULE, where.idnumber),
        timestamp_us,
        _RESULTS[state],
        revision,
    )
    course = _activity(f"{home}/course/view.php?id={where.course_id}", vocabulary.TYPE_COURSE)
    return _statement(said, [course], {vocabulary.EXT_EVENT_INFO: {"event_name": vocabulary.EVENT_MODULE_COMPLETION}})


def attendance(
    actor: Actor, *, code: str, activity_id: str, slot_id: str, end_us: int, present: bool, revision: int = 1
) -> dict[str, Any]:
    """A mark on a sign-in sheet: present or absent at one slot, `end_us` being the end of the slot."""
    activity, session = OwnActivity(code, activity_id), OwnActivity(code)
    slot = _activity(OwnActivity(code, activity_id, slot_id).iri, vocabulary.TYPE_MEETING, activity.idnumber)
    parents = [
        _activity(activity.iri, vocabulary.TYPE_MODULE, activity.idnumber),
        _activity(session.iri, vocabulary.TYPE_COURSE, session.idnumber),
    ]
    said = _Said(actor, vocabulary.ATTENDED, slot, end_us, {"completion": present}, revision, dated=False)
    return _statement(said, parents)


def attestation(
    actor: Actor, *, code: str, at_us: int, attested: bool, trainer: Actor | None = None, revision: int = 1
) -> dict[str, Any]:
    """A trainer attests a session for one person, or withdraws it; `trainer` is who said so, when it is known."""
    own = OwnActivity(code)
    session = _activity(own.iri, vocabulary.TYPE_COURSE, own.idnumber)
    said = _Said(actor, vocabulary.ATTESTED, session, at_us, {"completion": attested}, revision, dated=False)
    made = _statement(said)
    if trainer is not None:
        made["context"]["instructor"] = json.loads(_agent(trainer).to_json(_VERSION))
    return made


def decision(
    actor: Actor,
    line: OwnActivity,
    *,
    verdict: Literal["granted", "refused", "withdrawn"],
    reason: str,
    author: str,
    at_us: int,
    revision: int = 1,
) -> dict[str, Any]:
    """`author`, a user of the program, decides on one line of a person: their activity in a session."""
    activity = _activity(line.iri, vocabulary.TYPE_MODULE, line.idnumber)
    said = _Said(actor, vocabulary.DECIDED, activity, at_us, _VERDICTS[verdict], revision, dated=False)
    own = OwnActivity(line.code)
    session = _activity(own.iri, vocabulary.TYPE_COURSE, own.idnumber)
    made = _statement(said, [session], {vocabulary.EXT_REASON: reason})
    who = tincan.Agent(account=tincan.AgentAccount(home_page=vocabulary.PROGRAM_HOMEPAGE, name=author))
    made["context"]["instructor"] = json.loads(who.to_json(_VERSION))
    return made


def void(actor: Actor, target: UUID, *, timestamp_us: int) -> dict[str, Any]:
    """Void a statement, which may not have arrived yet."""
    return _statement(_Said(actor, vocabulary.VOIDED, tincan.StatementRef(id=target), timestamp_us))


class _Said(NamedTuple):
    """What a statement says: what its id is made from, the timestamp only when it is `dated`."""

    actor: Actor
    verb: str
    object: tincan.Activity | tincan.StatementRef
    timestamp_us: int
    result: Mapping[str, bool] = MappingProxyType({})
    revision: int = 1
    dated: bool = True

    def id(self) -> UUID:
        parts = [self.actor.kind, self.actor.value, self.verb, str(self.object.id), dict(self.result)]
        when = [format_us(self.timestamp_us)] if self.dated else []
        text = json.dumps([*parts, *when, self.revision], sort_keys=True)
        return uuid5(vocabulary.NAMESPACE, text)


def _statement(
    said: _Said, parents: Sequence[tincan.Activity] = (), extensions: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    statement = tincan.Statement(
        id=said.id(),
        actor=_agent(said.actor),
        verb=tincan.Verb(id=said.verb, display=tincan.LanguageMap({_LANGUAGE: _DISPLAY[said.verb]})),
        object=said.object,
        timestamp=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=said.timestamp_us),
        context=tincan.Context(extensions=tincan.Extensions({**extensions, vocabulary.EXT_REVISION: said.revision})),
    )
    if said.result:
        statement.result = tincan.Result(**said.result)
    if parents:
        statement.context.context_activities = tincan.ContextActivities(parent=list(parents))
    made: dict[str, Any] = json.loads(statement.to_json(_VERSION))
    return made


def _agent(actor: Actor) -> tincan.Agent:
    if actor.kind == "account":
        home, name = actor.value.rsplit("|", 1)
        return tincan.Agent(account=tincan.AgentAccount(home_page=home, name=name))
    if actor.kind == "mbox":
        return tincan.Agent(mbox=f"mailto:{actor.value}")
    msg = f"we make no statement about a person named by {actor.kind}"
    raise ValueError(msg)


def _activity(iri: str, kind: str, idnumber: str = "") -> tincan.Activity:
    definition = tincan.ActivityDefinition(type=kind)
    if idnumber:
        definition.extensions = tincan.Extensions({vocabulary.EXT_EXTERNAL_ID: idnumber})
    return tincan.Activity(id=iri, definition=definition)
