"""The files that launch the night on a server: systemd service and timer, cron line and its log, Prometheus alerts."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from connector.ops.raw_store import file_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.settings import Settings

_NAMES = (
    "parcours-nuit.service",
    "parcours-nuit.timer",
    "parcours-nuit.cron",
    "parcours-nuit.logrotate",
    "parcours-nuit.alertes.yml",
)


def units(folder: Path, program: Path | None = None, elsewhere: Iterable[Path] = ()) -> dict[str, bytes]:
    """Return the files by name, for the data folder `folder`; `program` is the command, by default this one.

    `elsewhere` are the other folders in which a night writes: systemd lets it write in no more.
    """
    command = program or Path(shutil.which("parcours") or sys.argv[0])
    paths = {"dossier": folder.resolve(), "programme": command.resolve()}
    others = "".join(f"\nReadWritePaths=-{_for_systemd(path)}" for path in elsewhere)  # `-`: it may not be there
    source = resources.files(__package__ or "")

    def filled(name: str) -> bytes:
        escaped = _ESCAPES.get(Path(name).suffix, _for_systemd)
        values = {key: escaped(path) for key, path in paths.items()}
        return Template((source / name).read_text("utf-8")).substitute(values, ailleurs=others).encode()

    return {name: filled(name) for name in _NAMES}


def written_elsewhere(settings: Settings) -> list[Path]:
    """Return the folders outside the data folder in which a night of this configuration writes, in order."""
    metrics = settings.nuit.metriques
    files = [
        file_of(settings.dsn),
        file_of(settings.dsn_brut),
        settings.names_file,
        None if metrics is None else settings.folder / metrics,
    ]
    folders = {file.resolve().parent for file in files if file is not None}
    return sorted(one for one in folders if not one.is_relative_to(settings.folder.resolve()))


def _for_systemd(path: Path) -> str:
    """Write a path so that systemd reads it as it is: `%` is its own, and a blank ends a word."""
    return str(path).replace("%", "%%").replace(" ", "\\x20")


def _for_cron(path: Path) -> str:
    """Write a path so that cron, then the shell that it calls, read it as it is: a `%` ends a command of cron's."""
    return shlex.quote(str(path)).replace("%", "\\%")


def _for_logrotate(path: Path) -> str:
    """Write a path so that logrotate, between its quotes, reads it as it is, and as no pattern."""
    return re.sub(r'([\\"*?\[])', r"\\\1", str(path))


_ESCAPES = {".cron": _for_cron, ".logrotate": _for_logrotate}
