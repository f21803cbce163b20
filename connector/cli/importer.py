"""`parcours importer`: a draft of parcours, from what the assistant de scénarisation wrote, or from a gabarit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from connector.deliver import deliver
from connector.errors import DataError
from connector.language import _, ngettext
from connector.system_words import why
from scenarios.assistant import Draft, NotADesignError, make_draft, read_design
from scenarios.errors import ScenarioError
from scenarios.gabarit import construct

_GABARIT = re.compile(r"^format:\s*[\"']?parcours/1\b", re.MULTILINE)
"""A file of ours, and not the assistant's."""


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
    dans le fichier et listé. « parcours verifier » dit ensuite ce qui manque encore.

    D'un gabarit (un parcours qui dit « etat: gabarit »), fait un parcours en construction : ses activités, son origine
    et sa collection, l'indexation à remplir. Écrivez-le à côté du gabarit, si ses activités nomment des fichiers.
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
        text = fichier.read_text(encoding="utf-8")
        return construct(fichier) if _GABARIT.search(text) else make_draft(read_design(text))
    except ScenarioError as exc:
        raise DataError(str(exc)) from exc
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
