"""What templates draw with, on a screen and on paper: words, figures, pictures."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from connector.language import N_, SOURCE, _, language, listed, ngettext
from connector.obligation import wording
from connector.obligation.explain import MOTIFS
from connector.obligation.explain_views import due_steps
from connector.obligation.rules import regulation
from connector.reports import pictures, typography
from connector.reports.people import ETATS
from connector.reports.table import NUMERIC, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ledger.stage import Stage
    from connector.reports.report import Kind

TEMPLATES: Mapping[Kind, str] = {
    "circonscription": "people",
    "ecole": "people",
    "tous": "people",
    "session": "session",
    "enseignant": "releve",
    "academie": "academie",
    "departement": "academie",
    "formateur": "board",
    "reseau": "board",
    "numerique": "board",
    "statistiques": "board",
    "conception": "board",
    "besoins": "board",
}
"""The template of each kind of report: for a screen, and under `paper/` for a page to print."""
MODALITES: Mapping[str, str] = {
    "presence": N_("En présence"),
    "distance_synchrone": N_("À distance, en direct"),
    "distance_asynchrone": N_("À distance"),
    "en_classe": N_("En classe"),
}
MODES: Mapping[str, str] = {
    "presence": N_("présence"),
    "distance_synchrone": N_("distance, en direct"),
    "distance_asynchrone": N_("distance"),
    "en_classe": N_("en classe"),
}
"""The same in the room of a cell."""
NATURES: Mapping[str, str] = {
    "formation_continue": N_("Formation continue"),
    "animation_pedagogique": N_("Animation pédagogique"),
}
DECISIONS: Mapping[str, str] = {
    "credite": N_("Crédité"),
    "refuse": N_("Non crédité"),
    "en_attente": N_("En attente"),
}
STAGES: Mapping[Stage, str] = {
    "preparation": N_("En préparation"),
    "ouverte": N_("Ouverte"),
    "archivee": N_("Archivée"),
}
ROLES: Mapping[str, str] = {"formateur": N_("formateur"), "tuteur": N_("tuteur"), "concepteur": N_("concepteur")}

SHORT: Mapping[str, str] = {
    "second_degre": N_("second degré"),
    "paf": N_("PAF"),
    "formateur": N_("formateur"),
    "decision": N_("refusé"),
    "non_credite": N_("ne compte pas"),
    "a_attester": N_("à attester"),
    "non_emarge": N_("non émargé"),
    "absent": N_("absent"),
    "annule": N_("annulé"),
    "echoue": N_("échoué"),
    "hors_periode": N_("hors période"),
    "chevauchement": N_("chevauchement"),
    "doublon": N_("déjà crédité"),
    "en_attente": N_("en attente"),
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
    return typographic(_(MOTIFS[motif])) if motif else ""


def short(motif: str) -> str:
    """Return a reason in the room of a cell."""
    return _(SHORT[motif])


def _marked(message: str, /, **values: object) -> Markup:
    """Return a sentence of ours, which may hold HTML; what is filled in is escaped."""
    said = Markup(_(message))  # noqa: S704 - a sentence of the catalogue
    return said.format(**values) if values else said


def _marked_number(singular: str, plural: str, n: int, /, **values: object) -> Markup:
    """Return one of two sentences of ours for a number, as `_marked` does."""
    return Markup(ngettext(singular, plural, n, **{name: escape(value) for name, value in values.items()}))  # noqa: S704


def in_french() -> Markup:
    """Return the attribute of an element that holds what authors wrote, which is French, whatever language is spoken.

    Source: WCAG 2.2, success criterion 3.1.2.
    """
    return Markup() if language() == SOURCE else Markup(" lang=fr")


def authored(text: str) -> Markup:
    """Return what authors wrote, to stand in a sentence."""
    return escape(text) if language() == SOURCE else Markup("<span{}>{}</span>").format(in_french(), text)


def asset(name: str) -> Markup:
    """Return one of our packaged files, to be put into a page as it is."""
    text = resources.files("connector.reports").joinpath("templates", name).read_text("utf-8")
    return Markup(text)  # noqa: S704 - our own packaged asset


def stylesheet() -> Markup:
    """Return the look of all pages; a narrow one names its figures itself, in the language being spoken."""
    return asset("report.css") + Markup(environment().get_template("labels.css.j2").render())  # noqa: S704 - our own


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
        authored=authored,
        hours=wording.hours,
        percentage=wording.percentage,
        day=wording.day,
        listed=listed,
        moment=typography.moment,
        reason=reason,
        sentence=sentence,
        short=short,
        typographic=typographic,
        written=write,
    )
    made.globals.update(
        _=_marked,
        ngettext=_marked_number,
        language=language,
        in_french=in_french,
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
        roles=ROLES,
        stages=STAGES,
        shorts=SHORT,
        numeric=NUMERIC,
    )
    return made
