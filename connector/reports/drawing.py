"""What templates draw with, on a screen and on paper: words, figures in French, pictures."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from connector.obligation import wording
from connector.obligation.explain import MOTIFS
from connector.obligation.explain_views import due_steps
from connector.obligation.rules import regulation
from connector.reports import pictures, typography
from connector.reports.people import ETATS
from connector.reports.table import write

if TYPE_CHECKING:
    from collections.abc import Mapping

MODALITES: Mapping[str, str] = {
    "presence": "En présence",
    "distance_synchrone": "À distance, en direct",
    "distance_asynchrone": "À distance",
    "en_classe": "En classe",
}
MODES: Mapping[str, str] = {
    "presence": "présence",
    "distance_synchrone": "distance, en direct",
    "distance_asynchrone": "distance",
    "en_classe": "en classe",
}
"""The same in the room of a cell."""
NATURES: Mapping[str, str] = {
    "formation_continue": "Formation continue",
    "animation_pedagogique": "Animation pédagogique",
}
DECISIONS: Mapping[str, str] = {"credite": "Crédité", "refuse": "Non crédité", "en_attente": "En attente"}

SHORT: Mapping[str, str] = {
    "second_degre": "second degré",
    "paf": "PAF",
    "formateur": "formateur",
    "decision": "refusé",
    "non_credite": "ne compte pas",
    "a_attester": "à attester",
    "non_emarge": "non émargé",
    "absent": "absent",
    "annule": "annulé",
    "echoue": "échoué",
    "hors_periode": "hors période",
    "chevauchement": "chevauchement",
    "doublon": "déjà crédité",
    "en_attente": "en attente",
}
"""Each reason of FORMATS.md section 5 in the room of a cell."""


def typographic(text: str) -> str:
    """Return a sentence of ours with the apostrophe of print."""
    return text.replace("'", "’")


def sentence(text: str) -> str:
    """Return a step of a reasoning as a sentence: a capital, a full stop, the apostrophe of print."""
    return f"{typographic(text[:1].upper() + text[1:]).rstrip('.')}."


def reason(motif: str | None) -> str:
    """Return the sentence of a reason, or nothing."""
    return typographic(MOTIFS[motif]) if motif else ""


def asset(name: str) -> Markup:
    """Return one of our packaged files, to be put into a page as it is."""
    text = resources.files("connector.reports").joinpath("templates", name).read_text("utf-8")
    return Markup(text)  # noqa: S704 - our own packaged asset


@cache
def environment() -> Environment:
    """Return the environment of all templates: every value is escaped, and a name that is missing is an error."""
    made = Environment(
        loader=PackageLoader("connector.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        hours=wording.hours,
        percentage=wording.percentage,
        day=wording.day,
        moment=typography.moment,
        reason=reason,
        sentence=sentence,
        short=SHORT.__getitem__,
        typographic=typographic,
        written=write,
    )
    made.globals.update(
        asset=asset,
        count=typography.count,
        session_dates=typography.session_dates,
        due_steps=due_steps,
        pictures=pictures,
        law=regulation(),
        etats=ETATS,
        modalites=MODALITES,
        natures=NATURES,
        modes=MODES,
        decisions=DECISIONS,
        shorts=SHORT,
    )
    return made
