"""What a circonscription decides for itself: its policy of a school year, a due of one teacher."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from connector.settings.sections import Code, Section
from scenarios.fields import AnneeScolaire, Duree, Jour, Ligne, Uai


class Politique(Section):
    """Local policy of one circonscription for one school year; minutes are for a full due."""

    circonscription: Uai
    annee_scolaire: AnneeScolaire
    arrondi: Literal["exact", "module_3h_sup"] = "exact"
    distance_min: Duree | None = None
    themes_min: dict[Literal["mathematiques", "francais", "autre"], Duree] = Field(default_factory=dict)
    validation: Literal["achevement", "attestation"] = "achevement"
    decide_par: Ligne
    decide_le: Jour


class Derogation(Section):
    """A due decided for one teacher and one school year, in minutes, with a neutral reason code."""

    identifiant: Ligne
    annee_scolaire: AnneeScolaire
    du: Duree
    motif: Code
    decide_par: Ligne | None = None
    decide_le: Jour | None = None
