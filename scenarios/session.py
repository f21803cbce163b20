"""A session of a parcours (`session/1`): frozen models with the keys of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from scenarios.content import Strict
from scenarios.fields import (
    AnneeScolaire,
    CodeSession,
    Courriel,
    Echeance,
    Empreinte,
    Identifiant,
    Instant,
    Jour,
    Ligne,
    Matricule,
    NomGroupe,
    Uai,
    refusal,
)
from scenarios.language import _

Cadre = Literal["animation", "pdf", "paf"]
Inscription = Literal["invitation", "candidature"]
Validation = Literal["achevement", "attestation"]
Role = Literal["formateur", "tuteur", "concepteur"]


class Formateur(Strict):
    """A person who runs the session, never credited by it."""

    courriel: Courriel
    role: Role


class Creneau(Strict):
    """A slot: local times; without `groupe` it is for everybody."""

    id: Identifiant
    debut: Instant
    fin: Instant
    lieu: Ligne | None = None
    groupe: NomGroupe | None = None

    @property
    def minutes(self) -> int:
        """Local minutes between start and end; negative where the end comes first."""
        return round((self.fin - self.debut).total_seconds() / 60)


class Acces(Strict):
    """To whom, from the beginning of which day and until the end of which other an activity is open."""

    groupes: tuple[NomGroupe, ...] = ()
    a_partir_du: Echeance | None = None
    jusqu_au: Echeance | None = None


class Gaia(Strict):
    """The session's references in GAIA, as text: leading zeros matter.

    `origine` and `cadre` are those of the people enrolled by it, where they are not the session's.
    """

    dispositif: Ligne
    module: Ligne
    session: Ligne
    origine: Inscription | None = None
    cadre: Cadre | None = None


def _fragment(value: object) -> Mapping[str, Any]:
    """Accept any mapping: the overlay is checked once it is laid on its parcours (`contextualise`)."""
    if not isinstance(value, Mapping):
        raise refusal(_("un groupe de clés est attendu ici, par exemple « consigne: … »"))
    return value


Fragment = Annotated[Mapping[str, Any], PlainValidator(_fragment), WithJsonSchema({"type": "object"})]


class Ajout(Strict):
    """An activity that the session adds: in `sequence`, after the activity `apres`, or at its end."""

    sequence: Identifiant
    apres: Identifiant | None = None
    activite: Fragment


class Contextualisation(Strict):
    """What the session changes of its parcours; an activity's given keys replace those of the parcours whole."""

    modifier: dict[Identifiant, Fragment] = Field(default_factory=dict)
    retirer: tuple[Identifiant, ...] = ()
    ajouter: tuple[Ajout, ...] = ()


class Base(Strict):
    """The parcours on which the overlay was written: `fichier` keeps it, `empreinte` is the SHA-256 of its text."""

    matricule: Matricule
    empreinte: Empreinte
    fichier: Ligne


class Session(Strict):
    """A session as its trainer wrote it; `fin`, `formateurs`, `participants` depend on the collection.

    Without `validation`, the policy of the circonscription says: see `prepare`.
    """

    format: Literal["session/1"]
    parcours: Ligne
    code: CodeSession
    circonscription: Uai
    annee_scolaire: AnneeScolaire
    cadre: Cadre
    debut: Jour
    fin: Jour | None = None
    inscription: Inscription = "invitation"
    validation: Validation | None = None
    formateurs: tuple[Formateur, ...] = ()
    groupes: tuple[NomGroupe, ...] = ()
    participants: Ligne | None = None
    creneaux: dict[Identifiant, tuple[Creneau, ...]] = Field(default_factory=dict)
    echeances: dict[Identifiant, Echeance] = Field(default_factory=dict)
    acces: dict[Identifiant, Acces] = Field(default_factory=dict)
    gaia: tuple[Gaia, ...] = ()
    contextualisation: Contextualisation = Contextualisation()
    base: Base | None = None
