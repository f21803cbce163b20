"""What `contenu` holds, by activity type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scenarios.fields import AdresseHttps, Delai, Entier, Ligne, Markdown, Pourcentage, refusal
from scenarios.language import _


class Strict(BaseModel):
    """Base of every model of an author's file: frozen, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ContenuPage(Strict):
    """Either the Markdown itself or a `.md` file."""

    texte: Markdown | None = None
    fichier: Ligne | None = None

    @model_validator(mode="after")
    def _one_source(self) -> ContenuPage:
        if (self.texte is None) == (self.fichier is None):
            raise refusal(_("le contenu d'une page est soit « texte », soit « fichier », et un seul des deux"))
        return self


class ContenuEtiquette(Strict):
    """The text shown in the course page."""

    texte: Markdown


class ContenuUrl(Strict):
    """An https address."""

    adresse: AdresseHttps


class ContenuFichier(Strict):
    """Paths of the files to hand out, relative to the author's file."""

    fichiers: Annotated[tuple[Ligne, ...], Field(min_length=1)]


class ContenuForum(Strict):
    """The opening message of the forum."""

    sujet: Ligne | None = None
    premier_message: Markdown | None = None


class ContenuDevoir(Strict):
    """What is handed in (`texte` by default) and when, counted from the first day of the session."""

    rendu: Literal["texte", "fichier"] = "texte"
    echeance: Delai | None = None


class ContenuTest(Strict):
    """A GIFT file; `tentatives` 0 or absent is no limit; `note_minimale` is a percentage."""

    questions: Ligne
    tentatives: Entier | None = None
    note_minimale: Pourcentage | None = None


Options = Annotated[tuple[Ligne, ...], Field(min_length=2)]


class ContenuSondage(Strict):
    """The options to choose from, at least two."""

    options: Options


class Question(Strict):
    """A question of a questionnaire; `options` for a choice or a scale, and only for them."""

    intitule: Ligne
    type: Literal["texte", "choix", "echelle"]
    options: Options | None = None

    @model_validator(mode="after")
    def _options_fit(self) -> Question:
        if self.type == "texte" and self.options is not None:
            raise refusal(_("une question de type « texte » n'a pas d'options"))
        if self.type != "texte" and self.options is None:
            raise refusal(_("une question de type « {type} » a besoin d'au moins deux options", type=self.type))
        return self


class ContenuQuestionnaire(Strict):
    """The questions, at least one."""

    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class ContenuH5p(Strict):
    """The path of a `.h5p` package."""

    paquet: Ligne


class ContenuVide(Strict):
    """Nothing to write: the slots come from the session."""
