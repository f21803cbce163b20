"""The parcours of an author (`parcours/1`): frozen models with the keys of the file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from scenarios.achievement import Achevement
from scenarios.content import (
    ContenuDevoir,
    ContenuEtiquette,
    ContenuFichier,
    ContenuForum,
    ContenuH5p,
    ContenuPage,
    ContenuQuestionnaire,
    ContenuSondage,
    ContenuTest,
    ContenuUrl,
    ContenuVide,
    Strict,
)
from scenarios.fields import (
    Academie,
    Booleen,
    Collection,
    Cycle,
    Duree,
    Identifiant,
    Jour,
    Ligne,
    Markdown,
    Matricule,
    Origine,
    Public,
)

Modalite = Literal["presence", "distance_synchrone", "distance_asynchrone", "en_classe"]
Social = Literal["individuel", "binome", "groupe", "collectif"]
Intention = Literal["acquisition", "enquete", "entrainement", "production", "discussion", "collaboration"]
Nature = Literal["formation_continue", "animation_pedagogique"]
Theme = Literal["mathematiques", "francais", "autre"]
Offre = Literal["nationale", "academique"]


class ActiviteBase(Strict):
    """What every activity has, whatever its type; `duree` is in whole minutes."""

    id: Identifiant
    titre: Ligne
    modalite: Modalite
    duree: Duree
    achevement: Achevement
    social: Social = "individuel"
    credite: Booleen = True
    intention: Intention | None = None
    consigne: Markdown | None = None
    note_formateur: Markdown | None = None
    prerequis: tuple[Identifiant, ...] = ()


class Page(ActiviteBase):
    """A page to read; without `contenu` its text is `consigne`."""

    type: Literal["page"]
    contenu: ContenuPage | None = None


class Etiquette(ActiviteBase):
    """A text in the course page itself; without `contenu` it is `consigne`."""

    type: Literal["etiquette"]
    contenu: ContenuEtiquette | None = None


class Url(ActiviteBase):
    """A link."""

    type: Literal["url"]
    contenu: ContenuUrl


class Fichier(ActiviteBase):
    """Files to download."""

    type: Literal["fichier"]
    contenu: ContenuFichier


class Forum(ActiviteBase):
    """A discussion."""

    type: Literal["forum"]
    contenu: ContenuForum = ContenuForum()


class Devoir(ActiviteBase):
    """A production handed in."""

    type: Literal["devoir"]
    contenu: ContenuDevoir = ContenuDevoir()


class Test(ActiviteBase):
    """A quiz."""

    __test__ = False  # pytest would take the class for a test case

    type: Literal["test"]
    contenu: ContenuTest


class Sondage(ActiviteBase):
    """One question, one choice."""

    type: Literal["sondage"]
    contenu: ContenuSondage


class Questionnaire(ActiviteBase):
    """Several questions, no mark."""

    type: Literal["questionnaire"]
    contenu: ContenuQuestionnaire


class ClasseVirtuelle(ActiviteBase):
    """A synchronous class at a distance, signed slot by slot."""

    type: Literal["classe_virtuelle"]
    contenu: ContenuVide = ContenuVide()


class Presence(ActiviteBase):
    """People in a room, signed slot by slot."""

    type: Literal["presence"]
    contenu: ContenuVide = ContenuVide()


class H5p(ActiviteBase):
    """An interactive package."""

    type: Literal["h5p"]
    contenu: ContenuH5p


class MiseEnOeuvre(ActiviteBase):
    """An application in the teacher's own class: in class, never credited."""

    type: Literal["mise_en_oeuvre"]
    contenu: ContenuDevoir = ContenuDevoir()


class ActiviteInconnue(ActiviteBase):
    """An activity of a type that does not exist: what every type has can be checked all the same."""

    type: object = None
    contenu: object = None


Activite = Annotated[
    Page
    | Etiquette
    | Url
    | Fichier
    | Forum
    | Devoir
    | Test
    | Sondage
    | Questionnaire
    | ClasseVirtuelle
    | Presence
    | H5p
    | MiseEnOeuvre,
    Field(discriminator="type"),
]


class Activites(Strict):
    """Activities out of any sequence: those that a session adds where they cannot be."""

    activites: tuple[Activite, ...]


class Sequence(Strict):
    """A section of the course and its activities, in order."""

    id: Identifiant
    titre: Ligne
    presentation: Markdown | None = None
    activites: Annotated[tuple[Activite, ...], Field(min_length=1)]


class Durees(Strict):
    """Planned minutes, both said: 0 is a duration, an absent key is a mistake."""

    presence: Duree
    distance: Duree


class _Indexation(Strict):
    """What else may be said of a parcours, and what a gabarit does without. Minutes of `durees` are credited ones."""

    durees: Durees | None = None
    description: Markdown | None = None
    academie: Academie | None = None
    domaine: Ligne | None = None
    cycles: tuple[Cycle, ...] = ()
    accompagnement: Ligne | None = None
    theme: Theme | None = None
    offre: Offre | None = None
    licence: Ligne | None = None
    date_version: Jour | None = None
    valide_par: Ligne | None = None


class Parcours(_Indexation):
    """A parcours as its author wrote it. `durees` may be absent for the collections that allow it.

    `offre` is the offer of the catalogue that it belongs to: what its `origine` says, unless it is written. Without
    `cycles`, nobody has said which ones it is for.
    """

    format: Literal["parcours/1"]
    matricule: Matricule
    titre: Ligne
    objectifs: Annotated[tuple[Ligne, ...], Field(min_length=1)]
    origine: Origine
    collection: Collection
    public: Annotated[tuple[Public, ...], Field(min_length=1)]
    auteurs: Annotated[tuple[Ligne, ...], Field(min_length=1)]
    nature: Nature
    sequences: Annotated[tuple[Sequence, ...], Field(min_length=1)]

    @property
    def activites(self) -> tuple[Activite, ...]:
        """Every activity, in the order of the file."""
        return tuple(activite for sequence in self.sequences for activite in sequence.activites)


class Gabarit(_Indexation):
    """A model of parcours: its activities, its origine and its collection. No session is made of it."""

    format: Literal["parcours/1"]
    etat: Literal["gabarit"]
    titre: Ligne
    origine: Origine
    collection: Collection
    sequences: Annotated[tuple[Sequence, ...], Field(min_length=1)]
    matricule: Matricule | None = None
    objectifs: tuple[Ligne, ...] = ()
    public: tuple[Public, ...] = ()
    auteurs: tuple[Ligne, ...] = ()
    nature: Nature | None = None

    @property
    def activites(self) -> tuple[Activite, ...]:
        """Every activity, in the order of the file."""
        return tuple(activite for sequence in self.sequences for activite in sequence.activites)
