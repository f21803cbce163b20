"""How a session can be published on a site: with our plugin (P), into a restored course (M), from a model (S)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connector.errors import ConfigError
from connector.language import _
from connector.moodle import course_functions as core
from connector.moodle import functions

if TYPE_CHECKING:
    from connector.moodle.functions import SiteInfo

STOCK_FUNCTIONS = (
    "core_course_get_courses_by_field", "core_course_get_contents", "core_enrol_get_enrolled_users",
    "core_user_get_users_by_field", core.COURSE_MODULE, core.GROUPS, core.EVENTS, core.UPDATE_COURSES,
    core.CREATE_GROUPS, core.ENROL, core.JOIN, core.LEAVE, core.CREATE_EVENTS, core.DELETE_EVENTS, core.MOVE_EVENT,
    core.EDIT_COURSE,
)  # fmt: skip
"""What modes M and S may call; mode S copies a course besides."""

CLOSING_FUNCTIONS = ("core_course_get_courses_by_field", core.UPDATE_COURSES)
"""What closing a session calls without the plugin."""


@dataclass(frozen=True)
class Mode:
    """The mode that a publication takes, and why, in French; `number` is the course to update (M), or to copy (S)."""

    letter: Literal["P", "M", "S"]
    why: str
    number: int = 0

    def __str__(self) -> str:
        return _("Mode {letter} : {why}.", letter=self.letter, why=self.why)


def has_plugin(info: SiteInfo) -> bool:
    """Tell whether the token may call our plugin."""
    return not info.lacks(functions.PUBLISH, functions.OBSERVE)


def choose_mode(
    info: SiteInfo,
    *,
    course: int | None = None,
    model: int | None = None,
    published: int | None = None,
    linked: int | None = None,
) -> Mode:
    """Return the mode for what the site offers and what was asked: a restored `course`, or a copy of a `model`.

    `published` is the course in which the plugin already keeps the session, where there is one: it stays the plugin's.
    `linked` is the one that the ledger ties to it: without the plugin, what nobody names is that one.
    Raises `ConfigError` when nothing is possible, with what to do, and when functions are missing.
    """
    if course is not None and model is not None:
        raise ConfigError(
            _("--cours désigne le cours à mettre à jour, --modele un cours à copier."),
            remedy=_("Choisissez l'un ou l'autre."),
        )
    unasked = course is None and model is None
    if has_plugin(info) and (unasked or (published is not None and course in (None, published))):
        return Mode("P", _("l'extension local_parcours est installée sur ce site"))
    if course is not None:
        need(info, STOCK_FUNCTIONS)
        return Mode(
            "M", _("{where}, --cours désigne le cours {course}, restauré", where=_where(info), course=course), course
        )
    if model is not None:
        need(info, (*STOCK_FUNCTIONS, core.DUPLICATE))
        return Mode(
            "S", _("{where}, --modele désigne le cours {model}, à copier", where=_where(info), model=model), model
        )
    if linked is not None and not info.lacks(*STOCK_FUNCTIONS):
        return Mode(
            "M", _("{where}, le registre lie la session au cours {linked}", where=_where(info), linked=linked), linked
        )
    raise _no_mode(info)


def _no_mode(info: SiteInfo) -> ConfigError:
    """Return the refusal of a site that offers nothing of what it takes, with the three ways out."""
    return ConfigError(
        _(
            "{siteurl} n'offre pas l'extension local_parcours au compte « {username} ».",
            siteurl=info.siteurl,
            username=info.username,
        ),
        remedy=_(
            "Trois chemins : faire installer l'extension (« parcours plugin construire ») et ajouter "
            "ses fonctions au service du jeton ; restaurer une sauvegarde (« parcours exporter ») "
            "puis relancer avec --cours NUMÉRO ; ou copier un cours déjà restauré, avec --modele "
            "NUMÉRO."
        ),
    )


def _where(info: SiteInfo) -> str:
    return (
        _("l'extension n'a pas publié ce cours")
        if has_plugin(info)
        else _("ce site n'a pas l'extension local_parcours")
    )


def need(info: SiteInfo, names: tuple[str, ...]) -> None:
    """Raise `ConfigError`, naming them, when the token may not call some functions."""
    missing = info.lacks(*names)
    if missing:
        raise ConfigError(
            _(
                "Le service du jeton de « {username} » n'a pas ces fonctions : {missing}.",
                username=info.username,
                missing=", ".join(missing),
            ),
            remedy=_("Demandez à l'administrateur du site de les y ajouter."),
        )
