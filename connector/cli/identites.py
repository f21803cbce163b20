"""`parcours personnels identites` and `… acteurs`: the names under which people are recognised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.given import read_given
from connector.cli.ledger_door import author, opened
from connector.errors import DataError
from connector.language import N_, _, ngettext
from connector.ledger.instants import day_of, now_us
from connector.ledger.journal import record
from connector.ledger.keys import forget_key, history
from connector.ledger.moved_sites import declare_moved
from connector.ledger.rebuild import rebuild
from connector.ledger.resolve import settle
from connector.ledger.schema import MAX_US, MIN_US
from connector.ledger.sessions import learn_accounts
from connector.ledger.trax_actors import parse_actors

if TYPE_CHECKING:
    import sqlalchemy as sa

    from connector.cli.main import Invocation

_SOURCES = {"personnels": N_("personnels"), "personne": N_("décidé par une personne")}
_KINDS = {"mbox": N_("courriel"), "mbox_sha1sum": N_("empreinte"), "account": N_("compte"), "openid": "openid"}


@click.command()
@click.argument("enseignant", metavar="IDENTIFIANT")
@click.option("--oublier", metavar="VALEUR", help="Oublie un ancien nom, ou un nom donné par quelqu'un, à tort.")
@click.option("--json", "as_json", is_flag=True, help="Affiche les noms en JSON.")
@click.pass_obj
def identites(invocation: Invocation, enseignant: str, oublier: str | None, *, as_json: bool) -> None:
    """Montre les courriels et comptes sous lesquels un enseignant est reconnu, ou l'a été, avec leurs dates.

    Un courriel que le fichier des personnels ne donne plus reste à la personne, tant qu'il n'est pas donné à une autre.
    """
    with opened(invocation) as (_settings, ledger), ledger.write() as connection:
        if oublier is not None:
            if not forget_key(connection, enseignant, oublier, author=author(), at_us=now_us()):
                raise DataError(
                    _("« {oublier} » n'est pas un nom de {enseignant}.", oublier=oublier, enseignant=enseignant)
                )
            settle(connection)
        found = [_object(key) for key in history(connection, enseignant)]
        record(connection, now_us(), author(), "personnes.identites", enseignant)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(map(_line, found)) or _("{enseignant} n'a aucun nom connu.", enseignant=enseignant))


@click.command()
@click.argument("fichier", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER")
@click.option("--site", metavar="ADRESSE", help="Le site Moodle dont vient la table (inutile s'il n'y en a qu'un).")
@click.option(
    "--plateforme", metavar="IRI", help="L'IRI de plateforme réglée dans TRAX logs, si ce n'est pas l'adresse."
)
@click.pass_obj
def acteurs(invocation: Invocation, fichier: Path, site: str | None, plateforme: str | None) -> None:
    """Importe la table des acteurs de TRAX logs (logstore_trax_actors, en CSV) : qui est chaque UUID.

    Ce qui attendait sous ces UUID est rattaché aussitôt. Importer deux fois le même fichier ne change rien.
    """
    found = parse_actors(read_given(fichier), fichier.name)
    with opened(invocation) as (settings, ledger), ledger.write() as connection:
        at_us, address = now_us(), settings.moodle_site(site).adresse
        if plateforme and declare_moved(connection, plateforme, address, author=author(), at_us=at_us):
            rebuild(connection)
        learn_accounts(connection, address, found, at_us=at_us)
        record(connection, at_us, author(), "personnels.acteurs", fichier.name, site=address, acteurs=len(found))
        settle(connection)
    click.echo(
        ngettext("Acteurs de {address} : {n} connu.", "Acteurs de {address} : {n} connus.", len(found), address=address)
    )


def _object(key: sa.RowMapping) -> dict[str, object]:
    return {
        "genre": _KINDS[key["kind"]],
        "valeur": key["value"],
        "principal": key["main"],
        "source": key["source"],
        "depuis": _day(key["since_us"]),
        "jusqu_au": _day(key["until_us"]),
    }


def _day(instant_us: int) -> str | None:
    if instant_us in (MIN_US, MAX_US):
        return None
    return day_of(instant_us).isoformat()


def _line(said: dict[str, object]) -> str:
    since = _("depuis le {depuis}", depuis=said["depuis"]) if said["depuis"] else _("depuis toujours")
    until = _(", jusqu'au {jusqu_au}", jusqu_au=said["jusqu_au"]) if said["jusqu_au"] else ""
    main = _(", principal") if said["principal"] else ""
    kind, source = _(str(said["genre"])), _(_SOURCES[str(said["source"])])
    return f"{kind}  {said['valeur']}  ({source}{main}, {since}{until})"
