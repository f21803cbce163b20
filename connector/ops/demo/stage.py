"""Where the demonstration plays: its folder, an embedded LRS and a Moodle sandbox, all thrown away or made again."""

from __future__ import annotations

import os
import shutil
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from pydantic import SecretStr

from connector.errors import DataError
from connector.language import _
from connector.ledger.roster import parse_roster
from connector.moodle.sandbox import Sandbox
from connector.moodle.sandbox.emitter import Lrs
from connector.moodle.sandbox.population import add, default_people
from connector.moodle.sandbox.statement_parts import EmissionSettings
from connector.obligation.rules import regulation
from scenarios import catalogue
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client
from xapi.lrs.serve import serve_in_thread
from xapi.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.moodle.sandbox.site import Site

YEAR = "2026-2027"
_PARCOURS = ("calcul-mental", "laicite")
SESSIONS = {
    "CM-69L4-2026A": "parcours/calcul-mental/session.yaml",
    "LA-69L4-2026A": "parcours/laicite/session.yaml",
}
"""The sessions that are published, by code: their files in the demonstration's folder."""
_CLIENT = "demonstration"
_EMISSION = EmissionSettings(send_idnumber=True, batch_events=500)
"""As « diagnostiquer » advises."""
_MARK = ".demonstration"
_STRANGER = ("Lou", "Perrin", "lou.perrin@ac-exemple.fr")
_RENAMED = {"lucie.hamon@ac-exemple.fr": "lucie.garnier@ac-exemple.fr"}
"""Moodle still has the address that she had before her name changed; the roster knows both."""


@dataclass(frozen=True)
class Stage:
    """What the play needs: the data folder, the site, and where statements go."""

    folder: Path
    sandbox: Sandbox
    lrs: Lrs


@contextmanager
def set_stage(folder: Path) -> Iterator[Stage]:
    """Make `folder` anew, serve the LRS and the sandbox on loopback, and stop them at the end.

    Raises `DataError` for a folder that holds anything but an earlier demonstration.
    """
    _clear(folder)
    _furnish(folder)
    with closing(Store.open(f"sqlite:///{folder / 'lrs.db'}")) as store:
        secret = add_client(store.database, _CLIENT)
        with serve_in_thread(create_app(store)) as address:
            lrs = Lrs(f"{address}{PREFIX}/", _CLIENT, SecretStr(secret))
            with Sandbox(lrs=lrs, settings=_EMISSION, people=_people) as sandbox:
                _configure(folder, sandbox, lrs)
                yield Stage(folder, sandbox, lrs)


def _clear(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise DataError(
                _(
                    "Le dossier {folder} contient autre chose qu'une démonstration : il est laissé tel quel.",
                    folder=folder,
                ),
                remedy=_("Choisissez un autre dossier avec --dossier."),
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


def _furnish(folder: Path) -> None:
    """Copy the catalogue's parcours, with the demonstration's own sessions, the roster and the needs."""
    for name in _PARCOURS:
        shutil.copytree(catalogue.folder(name), folder / "parcours" / name)
        for file in _data().joinpath(name).iterdir():
            (folder / "parcours" / name / file.name).write_bytes(file.read_bytes())
    for name in ("personnels.csv", "besoins.csv"):
        (folder / name).write_bytes(_data().joinpath(name).read_bytes())


def _data() -> resources.abc.Traversable:
    return resources.files("connector.ops.demo").joinpath("data")


def _people(site: Site) -> None:
    """Give an account to everybody of the roster, to the trainer, and to one person whom the roster does not know."""
    default_people(site, teachers=False)
    roster = parse_roster(_data().joinpath("personnels.csv").read_bytes(), "personnels.csv", regulation().situations)
    for person in roster.people:
        email = next(key.value for key in person.keys if key.kind == "mbox" and key.main)
        add(site, person.prenom, person.nom, _RENAMED.get(email, email))
    add(site, *_STRANGER)


def _configure(folder: Path, sandbox: Sandbox, lrs: Lrs) -> None:
    template = _data().joinpath("parcours.toml").read_text("utf-8")
    configuration = template.replace("@MOODLE@", sandbox.url).replace("@LRS@", lrs.address)
    (folder / "parcours.toml").write_text(configuration, "utf-8")
    _keep_secret(folder / "jeton-moodle", sandbox.token)
    _keep_secret(folder / "secret-lrs", lrs.secret.get_secret_value())


def _keep_secret(path: Path, secret: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{secret}\n")
