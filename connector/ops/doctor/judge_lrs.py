"""Judges an LRS: does it answer, accept us, give statements that we can read?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.errors import ParcoursError
from connector.language import N_, _, ngettext
from connector.ledger.queue import UNREADABLE
from connector.ops.doctor.finding import About
from connector.ops.doctor.judge_web import judge_clock, judge_connection
from xapi.errors import ConfigError, NotFoundError, RetriableError, StatementError, XapiError
from xapi.statement import decode_statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.moodle.faults import Answer
    from connector.ops.doctor.facts import LrsFacts
    from connector.ops.doctor.finding import Finding
    from connector.settings.sections import Lrs
    from xapi.client import Page
    from xapi.probe import Abilities

_SPOKEN = ("1.0.3", "2.0.0")
_ADDRESS = N_("Vérifiez « adresse » de [[lrs]] : celle sous laquelle se trouve « statements ».")


def judge_lrs(facts: LrsFacts, now: datetime) -> Iterator[Finding]:
    """Judge one LRS."""
    about = About(facts.lrs.adresse)
    if facts.about is not None:
        yield from judge_connection(about, "lrs", facts.about, now)
        if facts.about.answer is not None:
            yield judge_clock(about, "lrs", facts.about.ahead)
            yield _version(about, facts.about.answer, facts.lrs.version)
    if isinstance(facts.probed, ParcoursError):
        yield about.fault("lrs.secret" if facts.about is not None else "lrs.autorite", facts.probed)
    elif isinstance(facts.probed, XapiError):
        yield _failure(about, facts.probed)
    elif facts.probed is not None:
        yield about.ok("lrs.acces", _accepted(facts.lrs))
        yield _statement(about, facts.probed.page)
        yield from _abilities(about, facts.probed.abilities)
    if facts.lrs.writes and facts.probed is not None:
        yield about.untold(
            "lrs.ecriture",
            _("Le droit d'écrire ne se vérifie pas sans écrire."),
            _("« parcours emargement saisir » le dira à la première feuille."),
        )


def _accepted(lrs: Lrs) -> str:
    if lrs.identifiant is None:
        return _("Le jeton est accepté.")
    return _("L'identifiant « {identifiant} » et son secret sont acceptés.", identifiant=lrs.identifiant)


def _version(about: About, answer: Answer, ours: str) -> Finding:
    try:
        versions = [str(version) for version in json.loads(answer.body)["version"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return about.untold(
            "lrs.version", _("Il ne dit pas quelles versions de xAPI il parle (page « about »)."), _ADDRESS
        )
    said = ", ".join(versions[:6])
    spoken = [wanted for wanted in _SPOKEN if any(version.startswith(wanted[:3]) for version in versions)]
    if ours in spoken:
        return about.ok("lrs.version", _("Il parle xAPI {said}.", said=said))
    if spoken:
        return about.mend(
            "lrs.version",
            _("Il parle xAPI {said}, et le programme lui parle xAPI {ours}.", said=said, ours=ours),
            _('Écrivez version = "{spoken}" dans son bloc [[lrs]].', spoken=spoken[0]),
        )
    return about.mend(
        "lrs.version", _("Il parle xAPI {said} : il faut 1.0 ou 2.0.", said=said), _("Mettez le LRS à jour.")
    )


def _failure(about: About, fault: XapiError) -> Finding:
    match fault:
        case NotFoundError():
            return about.mend("lrs.adresse", _("Il n'y a pas de déclarations à cette adresse."), _ADDRESS)
        case ConfigError():
            return about.mend(
                "lrs.acces",
                _("L'identifiant, son secret ou le jeton est refusé, ou ne donne pas le droit de lire."),
                _("Vérifiez-les dans [[lrs]] avec l'administrateur du LRS."),
            )
        case RetriableError():
            return about.mend(
                "lrs.indisponible", _("Il ne répond pas, ou répond de travers."), _("Réessayez dans quelques minutes.")
            )
    return about.mend("lrs.reponse", _("Il ne se comporte pas comme un LRS (page web, redirection…)."), _ADDRESS)


def _statement(about: About, page: Page) -> Finding:
    if not page.items:
        return about.ok("lrs.declaration", _("Il ne contient encore aucune déclaration."))
    try:
        decode_statement(page.items[0])
    except StatementError as exc:
        return about.mend(
            "lrs.declaration",
            _("Sa dernière déclaration ne se lit pas : {unreadable}.", unreadable=_(UNREADABLE[exc.reason])),
            _("Cherchez avec l'administrateur du LRS ce qui l'y écrit."),
        )
    return about.ok("lrs.declaration", _("Sa dernière déclaration se lit."))


def _abilities(about: About, found: Abilities) -> Iterator[Finding]:
    """Say what the probe found, and what it makes of collecting."""
    yield _filter(about, found)
    if found.consistent_through:
        said = _("Il dit jusqu'où sa lecture est complète (Consistent-Through).")
    else:
        said = _("Il ne dit pas jusqu'où sa lecture est complète (Consistent-Through).")
    yield about.ok("lrs.coherence", said)
    if found.page_limit is not None:
        yield about.ok(
            "lrs.pages",
            ngettext(
                "Il donne au plus {n} déclaration par page.",
                "Il donne au plus {n} déclarations par page.",
                found.page_limit,
            ),
        )


def _filter(about: About, found: Abilities) -> Finding:
    match found.filters_on:
        case "stored":
            return about.ok(
                "lrs.filtre",
                _(
                    "Il sait dire ce qui est arrivé depuis un instant : chaque collecte reprend un quart "
                    "d'heure avant ce qu'elle a lu, relit deux jours chaque nuit, et tout chaque mois."
                ),
            )
        case "timestamp":
            return about.ok(
                "lrs.filtre",
                _(
                    "Il ne sait dire que ce qui s'est passé depuis un instant, non ce qui est arrivé : "
                    "chaque collecte relit les 90 derniers jours, et tout chaque semaine."
                ),
            )
    return about.untold(
        "lrs.filtre",
        _(
            "Ses déclarations ne disent pas encore si « since » y porte sur leur arrivée (stored) ou "
            "sur leur date (timestamp) : chaque collecte relit les 90 derniers jours."
        ),
        _("Rien à faire : cela se saura avec les premières déclarations arrivées après coup."),
    )
