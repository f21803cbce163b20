"""The published session: what a credit line needs to know for ever, frozen at each publication.

A snapshot is the only thing that a trainer's laptop and the nightly server share. In mode P it lives in
the course, kept by the Moodle plugin; in modes M and S in the folders named by `[sessions] dossiers`.
Instants carry their offset; everything local (slots, deadlines) has already been resolved.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, field_validator

from scenarios.fields import CONTROL, AnneeScolaire


class _Frozen(BaseModel):
    """Every text is one line without control characters: it comes from a site, and databases have no room for them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*")
    @classmethod
    def _one_line(cls, value: object) -> object:
        if isinstance(value, str) and CONTROL.search(value):
            msg = "a text holds a control character"
            raise ValueError(msg)
        return value


class PlannedSlot(_Frozen):
    """One signed slot of a presence or a virtual class."""

    id: str
    debut: AwareDatetime
    fin: AwareDatetime
    lieu: str | None = None
    groupe: str | None = None


class PlannedActivity(_Frozen):
    """One activity as it was published; `duree` in whole minutes, `locale` when the session added it."""

    id: str
    sequence: str
    type: str
    titre: str
    modalite: Literal["presence", "distance_synchrone", "distance_asynchrone", "en_classe"]
    credite: bool
    duree: int
    achevement: str
    locale: bool = False
    creneaux: tuple[PlannedSlot, ...] = ()


class PlannedTrainer(_Frozen):
    """A person named in the session's `formateurs`, whatever the role."""

    courriel: str
    role: Literal["formateur", "tuteur", "concepteur"]


class PlannedParticipant(_Frozen):
    """A row of `participants.csv`; `origine` and `cadre` already fall back to the session's."""

    courriel: str
    groupe: str | None = None
    origine: Literal["invitation", "candidature"]
    cadre: Literal["animation", "pdf", "paf"]


class Snapshot(_Frozen):
    """A session as published; equal content gives an equal `fingerprint`."""

    format: Literal["instantane/1"] = "instantane/1"
    code: str
    matricule: str
    titre: str
    nature: Literal["formation_continue", "animation_pedagogique"]
    theme: Literal["mathematiques", "francais", "autre"] | None = None
    collection: str
    origine: str
    academie: str | None = None
    circonscription: str
    annee_scolaire: AnneeScolaire
    cadre: Literal["animation", "pdf", "paf"]
    inscription: Literal["invitation", "candidature"]
    validation: Literal["achevement", "attestation"]
    debut: date
    fin: date | None
    fuseau: str
    formateurs: tuple[PlannedTrainer, ...] = ()
    groupes: tuple[str, ...] = ()
    participants: tuple[PlannedParticipant, ...] = ()
    activites: tuple[PlannedActivity, ...]

    def fingerprint(self) -> str:
        """SHA-256 (hex) of the canonical JSON."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
