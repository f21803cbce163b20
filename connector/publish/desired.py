"""What a site must hold for a prepared session: the whole publication document. Pure."""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.moodle import activities
from connector.moodle.activities.base import kept_in
from connector.moodle.activities.html import markdown
from connector.moodle.document import (
    ActivitySettings,
    Category,
    CourseRole,
    CourseSettings,
    Enrolment,
    Event,
    Group,
    Publication,
    SectionSettings,
)
from connector.moodle.slot_mark import slot_uuid
from scenarios.calendar import end_of_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.settings.sections import Circonscription
    from scenarios.prepare import PreparedActivity, PreparedSession
    from scenarios.snapshot import PlannedSlot

ROOT_CATEGORY = Category(idnumber="parcours-sessions", name="Sessions de formation")

_FULLNAME_MAX = 254
_ROLES: dict[str, CourseRole] = {"formateur": "editingteacher", "concepteur": "editingteacher", "tuteur": "teacher"}


def desired(session: PreparedSession, circonscription: Circonscription) -> Publication:
    """Return everything that publishing `session` means, every key filled in.

    Raises `DataError` with everything that cannot be published, one sentence a line.
    """
    published = tuple(_activities(session))
    wanted = Publication(
        code=session.code,
        categories=(
            ROOT_CATEGORY,
            Category(idnumber=f"parcours-{circonscription.uai}", name=circonscription.nom),
        ),
        course=_course(session, circonscription),
        sections=tuple(
            SectionSettings(
                id=sequence.id,
                name=sequence.titre,
                summary=markdown(sequence.presentation or "", sequence.liens),
                files=kept_in("summary", sequence.liens.values()),
            )
            for sequence in session.sequences
        ),
        activities=published,
        order=tuple(activity.idnumber for activity in published),
        groups=tuple(_group(session.code, name) for name in session.session.groupes),
        enrolments=tuple(_enrolments(session)),
        events=tuple(_events(session)),
        snapshot=json.loads(session.snapshot().model_dump_json()),
        parcours=(session.parcours.matricule, session.empreinte),
    )
    _refuse_clashes(wanted)
    return wanted


def _refuse_clashes(wanted: Publication) -> None:
    """Raise `DataError` where two different files would have one name in one place."""
    owners = [
        (_("activité « {name} » ({idnumber})", name=one.name, idnumber=one.idnumber), one.files)
        for one in wanted.activities or ()
    ]
    owners += [(_("présentation de l'étape « {name} »", name=one.name), one.files) for one in wanted.sections or ()]
    owners += [(_("description du parcours"), wanted.course.files)] if wanted.course else []
    refused = [
        _(
            "{where} : deux fichiers différents s'appellent « {name} » ; donnez un autre nom à l'un des deux.",
            where=where,
            name=name,
        )
        for where, files in owners
        for name in activities.clashing(files)
    ]
    if refused:
        raise DataError("\n".join(refused))


def _activities(session: PreparedSession) -> Iterator[ActivitySettings]:
    for activity in session.activites:
        yield from activities.build(activity, session.code)


def _course(session: PreparedSession, circonscription: Circonscription) -> CourseSettings:
    ending = f" ({circonscription.nom}, {session.session.annee_scolaire})"
    start = datetime.combine(session.session.debut, time(), session.fuseau)
    end = end_of_day(session.session.fin, session.fuseau) if session.session.fin is not None else None
    return CourseSettings(
        shortname=session.code,
        fullname=session.titre[: _FULLNAME_MAX - len(ending)] + ending,
        summary=markdown(session.resume, session.liens),
        files=kept_in("summary", session.liens.values()),
        startdate=int(start.timestamp()),
        enddate=int(end.timestamp()) if end is not None else 0,
    )


def _group(code: str, name: str) -> Group:
    """Blanks may not be in an idnumber, and « ~ » is in no group's name: two names never meet."""
    key = re.sub(r"\s", "~", name)
    return Group(idnumber=f"{code}/groupe/{key}", name=name)


def _enrolments(session: PreparedSession) -> Iterator[Enrolment]:
    """Yield one entry per person and role; a person's groups are the same in all of theirs."""
    groups = {one.courriel.lower(): (one.groupe,) for one in session.participants if one.groupe is not None}
    pairs: list[tuple[str, CourseRole]] = [(one.courriel.lower(), "student") for one in session.participants]
    pairs += [(one.courriel.lower(), _ROLES[one.role]) for one in session.session.formateurs]
    for email, role in dict.fromkeys(pairs):
        yield Enrolment(email=email, role=role, groups=groups.get(email, ()))


def _events(session: PreparedSession) -> Iterator[Event]:
    for activity in session.activites:
        for slot in activity.creneaux:
            yield _event(session.code, activity, slot)


def _event(code: str, activity: PreparedActivity, slot: PlannedSlot) -> Event:
    activite = activity.activite
    return Event(
        uuid=slot_uuid(code, activite.id, slot.id),
        name=activite.titre,
        description=markdown(activite.consigne or ""),
        start=int(slot.debut.timestamp()),
        minutes=int((slot.fin - slot.debut).total_seconds()) // 60,
        location=slot.lieu or "",
        group=slot.groupe,
    )
