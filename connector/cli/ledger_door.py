"""What every command that works on the ledger needs: the configuration, the open ledger, who is asking."""

from __future__ import annotations

import getpass
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click

from connector.errors import ConfigError
from connector.language import _
from connector.ledger.asker import Asker
from connector.ledger.db import open_ledger
from connector.ledger.scope import EVERYTHING, Scope
from connector.settings import FILE, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger


@contextmanager
def opened(invocation: Invocation, *, nameless: bool = False) -> Iterator[tuple[Settings, Ledger]]:
    """Yield the configuration of the data folder and its ledger, closed at the end.

    Raises ConfigError where the folder that was named does not exist: a new ledger made at a mistyped place would say
    that nobody has done anything. So it does where the ledger holds pseudonyms and the file of their names lacks, but
    for a command that works with pseudonyms too (`nameless`): it says so then.
    """
    if invocation.named and not invocation.donnees.is_dir():
        raise ConfigError(
            _("Le dossier des données {dossier} n'existe pas.", dossier=invocation.donnees),
            remedy=_("Vérifiez --donnees ou PARCOURS_DONNEES ; pour un nouveau registre, créez d'abord ce dossier."),
        )
    settings = Settings.load(invocation.donnees)
    with closing(open_ledger(settings.dsn, settings.erasure_key(), settings.names_file)) as ledger:
        if ledger.nameless:
            _without_names(settings, refused=not nameless)
        yield settings, ledger


def _without_names(settings: Settings, *, refused: bool) -> None:
    file = settings.names_file
    if refused:
        raise ConfigError(
            _("La correspondance {fichier} manque : cette commande a besoin des noms.", fichier=file),
            remedy=_("Remettez ce fichier, que nomme « pseudonymes », partie [base] de parcours.toml."),
        )
    shown = _("La correspondance {fichier} manque : les personnes paraissent sous des pseudonymes.", fichier=file)
    click.echo(shown, err=True)


def operator(settings: Settings, does: str) -> Asker:
    """Return who runs the command; ConfigError for anybody but an operator, who alone `does` this (a phrase)."""
    who = asker(settings)
    if not who.scope.everything:
        raise ConfigError(
            _(
                "« {qui} » a le rôle « {role} » : seul un opérateur {fait}.",
                qui=who.author,
                role=who.scope.role,
                fait=_(does),
            ),
            remedy=_("Demandez à un opérateur."),
        )
    return who


def author() -> str:
    """Return who runs the command, for the journal."""
    return getpass.getuser()


def en_tant_que_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--en-tant-que IDENTIFIANT`: to ask for what somebody else of `[[acces]]` would see."""
    option = click.option(
        "--en-tant-que", metavar="IDENTIFIANT", help="Ne montrer que ce que voit cette personne de « parcours acces »."
    )
    return option(command)


def asker(settings: Settings, as_whom: str | None = None) -> Asker:
    """Return who runs the command: the operator, unless `[[acces]]` gives their account another role.

    Only an operator may ask as somebody else. Raises ConfigError for the others, and for an unknown access.
    """
    user = author()
    own = settings.access(user)
    scope = Scope.of(own) if own else EVERYTHING
    if as_whom is None or as_whom == user:
        return Asker(user, scope)
    if not scope.everything:
        raise ConfigError(
            _(
                "« {qui} » a le rôle « {role} » : seul un opérateur peut demander en tant que quelqu'un d'autre.",
                qui=user,
                role=scope.role,
            ),
            remedy=_("Retirez --en-tant-que."),
        )
    access = settings.access(as_whom)
    if access is None:
        raise ConfigError(
            _("« {qui} » n'a pas d'accès dans {fichier}.", qui=as_whom, fichier=settings.folder / FILE),
            remedy=_("Voir les accès : parcours acces lister."),
        )
    return Asker(user, Scope.of(access), as_whom)
