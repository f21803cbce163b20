"""`parcours importer`: a draft of parcours, from what the assistant de scénarisation wrote."""

from __future__ import annotations

import json
from pathlib import Path

import click

from connector.deliver import deliver
from connector.errors import DataError
from connector.language import _, ngettext
from connector.system_words import why
from scenarios.assistant import Draft, NotADesignError, make_draft, read_design


@click.command()
@click.argument("fichier", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--sortie",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Le parcours à écrire. Défaut : parcours.yaml, à côté du fichier lu.",
)
@click.option("--ecraser", is_flag=True, help="Remplace un parcours qui existe déjà.")
@click.option("--json", "as_json", is_flag=True, help="Affiche ce qui reste à compléter en JSON.")
def importer(fichier: Path, sortie: Path | None, *, ecraser: bool, as_json: bool) -> None:
    """Fait un brouillon de parcours de ce qu'a écrit l'assistant de scénarisation (YAML, ou Markdown qui en contient).

    Tout ce qu'il sait est repris ; ce qu'il ne peut pas savoir (les durées, la présence, seul ou ensemble…) est marqué
    dans le fichier et listé. « parcours verifier » dit ensuite ce qui manque encore.
    """
    draft = _draft(fichier)
    target = sortie or fichier.with_name("parcours.yaml")
    if target.exists() and not ecraser:
        raise DataError(
            _("{target} existe déjà : rien n'a été écrit.", target=target),
            remedy=_("Donnez un autre nom avec --sortie, ou --ecraser."),
        )
    deliver(draft.yaml.encode(), target)
    if as_json:
        missing = [{"ou": place, "quoi": what} for place, what in draft.missing]
        click.echo(json.dumps({"fichier": str(target), "a_completer": missing}, ensure_ascii=False, indent=2))
        return
    click.echo(_("Brouillon écrit : {target}", target=target))
    click.echo(ngettext("À compléter ({n} point) :", "À compléter ({n} points) :", len(draft.missing)))
    for place, what in draft.missing:
        click.echo(_("  {place} : {what}", place=place, what=what))
    click.echo(_("Ensuite : parcours verifier {target}", target=target))


def _draft(fichier: Path) -> Draft:
    try:
        return make_draft(read_design(fichier.read_text(encoding="utf-8")))
    except NotADesignError as exc:
        raise DataError(
            _("{fichier} : {exc}.", fichier=fichier, exc=exc),
            remedy=_("Donnez l'export YAML de l'assistant de scénarisation."),
        ) from exc
    except UnicodeDecodeError as exc:
        raise DataError(_("{fichier} n'est pas du texte UTF-8.", fichier=fichier)) from exc
    except OSError as exc:
        raise DataError(
            _("{fichier} ne se lit pas : {raison}.", fichier=fichier, raison=why(exc)), remedy=_("Vérifiez son nom.")
        ) from exc
