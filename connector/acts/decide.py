"""Deciding of one line of one teacher: who may, of whom, for which reason, and the statement of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.acts.leading import refuse_unless_overseer
from connector.attendance.attest import people_to_attest
from connector.attendance.decide import Decided
from connector.attendance.declare import declare, in_force
from connector.attendance.directory import read_directory
from connector.attendance.lrs import writable_lrs
from connector.errors import DataError
from connector.language import N_, _
from connector.ledger.contested import answer_contestation
from connector.ledger.instants import now_us
from connector.ledger.sessions import known_activities
from connector.obligation.closed_years import refuse_closed
from connector.obligation.dossier import UnknownTeacherError, find_teacher
from connector.obligation.rules import regulation, school_year

if TYPE_CHECKING:
    from connector.attendance.decide import Verdict
    from connector.attendance.declare import Declared
    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from connector.settings import Settings
    from scenarios.snapshot import Snapshot
    from xapi.vocabulary import OwnActivity

ACTIONS: dict[Verdict, str] = {"granted": "accorder", "refused": "refuser", "withdrawn": "retirer"}
"""How each verdict is named in the journal, in the options of `decider` and in the data of the reasons."""


def check_reason(verdict: Verdict, motif: str) -> None:
    """Refuse a reason that is not of the closed list, or does not serve to this verdict (DataError)."""
    reason = regulation().decisions.get(motif)
    if reason is None:
        known = ", ".join(regulation().decisions)
        raise DataError(
            _("Le motif « {motif} » n'est pas de la liste.", motif=motif),
            remedy=_("Motifs admis : {motifs}.", motifs=known),
        )
    if verdict != "withdrawn" and ACTIONS[verdict] not in reason.pour:
        fit = ", ".join(code for code, other in regulation().decisions.items() if ACTIONS[verdict] in other.pour)
        unfit = N_("Le motif « {motif} » ne sert pas à accorder."), N_("Le motif « {motif} » ne sert pas à refuser.")
        said = unfit[verdict == "refused"]
        raise DataError(_(said, motif=motif), remedy=_("Pour cela : {motifs}.", motifs=fit))


def decide(  # noqa: PLR0913, PLR0917 - what is said of which line, by whom
    settings: Settings,
    ledger: Ledger,
    who: Asker,
    snapshot: Snapshot,
    teacher: str,
    line: OwnActivity,
    says: Verdict,
    motif: str,
    *,
    withdraws: Verdict | None = None,
) -> Declared:
    """Decide of a line of the teacher named `teacher` (identifiant or e-mail), journal it, answer its contestation.

    With `withdraws`, a withdrawal is only said where this verdict is in force. Raises ConfigError for who may not
    decide, UnknownTeacherError for nobody in the scope, DataError for a line or a reason that is not.
    """
    refuse_unless_overseer(
        ledger, who, "decider", N_("décident d'une ligne"), N_("Contestez la ligne auprès de votre IEN.")
    )
    check_reason(says, motif)
    if says == "granted":
        _check_credited(snapshot, line.activity_id or "")
    identifiant, email = _person(ledger, snapshot, teacher, line.activity_id or "", who)
    fact = Decided(line, email, says, motif, who.author, now_us())
    with writable_lrs(settings) as lrs:
        if withdraws and in_force(lrs, [fact]) != [withdraws]:
            none = (
                N_("Aucune décision en vigueur n'est à retirer : rien n'est « accordée » ici."),
                N_("Aucune décision en vigueur n'est à retirer : rien n'est « refusée » ici."),
            )
            raise DataError(_(none[withdraws == "refused"]))
        declared = declare(lrs, [fact])
    with ledger.write() as connection:
        answer_contestation(connection, identifiant, line.code, line.activity_id or "")
    figures = {"nouvelles": declared.new, "corrigees": declared.corrected}
    who.note(ledger, f"decision.{ACTIONS[says]}", identifiant, ligne=line.idnumber, motif=motif, **figures)
    return declared


def _check_credited(snapshot: Snapshot, activity_id: str) -> None:
    """Refuse an activity that no decision can credit (RULES.md 3.1): work in class, or excluded by the scenario."""
    planned = next((one for one in snapshot.activites if one.id == activity_id), None)
    if planned is not None and (planned.modalite == "en_classe" or not planned.credite):
        raise DataError(
            _(
                "« {activite} » ne compte pas dans les heures du parcours : aucune décision ne peut l'accorder.",
                activite=activity_id,
            ),
            remedy=_("Décidez d'une activité créditée de {session}.", session=snapshot.code),
        )


def _person(ledger: Ledger, snapshot: Snapshot, named: str, activity_id: str, who: Asker) -> tuple[str, str]:
    """Return the identifiant of the teacher and the address that names them in the session."""
    year = school_year(snapshot.annee_scolaire)
    with ledger.read() as connection:
        refuse_closed(connection, year)
        activities = known_activities(connection, snapshot.code)
        people = read_directory(connection)
        try:
            teacher = find_teacher(connection, named, year, who.scope)
        except UnknownTeacherError:
            teacher = None
    if teacher is None:
        who.refuse(ledger, named, demande="decider")
        raise UnknownTeacherError(
            _("« {qui} » n'est ni un identifiant ni une adresse d'un enseignant de votre périmètre.", qui=named),
            remedy=_("Vérifiez l'orthographe, ou importez le fichier à jour : parcours personnels importer FICHIER."),
        )
    if activity_id not in activities:
        known = ", ".join(sorted(activities))
        raise DataError(
            _("« {activite} » n'est pas une activité de {session}.", activite=activity_id, session=snapshot.code),
            remedy=_("Connues : {activites}.", activites=known),
        )
    return teacher.identifiant, people_to_attest(snapshot, [teacher.identifiant], people)[0]
