"""Judges an LRS: does it answer, accept us, give statements that we can read?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.errors import ParcoursError
from connector.obligation.wording import NBSP
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
    from xapi.client import Page

_SPOKEN = ("1.0", "2.0")
_ADDRESS = "Vérifiez « adresse » de [[lrs]] : celle sous laquelle se trouve « statements »."


def judge_lrs(facts: LrsFacts, now: datetime) -> Iterator[Finding]:
    """Judge one LRS."""
    about = About(facts.lrs.adresse)
    yield from judge_connection(about, "lrs", facts.about, now)
    if facts.about.answer is not None:
        yield judge_clock(about, "lrs", facts.about.ahead)
        yield _version(about, facts.about.answer)
    if isinstance(facts.page, ParcoursError):
        yield about.fault("lrs.secret", facts.page)
    elif isinstance(facts.page, XapiError):
        yield _failure(about, facts.page)
    elif facts.page is not None:
        yield about.ok("lrs.acces", f"L'identifiant « {facts.lrs.identifiant} » et son secret sont acceptés.")
        yield _statement(about, facts.page)
        yield _consistent(about, facts.page)
    if facts.lrs.writes and facts.page is not None:
        yield about.untold(
            "lrs.ecriture",
            "Le droit d'écrire ne se vérifie pas sans écrire.",
            "« parcours emargement saisir » le dira à la première feuille.",
        )


def _version(about: About, answer: Answer) -> Finding:
    try:
        versions = [str(version) for version in json.loads(answer.body)["version"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return about.untold(
            "lrs.version", "Il ne dit pas quelles versions de xAPI il parle (page « about »).", _ADDRESS
        )
    said = ", ".join(versions[:6])
    if any(version.startswith(_SPOKEN) for version in versions):
        return about.ok("lrs.version", f"Il parle xAPI {said}.")
    return about.mend("lrs.version", f"Il parle xAPI {said}{NBSP}: il faut 1.0 ou 2.0.", "Mettez le LRS à jour.")


def _failure(about: About, fault: XapiError) -> Finding:
    match fault:
        case NotFoundError():
            return about.mend("lrs.adresse", "Il n'y a pas de déclarations à cette adresse.", _ADDRESS)
        case ConfigError():
            return about.mend(
                "lrs.acces",
                "L'identifiant ou son secret est refusé, ou ne donne pas le droit de lire.",
                "Vérifiez « identifiant » et « secret_fichier » de [[lrs]] avec l'administrateur du LRS.",
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
            f"Sa dernière déclaration ne se lit pas ({exc.reason}).",
            "Cherchez avec l'administrateur du LRS ce qui l'y écrit.",
        )
    return about.ok("lrs.declaration", "Sa dernière déclaration se lit.")


def _consistent(about: About, page: Page) -> Finding:
    if page.consistent_through_us is None:
        return about.ok(
            "lrs.coherence",
            "Il ne dit pas jusqu'où sa lecture est complète (Consistent-Through)"
            f"{NBSP}: chaque collecte relit donc le dernier quart d'heure.",
        )
    return about.ok("lrs.coherence", "Il dit jusqu'où sa lecture est complète (Consistent-Through).")
