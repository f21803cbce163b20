"""What `parcours.toml` says of schools, and no roster does."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from connector.settings.sections import Section
from scenarios.fields import Ligne, Uai


class Reseau(Section):
    """A network of priority education, by its schools, in one circonscription or several."""

    nom: Ligne
    ecoles: Annotated[tuple[Uai, ...], Field(min_length=1)]


class Etablissements(Section):
    """What no roster says of schools: those that are private, under contract."""

    prives: tuple[Uai, ...] = ()
