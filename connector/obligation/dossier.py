"""Reading from the ledger what an explanation needs: one teacher wholly, many without their declarations."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import _
from connector.ledger import schema
from connector.ledger.keys import keys
from connector.ledger.schema import MAX_US
from connector.ledger.scope import EVERYTHING
from connector.ledger.states import act_states
from connector.ledger.versions import in_force, newest
from connector.obligation.closed_years import closed_years
from connector.obligation.credit import credit, known_of
from connector.obligation.dues import read_dues
from connector.obligation.explain import Explanation, LineKey, decision_detail, explain_line, overlap_detail
from connector.obligation.heard import EVIDENCE, deciding
from connector.obligation.items import LINE, decisions
from xapi.names import normalise_email

if TYPE_CHECKING:
    from connector.ledger.scope import Scope
    from connector.obligation.explain import ExplainedLine
    from connector.obligation.items import Teachers
    from connector.obligation.policy import LocalRules
    from scenarios.calendar import SchoolYear


class UnknownTeacherError(DataError):
    """Nobody in the scope of whoever asks is called so."""


def read_explanation(
    connection: sa.Connection, who: str, year: SchoolYear, local: LocalRules, scope: Scope = EVERYTHING
) -> Explanation:
    """Explain the lines and the due of `who` (an identifiant, or an e-mail address) as last reconciled.

    Raises UnknownTeacherError when nobody in the scope is called so, DataError when more than one person is.
    """
    teacher = find_teacher(connection, who, year, scope)
    balance = schema.balance
    stored = balance.select().where(balance.c.teacher_id == teacher.id, balance.c.annee_scolaire == str(year))
    touched = sa.exists().where(schema.touched.c.teacher_id == teacher.id)
    declarations = _declarations(connection, teacher.id)
    details = _details(connection, teacher.id)
    return Explanation(
        identifiant=teacher.identifiant,
        nom=teacher.nom,
        prenom=teacher.prenom,
        due=read_dues(connection, [teacher.id], year, local)[teacher.id],
        lines=tuple(
            explain_line(row._asdict(), declarations[row.code, row.activity_id], details[row.code, row.activity_id])
            for row in connection.execute(_lines(_ONE, year), _of(teacher.id))
        ),
        balance=kept._asdict() if (kept := connection.execute(stored).one_or_none()) else None,
        stale=bool(connection.execute(sa.select(touched)).scalar_one()),
        closed=closed_years(connection).get(year),
    )


def explained_lines(
    connection: sa.Connection, teachers: Teachers, year: SchoolYear
) -> dict[int, tuple[ExplainedLine, ...]]:
    """Explain the lines of many teachers, by id: all but the declarations, and the names of what is kept instead."""
    found: defaultdict[int, list[ExplainedLine]] = defaultdict(list)
    for row in connection.execute(_lines(teachers, year)):
        found[row.teacher_id].append(explain_line(row._asdict(), (), ()))
    return {teacher_id: tuple(lines) for teacher_id, lines in found.items()}


def find_teacher(
    connection: sa.Connection, who: str, year: SchoolYear, scope: Scope = EVERYTHING
) -> sa.Row[int, str, str, str]:
    """Return id, identifiant, nom and prenom of the one teacher of the scope called `who`.

    Raises UnknownTeacherError for none: whoever is outside the scope does not exist. DataError for several.
    """
    teacher, key = schema.teacher.c, keys().subquery("key").c
    by_email = sa.select(key.teacher_id).where(key.kind == "mbox", key.value == normalise_email(who))
    found = connection.execute(
        sa.select(teacher.id, teacher.identifiant, teacher.nom, teacher.prenom).where(
            sa.or_(teacher.identifiant == who, teacher.id.in_(by_email)), scope.teachers(str(year))
        )
    ).all()
    if len(found) == 1:
        return found[0]
    if not found and not scope.everything:
        raise UnknownTeacherError(
            _("« {qui} » n'est personne de votre périmètre en {annee}.", qui=who, annee=year),
            remedy=_("Vérifiez l'orthographe."),
        )
    if not found:
        raise UnknownTeacherError(
            _("« {qui} » n'est ni un identifiant ni une adresse du fichier des personnels.", qui=who),
            remedy=_("Vérifiez l'orthographe, ou importez le fichier à jour : parcours personnels importer FICHIER."),
        )
    raise DataError(
        _("L'adresse « {qui} » est celle de plusieurs personnes.", qui=who),
        remedy=_(
            "Donnez l'identifiant : {identifiants}.", identifiants=", ".join(sorted(row.identifiant for row in found))
        ),
    )


def _lines(teachers: Teachers, year: SchoolYear) -> sa.Select[Any]:
    """The teachers' lines of the year with titles, oldest first, those without a date last."""
    line, session, activity = schema.line, schema.session, schema.activity
    same = sa.and_(activity.c.code == line.c.code, activity.c.activity_id == line.c.activity_id)
    return (
        sa.select(
            line,
            session.c.titre.label("session_titre"),
            sa.and_(session.c.validation == "attestation", ~_granted(line)).label("a_attester"),
            session.c.fuseau,
            activity.c.titre.label("activite_titre"),
        )
        .join(session, session.c.code == line.c.code)
        .join(activity, sa.and_(same, newest(activity)))
        .where(line.c.teacher_id.in_(teachers), line.c.annee_scolaire == str(year))
        .order_by(sa.func.coalesce(line.c.instant_us, MAX_US), line.c.code, activity.c.position)
    )


def _granted(line: sa.Table) -> sa.Exists:
    """Tell whether a person granted the line: a decision that replaces another voids it."""
    said, evidence, void = schema.resolution.c, schema.evidence.c, schema.void.c
    same = (said[name] == line.c[name] for name in LINE)
    return sa.exists(
        sa.select(evidence.id).where(
            *same,
            evidence.id == said.evidence_id,
            evidence.kind == "decision",
            evidence.state == "done",
            ~sa.exists(sa.select(void.statement_id).where(void.target_id == evidence.statement_id)),
        )
    ).correlate(line)


_TEACHER: sa.BindParameter[int] = sa.bindparam("of_teacher", type_=sa.Integer)
_ONE = sa.select(schema.teacher.c.id).where(schema.teacher.c.id == _TEACHER)
"""The teacher who is explained: what is said of one is composed once, since composing costs more than reading."""


def _of(teacher_id: int) -> dict[str, int]:
    return {_TEACHER.key: teacher_id}


def _order(source: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    return [source.c[name] for name in ("timestamp_us", "stored_us", "rank", "statement_id")]


def _declarations(connection: sa.Connection, teacher_id: int) -> defaultdict[LineKey, list[str]]:
    """Ids of the statements that bear on each line, oldest first; an attestation bears on all those of its session."""
    found: defaultdict[LineKey, list[str]] = defaultdict(list)
    for row in connection.execute(_bearing(), _of(teacher_id)):
        found[row.code, row.activity_id].append(str(row.statement_id))
    return found


@cache
def _bearing() -> sa.Select[Any]:
    acts, line = act_states(_ONE).cte("act"), schema.line
    evidence = sa.select(acts.c.code, acts.c.activity_id, *_order(acts)).where(acts.c.kind.in_(EVIDENCE))
    decided = sa.select(acts.c.code, acts.c.activity_id, *_order(acts)).where(acts.c.kind == "decision")
    attested = acts.c.kind == "attestation"
    needed = (schema.session.c.code == line.c.code) & (schema.session.c.validation == "attestation")
    of_session = (
        sa.select(line.c.code, line.c.activity_id, *_order(acts))
        .join(acts, (acts.c.teacher_id == line.c.teacher_id) & (acts.c.code == line.c.code) & attested)
        .join(schema.session, needed)
    )
    said = sa.union_all(evidence, decided, of_session).subquery()
    return sa.select(said).order_by(*_order(said))


def _details(connection: sa.Connection, teacher_id: int) -> defaultdict[LineKey, list[str]]:
    """Name who decided and why, the slots that give way, and the session that keeps what is credited once."""
    found: defaultdict[LineKey, list[str]] = defaultdict(list)
    for row in connection.execute(_decisions(), _of(teacher_id)):
        found[row.code, row.activity_id].append(decision_detail(row._asdict()))
    for row in connection.execute(_overlaps(), _of(teacher_id)):
        found[row.code, row.activity_id].append(overlap_detail(row._asdict()))
    for code, activity_id, kept in connection.execute(_doubles(), _of(teacher_id)):
        found[code, activity_id].append(_("Créditée au titre de la session {session}.", session=kept))
    return found


@cache
def _decisions() -> sa.Select[Any]:
    """The decisions in force, with who took them and why."""
    acts = deciding(act_states(_ONE)).cte("act")
    decided, evidence = decisions(acts).subquery("decided"), schema.evidence.c
    return (
        sa.select(
            *(decided.c[name] for name in ("code", "activity_id", "state", "timestamp_us")),
            evidence.motif,
            evidence.auteur,
            schema.session.c.fuseau,
        )
        .join(schema.evidence, evidence.id == decided.c.evidence_id)
        .join(schema.session, schema.session.c.code == decided.c.code)
    )


@cache
def _overlaps() -> sa.Select[Any]:
    return credit(known_of(_ONE)).overlaps


@cache
def _doubles() -> sa.Select[str, str, str]:
    """The lines refused as `doublon`, each with the session that keeps it: never by an activity of its own."""
    refused, kept = schema.line.alias("refused"), schema.line.alias("kept")
    its, other = schema.session.alias("its"), schema.session.alias("other")
    same = {"code": kept.c.code, "activity_id": kept.c.activity_id}
    return (
        sa.select(refused.c.code, refused.c.activity_id, kept.c.code.label("kept"))
        .join(its, its.c.code == refused.c.code)
        .join(
            kept,
            sa.and_(
                kept.c.teacher_id == refused.c.teacher_id,
                kept.c.activity_id == refused.c.activity_id,
                kept.c.annee_scolaire == refused.c.annee_scolaire,
                kept.c.decision == "credite",
            ),
        )
        .join(other, sa.and_(other.c.code == kept.c.code, other.c.parcours_key == its.c.parcours_key))
        .join(schema.activity, in_force(schema.activity, kept.c.instant_us, **same))
        .where(refused.c.teacher_id == _TEACHER, refused.c.motif == "doublon", ~schema.activity.c.locale)
    )
