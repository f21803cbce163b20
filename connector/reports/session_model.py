"""What a session's report holds: its people, what each has done, who waits. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - dataclass fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from connector.language import N_, _
from connector.reports.classroom import APPLICATIONS, Application
from connector.reports.drawing import short
from connector.reports.people import IDENTITY
from connector.reports.reminders import Reminder, reminders
from connector.reports.report import About
from connector.reports.table import Column, Table, Value, table_of, worded, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.ledger.stage import Stage
    from connector.reports.participant import Activity, Cell, Participant

Among = Literal["tous", "incomplets", "a-attester"]
Attestation = Literal["sans_objet", "attestee", "a_attester", "rien_a_attester"]

ATTESTATIONS: Mapping[Attestation, str] = {
    "sans_objet": N_("Sans objet"),
    "attestee": N_("Attestée"),
    "a_attester": N_("À attester"),
    "rien_a_attester": N_("Rien à attester"),
}

_PERSON = (
    *IDENTITY,
    Column("courriel", N_("Adresse électronique"), width=32),
    Column("groupe", N_("Groupe"), width=8),
    Column("inscrit", N_("Inscrit"), width=8),
)
_OUTCOME = (
    Column("presence_min", N_("Présence"), "minutes", 9),
    Column("distance_min", N_("Distance"), "minutes", 9),
    Column("credite_min", N_("Crédité"), "minutes", 9),
    Column("attestation", N_("Attestation"), width=16),
    Column("atteste_le", N_("Attesté le"), "day", 12),
)


@dataclass(frozen=True)
class SessionReport:
    """A session and its people; `formateurs` are names and roles, `etape` where it is in its life.

    `in_class` are the activities that are done in class: recorded, never credited, so none of `activities`.
    """

    about: About
    matricule: str
    circonscription: str
    nature: str
    validation: str
    debut: date
    fin: date | None
    formateurs: tuple[tuple[str, str], ...]
    activities: tuple[Activity, ...]
    people: tuple[Participant, ...]
    in_class: tuple[Activity, ...] = ()
    etape: Stage = "ouverte"

    @classmethod
    def of(cls, session: Mapping[str, Any], *, made_at: datetime, **parts: Any) -> SessionReport:
        """Return the report of a row of `session`, with its parts."""
        about = About("session", session["code"], session["titre"], session["annee_scolaire"], made_at)
        kept = ("matricule", "circonscription", "nature", "validation", "debut", "fin")
        return cls(about=about, **{name: session[name] for name in kept}, **parts)

    def planned(self, *, presence: bool) -> int:
        """Return the planned minutes of what counts, in presence or at a distance."""
        return sum(one.duree_min for one in self.activities if (one.modalite == "presence") is presence)

    def attestation(self, person: Participant) -> Attestation:
        """Return where the attestation of somebody stands; who has no line at all has nothing to attest."""
        if self.validation != "attestation":
            return "sans_objet"
        if person.atteste_le is not None:
            return "attestee"
        return "a_attester" if person.cells else "rien_a_attester"

    def attestation_text(self, person: Participant) -> str:
        """Return the same as a reader sees it."""
        return _(ATTESTATIONS[self.attestation(person)])

    def cell_text(self, cell: Cell | None) -> str:
        """Return what came of an activity as a reader sees it."""
        return write(done(cell), "minutes")

    @cached_property
    def groups(self) -> tuple[tuple[str, tuple[Participant, ...]], ...]:
        """Those on the list, by group, and a name for each; then those who are not on it."""
        listed = sorted({person.groupe or "" for person in self.people if person.inscrit})
        named = [
            (_("Groupe {groupe}", groupe=group) if group else _("Participants inscrits"), True, group)
            for group in listed
        ] + [(_("Autres participants, non inscrits"), False, None)]
        found = (
            (
                title,
                tuple(
                    person
                    for person in self.people
                    if person.inscrit is on_list and (group is None or (person.groupe or "") == group)
                ),
            )
            for title, on_list, group in named
        )
        return tuple((title, people) for title, people in found if people)

    @cached_property
    def waiting(self) -> tuple[Participant, ...]:
        """Those who wait for the trainer's attestation."""
        return tuple(person for person in self.people if self.attestation(person) == "a_attester")

    @cached_property
    def unattested(self) -> tuple[Participant, ...]:
        """Those of whom a trainer is reminded, and whom closing leaves out.

        Everybody while nobody is attested; then those who wait: a trainer who attested left out who never came.
        """
        if any(person.atteste_le is not None for person in self.people):
            return self.waiting
        return tuple(person for person in self.people if self.attestation(person) != "sans_objet")

    @cached_property
    def reminders(self) -> tuple[Reminder, ...]:
        """When the trainer of an open session is reminded, while somebody is left without an attestation."""
        waiting = self.etape == "ouverte" and bool(self.unattested)
        return reminders(self.debut, self.fin, self.about.made_at.date(), waiting=waiting)

    @cached_property
    def finished(self) -> tuple[Participant, ...]:
        """Those of whom every activity that counts is credited."""
        wanted = {one.id for one in self.activities}
        return tuple(
            person
            for person in self.people
            if wanted <= {name for name, cell in person.cells.items() if cell.decision == "credite"}
        )

    @cached_property
    def applications(self) -> tuple[Application, ...]:
        """What is applied in class, and by whom of those concerned."""
        return tuple(Application.of(one, self.people) for one in self.in_class)

    def addresses(self, among: Among = "tous") -> list[str]:
        """Return the addresses of everybody, of who waits for an attestation, or of who has not done all."""
        chosen: Mapping[Among, tuple[Participant, ...]] = {
            "tous": self.people,
            "a-attester": self.waiting,
            "incomplets": tuple(person for person in self.people if person not in self.finished),
        }
        return sorted({person.courriel for person in chosen[among] if person.courriel})

    def tables(self) -> tuple[Table, ...]:
        """Return who has done what, the reminders, and what is applied in class, if anything is to be."""
        applied = table_of(_("Mise en œuvre en classe"), APPLICATIONS, self.applications)
        return (self._matrix(), self._reminders(), *((applied,) if self.in_class else ()))

    def _matrix(self) -> Table:
        columns = (
            *worded(_PERSON),
            *(Column(one.id, one.titre, "minutes", 14) for one in self.activities),
            *worded(_OUTCOME),
        )
        return Table(_("Participants"), columns, tuple(self._row(person) for person in self.people))

    def _row(self, person: Participant) -> tuple[Value, ...]:
        return (
            person.identifiant, person.nom, person.prenom, person.uai, person.ecole, person.circonscription,
            person.courriel, person.groupe, _("Oui") if person.inscrit else _("Non"),
            *(done(person.cells.get(one.id)) for one in self.activities),
            person.presence_min, person.distance_min, person.credite_min,
            self.attestation_text(person), person.atteste_le,
        )  # fmt: skip

    def _reminders(self) -> Table:
        columns = (Column("rappel", N_("Rappel au formateur"), width=28), Column("jour", N_("Jour"), "day"))
        return Table(_("Rappels"), worded(columns), tuple((one.name, one.day) for one in self.reminders))

    def document(self) -> list[dict[str, Any]]:
        """Return a list of one object a person, with their activities."""
        return [
            {
                **{column.key: value for column, value in zip(_PERSON, self._row(person), strict=False)},
                "inscrit": person.inscrit,
                "session": self.about.code,
                "presence_min": person.presence_min,
                "distance_min": person.distance_min,
                "credite_min": person.credite_min,
                "attestation": self.attestation(person),
                "atteste_le": person.atteste_le.isoformat() if person.atteste_le else None,
                "activites": [_cell_object(one, person.cells.get(one.id)) for one in self.activities],
                "mises_en_oeuvre": [
                    {"activite": name, "faite": day is not None, "date": day.isoformat() if day else None}
                    for name, day in sorted(person.applied.items())
                ],
            }
            for person in self.people
        ]


def done(cell: Cell | None) -> Value:
    """Return what came of an activity: the minutes credited, else a word or two; nothing where nothing is known."""
    if cell is None:
        return ""
    return cell.minutes if cell.decision == "credite" else short(cell.motif or "en_attente")


def _cell_object(one: Activity, cell: Cell | None) -> dict[str, Any]:
    return {
        "activite": one.id,
        "minutes": cell.minutes if cell else 0,
        "minutes_prevues": cell.minutes_prevues if cell else one.duree_min,
        "decision": cell.decision if cell else None,
        "motif": cell.motif if cell else None,
        "date": cell.jour.isoformat() if cell and cell.jour else None,
    }
