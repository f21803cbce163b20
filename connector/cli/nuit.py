"""`parcours nuit`: what keeps everything in step, once a night."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import author, opened
from connector.deliver import deliver
from connector.errors import ParcoursError
from connector.language import _
from connector.ledger.instants import PARIS
from connector.ledger.turn import TakenError, one_at_a_time
from connector.moodle.connect import Sites
from connector.ops.night import summary
from connector.ops.night.lock import NIGHT
from connector.ops.night.log import Form, night_log
from connector.ops.night.mail import Postman
from connector.ops.night.outcome import FAILED, Done, Step
from connector.ops.night.run import run
from connector.ops.night.steps import Work
from connector.ops.night.units import units, written_elsewhere
from connector.redact import Redactor
from connector.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr
    from structlog.typing import FilteringBoundLogger

    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger
    from connector.ops.night.outcome import Night

_FOR_ALL = 0o644
"""Files that hold nothing of anybody, for the accounts of systemd, cron and node_exporter."""


@click.command()
@click.option(
    "--sortie",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DOSSIER",
    help="Dossier des rapports. Défaut : « rapports » dans le dossier des données.",
)
@click.option(
    "--journal",
    type=click.Choice(("texte", "json")),
    default="texte",
    show_default=True,
    help="La forme du journal, écrit sur la sortie d'erreur.",
)
@click.option("--json", "as_json", is_flag=True, help="Affiche le bilan de la nuit en JSON.")
@click.option(
    "--unites",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DOSSIER",
    help="N'exécute rien : écrit dans DOSSIER de quoi lancer la nuit (systemd, ou cron et logrotate) et la surveiller "
    "(Prometheus).",
)
@click.pass_context
def nuit(ctx: click.Context, sortie: Path | None, journal: Form, unites: Path | None, *, as_json: bool) -> None:
    """Recueille, rapproche, écrit les rapports de chaque circonscription, et dit ce qui ne va pas.

    Une seule à la fois. Ce qui échoue n'arrête pas le reste. Relancer ne double rien, et une nuit manquée se rattrape
    à la suivante. Code de retour : 0 bien, 1 un échec, 2 du travail pour une personne.
    """
    invocation: Invocation = ctx.obj
    if unites is not None:
        settings = Settings.load(invocation.donnees)
        for name, content in units(invocation.donnees, elsewhere=written_elsewhere(settings)).items():
            file = deliver(content, unites / name)
            file.chmod(_FOR_ALL)
            click.echo(file)
        return
    now = datetime.now(PARIS)
    try:
        with opened(invocation) as (settings, ledger), one_at_a_time(NIGHT, invocation.donnees, ledger, now, author()):
            night = _run(settings, ledger, sortie or invocation.donnees / "rapports", now, journal)
    except TakenError:
        raise  # the one that runs will tell of itself
    except ParcoursError as exc:
        line = _tell_broken(invocation.donnees, now, journal, str(exc))
        broken = {"debut": now.isoformat(), "code": FAILED, "echec": str(exc)}
        click.echo(_json(broken) if as_json else line)
        ctx.exit(FAILED)
    click.echo(_json(_document(night)) if as_json else summary.one_line(night))
    ctx.exit(night.exit_code)


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _run(settings: Settings, ledger: Ledger, folder: Path, now: datetime, form: Form) -> Night:
    log = night_log(form, Redactor(_secrets(settings)))
    work = Work(settings, ledger, folder, now.date(), author(), log, Sites(settings))
    night = run(work.steps(), ledger, now, author(), log)
    for name, tell in {"metriques": _write_metrics, "bilan": _send_summary}.items():
        night = _told(name, tell, settings, night, log)
    return night


def _told(
    name: str, tell: Callable[[Settings, Night], None], settings: Settings, night: Night, log: FilteringBoundLogger
) -> Night:
    """Tell of the whole night, after it; return it with one more step where that fails."""
    failure = _failure_of(partial(tell, settings, night))
    if failure is None:
        return night
    log.error(name, echec=failure)
    return replace(night, steps=(*night.steps, Step(name, Done(_("n'a pas abouti"), failures=(failure,)), 0.0)))


def _failure_of(tell: Callable[[], None]) -> str | None:
    try:
        tell()
    except ParcoursError as exc:
        return str(exc)
    return None


def _tell_broken(folder: Path, now: datetime, form: Form, failure: str) -> str:
    """Tell of a night that did not begin, or did not end, wherever a finished one is told; return its line.

    At night nobody looks at a terminal: a database that is down is what the message is for.
    """
    try:
        settings = Settings.load(folder)
    except ParcoursError:  # this is what failed: nothing says to whom to write
        settings = None
    log = night_log(form, Redactor(_secrets(settings) if settings else []))
    log.error("nuit", echec=failure)
    line = summary.broken_line(now, failure)
    if settings is not None:
        untold = _failure_of(partial(_post, settings, summary.broken_subject(now), f"{line}\n"))
        if untold is not None:
            log.error("bilan", echec=untold)
    return line


def _write_metrics(settings: Settings, night: Night) -> None:
    if settings.nuit.metriques is not None:
        from connector.ops.night import metrics  # noqa: PLC0415 - what serves metrics over HTTP comes with it

        deliver(metrics.exposition(night), settings.folder / settings.nuit.metriques).chmod(_FOR_ALL)


def _send_summary(settings: Settings, night: Night) -> None:
    _post(settings, summary.subject(night), summary.details(night))


def _post(settings: Settings, subject: str, text: str) -> None:
    if settings.courrier is not None and settings.courrier.resume:
        Postman.of(settings, settings.courrier).send(settings.courrier.resume, subject, text)


def _secrets(settings: Settings) -> list[SecretStr]:
    """Return every secret that can be read: one that cannot is told by the step that needs it."""
    readers: list[Callable[[], SecretStr | None]] = [
        *(partial(settings.moodle_token, site) for site in settings.moodle),
        *(partial(settings.lrs_secret, lrs) for lrs in settings.lrs),
        *(partial(settings.mail_secret, courrier) for courrier in [settings.courrier] if courrier),
    ]
    found = []
    for read in readers:
        with suppress(ParcoursError):
            found.append(read())
    return [secret for secret in found if secret is not None]


def _document(night: Night) -> dict[str, object]:
    return {
        "debut": night.started.isoformat(),
        "precedente": night.previous.isoformat() if night.previous else None,
        "manquees": night.missed,
        "secondes": round(night.seconds, 3),
        "code": night.exit_code,
        "etapes": [
            {
                "nom": step.name,
                "fait": step.done.sentence,
                "secondes": round(step.seconds, 3),
                "nombres": dict(step.done.figures),
                "echecs": list(step.done.failures),
                "a_voir": list(step.done.left),
            }
            for step in night.steps
        ],
    }
