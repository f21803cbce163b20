"""`parcours lier`: ties a session to a course that exists already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import author, opened
from connector.errors import DataError
from connector.language import _, ngettext
from connector.ledger.correspondence import parse_correspondence
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.resolve import settle
from connector.ledger.session_files import snapshot_of
from connector.ledger.sessions import absorb_snapshot, known_activities, link_course
from connector.system_words import why

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.ledger.correspondence import Correspondence


@click.command()
@click.argument("session", metavar="SESSION")
@click.option(
    "--correspondance",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="CSV « activite;url », avec une ligne « cours;url ».",
)
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def lier(invocation: Invocation, session: str, correspondance: Path, *, as_json: bool) -> None:
    """Lie une session (son fichier, ou le code d'une session connue) à un cours Moodle existant, sans rien publier.

    Les déclarations de ce cours qui attendaient sont rattachées aussitôt.
    """
    try:
        data = correspondance.read_bytes()
    except OSError as exc:
        raise DataError(
            _("{correspondance} ne se lit pas : {raison}.", correspondance=correspondance, raison=why(exc)),
            remedy=_("Vérifiez son nom."),
        ) from exc
    path = Path(session)
    with opened(invocation) as (settings, ledger):
        snapshot = snapshot_of(path, settings) if path.is_file() else None
        code = snapshot.code if snapshot else session
        with ledger.write() as connection:
            if snapshot:
                absorb_snapshot(connection, snapshot, at_us=now_us())
            found = parse_correspondence(data, correspondance.name, known_activities(connection, code))
            new = link_course(connection, code, found.site, found.course_id, found.modules)
            if new:
                record(connection, now_us(), author(), "session.lier", code, site=found.site, cours=found.course_id)
            settle(connection)
    click.echo(
        json.dumps(_document(code, found, new=new), ensure_ascii=False) if as_json else _sentence(code, found, new=new)
    )


def _sentence(code: str, found: Correspondence, *, new: bool) -> str:
    pages = ngettext("{n} activité", "{n} activités", len(found.modules))
    figures = _(
        "la session {code} et le cours {course_id} de {site}, {pages}",
        code=code,
        course_id=found.course_id,
        site=found.site,
        pages=pages,
    )
    return (
        _("Liés : {figures}.", figures=figures)
        if new
        else _("Rien n'a changé : {figures} étaient déjà liés.", figures=figures)
    )


def _document(code: str, found: Correspondence, *, new: bool) -> dict[str, object]:
    return {
        "session": code,
        "site": found.site,
        "cours": found.course_id,
        "activites": {activity_id: cmid for cmid, activity_id in found.modules.items()},
        "change": new,
    }
