"""A loaded session made ready to publish: texts read, relative dates absolute, slots in their time zone. Pure.

`prepare(loaded, timezone)` gives a `PreparedSession`; publishing starts from it, the ledger from its `snapshot()`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.calendar import day_of, end_of_day, start_of_day
from scenarios.content import ContenuDevoir, ContenuEtiquette, ContenuPage
from scenarios.session import Acces
from scenarios.snapshot import PlannedActivity, PlannedParticipant, PlannedSlot, PlannedTrainer, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from scenarios.attachments import Attachments, Links
    from scenarios.calendar import RelativeDay
    from scenarios.contextualise import Provenance
    from scenarios.load import LoadedSession
    from scenarios.model import Activite, Parcours
    from scenarios.session import Session, Validation
    from scenarios.source_file import SourceFile


@dataclass(frozen=True, slots=True)
class PreparedActivity:
    """One activity, resolved.

    `activite` is the author's model (type, titre, duree in minutes, achevement, prerequis ids, contenu …).
    `texte` is the Markdown body of a page or a label (its `consigne` where it has no content), `gift` the text of a
    test's questions, `fichiers` the files of `fichier` and `h5p`, `liens` those that its texts show or link to, by the
    text's key (`consigne`, `note_formateur`, `texte`, `premier_message`). `echeance` is aware, 23:59 local on its day.
    It is open to `groupes` (none: to all), from `ouverture` (0:00 local) until `fermeture` (23:59).
    """

    activite: Activite
    sequence: str
    provenance: Provenance
    texte: str | None
    gift: str | None
    fichiers: tuple[SourceFile, ...]
    liens: Mapping[str, Links]
    creneaux: tuple[PlannedSlot, ...]
    echeance: datetime | None
    groupes: tuple[str, ...]
    ouverture: datetime | None
    fermeture: datetime | None

    @property
    def id(self) -> str:
        """The activity's id in its parcours."""
        return self.activite.id


@dataclass(frozen=True, slots=True)
class PreparedSequence:
    """A section of the course; `presentation` is Markdown, `liens` the files that it shows or links to."""

    id: str
    titre: str
    presentation: str | None
    liens: Links
    activites: tuple[PreparedActivity, ...]


@dataclass(frozen=True, slots=True)
class PreparedSession:
    """A session ready to publish.

    `resume` is the Markdown summary of its course, `liens` the files that it shows or links to; `formateurs`,
    `groupes`, `gaia` and dates are those of `session`; `participants` already fall back to the session's origine and
    cadre, `validation` to the local policy. `empreinte` is that of the parcours without the overlay.
    """

    session: Session
    parcours: Parcours
    fuseau: ZoneInfo
    resume: str
    liens: Links
    sequences: tuple[PreparedSequence, ...]
    participants: tuple[PlannedParticipant, ...]
    validation: Validation
    empreinte: str

    @property
    def code(self) -> str:
        """The session's code: shortname and idnumber of its course."""
        return self.session.code

    @property
    def titre(self) -> str:
        """The parcours' title."""
        return self.parcours.titre

    @property
    def activites(self) -> tuple[PreparedActivity, ...]:
        """Every activity, in course order."""
        return tuple(activity for sequence in self.sequences for activity in sequence.activites)

    def sources(self) -> dict[str, SourceFile]:
        """Return every file to publish, by the SHA-1 of its content."""
        texts = [self.liens, *(one.liens for one in self.sequences)]
        texts += [links for one in self.activites for links in one.liens.values()]
        handed_out = [file for one in self.activites for file in one.fichiers]
        return {file.sha1: file for file in (*handed_out, *(file for links in texts for file in links.values()))}

    def snapshot(self) -> Snapshot:
        """Return what credit needs to know for ever."""
        session, parcours = self.session, self.parcours
        return Snapshot(
            code=session.code,
            matricule=parcours.matricule,
            titre=parcours.titre,
            nature=parcours.nature,
            theme=parcours.theme,
            collection=parcours.collection,
            origine=parcours.origine,
            academie=parcours.academie,
            circonscription=session.circonscription,
            annee_scolaire=session.annee_scolaire,
            cadre=session.cadre,
            inscription=session.inscription,
            validation=self.validation,
            debut=session.debut,
            fin=session.fin,
            fuseau=self.fuseau.key,
            formateurs=tuple(PlannedTrainer(courriel=one.courriel, role=one.role) for one in session.formateurs),
            groupes=session.groupes,
            participants=self.participants,
            activites=tuple(_planned(activity) for activity in self.activites),
        )


def prepare(loaded: LoadedSession, timezone: ZoneInfo, validation: Validation = "achevement") -> PreparedSession:
    """Resolve a loaded session in the time zone of its académie; `validation` is for one that says none."""
    session = loaded.session
    sequences = tuple(
        PreparedSequence(
            sequence.id,
            sequence.titre,
            sequence.presentation,
            loaded.contents.presentations[sequence.id],
            tuple(_activity(activite, sequence.id, loaded, timezone) for activite in sequence.activites),
        )
        for sequence in loaded.parcours.sequences
    )
    participants = tuple(
        PlannedParticipant(
            courriel=one.courriel,
            groupe=one.groupe,
            origine=one.origine or session.inscription,
            cadre=one.cadre or session.cadre,
        )
        for one in loaded.participants
    )
    return PreparedSession(
        session=session,
        parcours=loaded.parcours,
        fuseau=timezone,
        resume="\n\n".join([*_summary(loaded.parcours), *_provenance(loaded)]),
        liens=loaded.contents.description,
        sequences=sequences,
        participants=participants,
        validation=session.validation or validation,
        empreinte=loaded.empreinte,
    )


def _summary(parcours: Parcours) -> list[str]:
    """Return the parts of the course's summary: description, objectives, public, accompaniment, authors."""
    parts = [parcours.description.strip()] if parcours.description else []
    parts.append("**Objectifs**\n\n" + "\n".join(f"- {objectif}" for objectif in parcours.objectifs))
    parts.append(f"**Public** : {', '.join(parcours.public)}")
    if parcours.accompagnement:
        parts.append(f"**Accompagnement** : {parcours.accompagnement}")
    parts.append(f"**Auteurs** : {', '.join(parcours.auteurs)}")
    return parts


def _provenance(loaded: LoadedSession) -> list[str]:
    """Return which parcours the course comes from and what the session made of it, where it made anything of it."""
    titles: dict[str, list[str]] = {"modifié": [], "ajouté": [], "retiré": list(loaded.removed)}
    for activite in loaded.parcours.activites:
        match loaded.provenance.get(activite.id):
            case "modifiee":
                titles["modifié"].append(activite.titre)
            case "locale":
                titles["ajouté"].append(activite.titre)
    said = [f"{what} : {', '.join(f'« {one} »' for one in names)}" for what, names in titles.items() if names]
    origin = f"**Parcours d'origine** : {loaded.parcours.matricule}, contextualisé par cette session"
    return [f"{origin} ({' ; '.join(said)})"] if said else []


def _activity(activite: Activite, sequence: str, loaded: LoadedSession, timezone: ZoneInfo) -> PreparedActivity:
    attachments = loaded.contents.attachments[activite.id]
    session = loaded.session
    access = session.acces.get(activite.id, Acces())
    return PreparedActivity(
        activite=activite,
        sequence=sequence,
        provenance=loaded.provenance.get(activite.id, "parcours"),
        texte=_body(activite, attachments),
        gift=attachments.text if activite.type == "test" else None,
        fichiers=attachments.files,
        liens=_links(activite, attachments),
        creneaux=_slots(activite.id, session, timezone),
        echeance=_deadline(activite, session, timezone),
        groupes=access.groupes,
        ouverture=start_of_day(day_of(access.a_partir_du, session.debut), timezone) if access.a_partir_du else None,
        fermeture=end_of_day(day_of(access.jusqu_au, session.debut), timezone) if access.jusqu_au else None,
    )


def _body(activite: Activite, attachments: Attachments) -> str | None:
    if activite.type not in {"page", "etiquette"}:
        return None
    if isinstance(activite.contenu, ContenuPage) and activite.contenu.fichier:
        return attachments.text
    if isinstance(activite.contenu, ContenuPage | ContenuEtiquette):
        return activite.contenu.texte
    return activite.consigne


def _links(activite: Activite, attachments: Attachments) -> Mapping[str, Links]:
    """Return the links of the texts; a label without content shows its `consigne`."""
    links = attachments.links
    return {**links, "texte": links.get("consigne", {})} if activite.contenu is None else links


def _slots(identifier: str, session: Session, timezone: ZoneInfo) -> tuple[PlannedSlot, ...]:
    slots = sorted(session.creneaux.get(identifier, ()), key=lambda slot: (slot.debut, slot.id))
    return tuple(
        PlannedSlot(
            id=slot.id,
            debut=slot.debut.replace(tzinfo=timezone),
            fin=slot.fin.replace(tzinfo=timezone),
            lieu=slot.lieu,
            groupe=slot.groupe,
        )
        for slot in slots
    )


def _deadline(activite: Activite, session: Session, timezone: ZoneInfo) -> datetime | None:
    """Return the session's deadline, else the one that the parcours counts from the session's first day."""
    wanted: date | RelativeDay | None = session.echeances.get(activite.id)
    if wanted is None and isinstance(activite.contenu, ContenuDevoir):
        wanted = activite.contenu.echeance
    if wanted is None:
        return None
    return end_of_day(day_of(wanted, session.debut), timezone)


def _planned(activity: PreparedActivity) -> PlannedActivity:
    activite = activity.activite
    return PlannedActivity(
        id=activite.id,
        sequence=activity.sequence,
        type=activite.type,
        titre=activite.titre,
        modalite=activite.modalite,
        credite=activite.credite,
        duree=activite.duree,
        achevement=str(activite.achevement),
        locale=activity.provenance == "locale",
        creneaux=activity.creneaux,
    )
