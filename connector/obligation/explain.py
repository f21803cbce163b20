"""Why each line is what it is, and why the due is what it is: what was read, put together. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connector.language import N_, _
from connector.ledger.instants import day_of
from connector.obligation.rules import Regulation, regulation
from connector.obligation.wording import day, hours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from connector.obligation.closed_years import ClosedYear
    from connector.obligation.due import Due

MOTIFS: Mapping[str, str] = {code: reason.phrase for code, reason in regulation().motifs.items()}
"""The sentence of each reason of FORMATS.md section 5, and of `credite`, in the order of precedence."""

LineKey = tuple[str, str]
"""Session code and activity id."""


@dataclass(frozen=True)
class ExplainedLine:
    """One line, credited or not; `jour` is the local day of what decided it, `texts` the titles of the sources.

    `declarations` are the ids of the statements that bear on it, oldest first; minutes are whole.
    """

    session: str
    session_titre: str
    activite: str
    activite_titre: str
    modalite: str
    nature: str
    minutes: int
    minutes_prevues: int
    decision: str
    motif: str | None
    phrase: str
    details: tuple[str, ...]
    regle: str
    textes: tuple[str, ...]
    certitude: str
    jour: date | None
    declarations: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything about one teacher and one school year; `balance` is the stored row, None before reconciliation.

    `stale` says that something came since the last reconciliation; `closed` how the year was closed, if it was.
    """

    identifiant: str
    nom: str
    prenom: str
    due: Due
    lines: tuple[ExplainedLine, ...]
    balance: Mapping[str, Any] | None
    stale: bool
    closed: ClosedYear | None = None


def explain_line(
    row: Mapping[str, Any], declarations: Sequence[str], details: Sequence[str], law: Regulation | None = None
) -> ExplainedLine:
    """Explain a row of `line`, joined with the titles of its session and activity, and the session's `fuseau`.

    `a_attester` in it says that the line was credited by the attestation of its session, if it was credited.
    """
    law = law or regulation()
    reason = law.motifs[row["motif"] or "credite"]
    return ExplainedLine(
        session=row["code"],
        session_titre=row["session_titre"],
        activite=row["activity_id"],
        activite_titre=row["activite_titre"],
        modalite=row["modalite"],
        nature=row["nature"],
        minutes=row["minutes"],
        minutes_prevues=row["minutes_prevues"],
        decision=row["decision"],
        motif=row["motif"],
        phrase=_(reason.phrase),
        details=(*_remarks(row), *details),
        regle=reason.regle,
        textes=tuple(law.sources[name].titre for name in reason.sources),
        certitude=_(reason.certitude),
        jour=local_day(row["instant_us"], row["fuseau"]),
        declarations=tuple(declarations),
    )


def _remarks(row: Mapping[str, Any]) -> list[str]:
    """Say what the reason alone does not: what is done in class, a part of the minutes, a place missing on the list."""
    found = []
    if row["modalite"] == "en_classe":
        found.append(_("Ce qui est fait en classe est enregistré, jamais crédité."))
    credited, attested = row["decision"] == "credite", row["a_attester"]
    if credited and attested:
        found.append(_("La session est attestée par un formateur : ses durées prévues comptent (règle 3.5)."))
    if credited and row["minutes"] < row["minutes_prevues"]:
        part, whole = hours(row["minutes"]), hours(row["minutes_prevues"])
        less = N_("{minutes} sur {prevues} : les créneaux marqués absents sont déduits.")
        lost = N_("{minutes} sur {prevues} : les créneaux absents, ou qui en chevauchent un autre, sont déduits.")
        signed = N_("{minutes} sur {prevues} : seuls les créneaux émargés comptent.")
        covered = lost if row["chevauchement"] else less
        found.append(_(covered if attested else signed, minutes=part, prevues=whole))
    if row["hors_liste"]:
        found.append(_("La personne ne figure pas sur la liste de la session."))
    return found


def decision_detail(row: Mapping[str, Any], law: Regulation | None = None) -> str:
    """Say who decided on a line, when and why: a decision in force with its `motif`, `auteur` and `fuseau`."""
    known = (law or regulation()).decisions.get(row["motif"])
    why = f"{_(known.libelle)} ({row['motif']})" if known else row["motif"]
    granted = N_("Accordée par décision de {auteur} le {jour} : {raison}.")
    refused = N_("Refusée par décision de {auteur} le {jour} : {raison}.")
    when = day_of(row["timestamp_us"], ZoneInfo(row["fuseau"]))
    said = granted if row["state"] == "done" else refused
    return _(said, auteur=row["auteur"], jour=day(when), raison=why)


def overlap_detail(row: Mapping[str, Any]) -> str:
    """Name both slots of a row of `Credit.overlaps`."""
    return _(
        "Le créneau {creneau} chevauche le créneau {autre} de {activite} (session {session}), qui est gardé.",
        creneau=row["slot_id"],
        autre=row["other_slot_id"],
        activite=row["other_activity_id"],
        session=row["other_code"],
    )


def local_day(instant_us: int | None, fuseau: str) -> date | None:
    """Return the calendar day of an instant (microseconds since 1970 UTC) in a time zone."""
    return None if instant_us is None else day_of(instant_us, ZoneInfo(fuseau))
