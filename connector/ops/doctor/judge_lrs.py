"""Judges an LRS: does it answer, accept us, give statements that we can read?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.errors import ParcoursError
from connector.ledger.queue import UNREADABLE
from connector.obligation.wording import NBSP
from connector.ops.doctor.finding import About
from connector.ops.doctor.judge_web import judge_clock, judge_connection
from connector.reports.typography import count
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
_ADDRESS = "Vérifiez « adresse » de [[lrs]] : celle sous laquelle se trouve « statements »."


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
            "Le droit d'écrire ne se vérifie pas sans écrire.",
            "« parcours emargement saisir » le dira à la première feuille.",
        )


def _accepted(lrs: Lrs) -> str:
    if lrs.identifiant is None:
        return "Le jeton est accepté."
    return f"L'identifiant « {lrs.identifiant} » et son secret sont acceptés."


def _version(about: About, answer: Answer, ours: str) -> Finding:
    try:
        versions = [str(version) for version in json.loads(answer.body)["version"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return about.untold(
            "lrs.version", "Il ne dit pas quelles versions de xAPI il parle (page « about »).", _ADDRESS
        )
    said = ", ".join(versions[:6])
    spoken = [wanted for wanted in _SPOKEN if any(version.startswith(wanted[:3]) for version in versions)]
    if ours in spoken:
        return about.ok("lrs.version", f"Il parle xAPI {said}.")
    if spoken:
        return about.mend(
            "lrs.version",
            f"Il parle xAPI {said}, et le programme lui parle xAPI {ours}.",
            f'Écrivez version = "{spoken[0]}" dans son bloc [[lrs]].',
        )
    return about.mend("lrs.version", f"Il parle xAPI {said}{NBSP}: il faut 1.0 ou 2.0.", "Mettez le LRS à jour.")


def _failure(about: About, fault: XapiError) -> Finding:
    match fault:
        case NotFoundError():
            return about.mend("lrs.adresse", "Il n'y a pas de déclarations à cette adresse.", _ADDRESS)
        case ConfigError():
            return about.mend(
                "lrs.acces",
                "L'identifiant, son secret ou le jeton est refusé, ou ne donne pas le droit de lire.",
                "Vérifiez-les dans [[lrs]] avec l'administrateur du LRS.",
            )
        case RetriableError():
            return about.mend(
                "lrs.indisponible", "Il ne répond pas, ou répond de travers.", "Réessayez dans quelques minutes."
            )
    return about.mend("lrs.reponse", "Il ne se comporte pas comme un LRS (page web, redirection…).", _ADDRESS)


def _statement(about: About, page: Page) -> Finding:
    if not page.items:
        return about.ok("lrs.declaration", "Il ne contient encore aucune déclaration.")
    try:
        decode_statement(page.items[0])
    except StatementError as exc:
        return about.mend(
            "lrs.declaration",
            f"Sa dernière déclaration ne se lit pas{NBSP}: {UNREADABLE[exc.reason]}.",
            "Cherchez avec l'administrateur du LRS ce qui l'y écrit.",
        )
    return about.ok("lrs.declaration", "Sa dernière déclaration se lit.")


def _abilities(about: About, found: Abilities) -> Iterator[Finding]:
    """Say what the probe found, and what it makes of collecting."""
    yield _filter(about, found)
    if found.consistent_through:
        said = "Il dit jusqu'où sa lecture est complète (Consistent-Through)."
    else:
        said = "Il ne dit pas jusqu'où sa lecture est complète (Consistent-Through)."
    yield about.ok("lrs.coherence", said)
    if found.page_limit is not None:
        yield about.ok(
            "lrs.pages", f"Il donne au plus {count(found.page_limit, 'déclaration', 'déclarations')} par page."
        )


def _filter(about: About, found: Abilities) -> Finding:
    match found.filters_on:
        case "stored":
            return about.ok(
                "lrs.filtre",
                "Il sait dire ce qui est arrivé depuis un instant : chaque collecte reprend un quart d'heure avant"
                " ce qu'elle a lu, relit deux jours chaque nuit, et tout chaque mois.",
            )
        case "timestamp":
            return about.ok(
                "lrs.filtre",
                "Il ne sait dire que ce qui s'est passé depuis un instant, non ce qui est arrivé : chaque collecte"
                " relit les 90 derniers jours, et tout chaque semaine.",
            )
    return about.untold(
        "lrs.filtre",
        "Ses déclarations ne disent pas encore si « since » y porte sur leur arrivée (stored) ou sur leur date"
        " (timestamp) : chaque collecte relit les 90 derniers jours.",
        "Rien à faire : cela se saura avec les premières déclarations arrivées après coup.",
    )
