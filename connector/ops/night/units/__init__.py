"""The files that launch the night on a server: systemd service and timer, cron line, Prometheus alerts."""

from __future__ import annotations

import shutil
import sys
from importlib import resources
from pathlib import Path
from string import Template

_NAMES = ("parcours-nuit.service", "parcours-nuit.timer", "parcours-nuit.cron", "parcours-nuit.alertes.yml")


def units(folder: Path, program: Path | None = None) -> dict[str, bytes]:
    """Return the files by name, for the data folder `folder`; `program` is the command, by default this one."""
    command = program or Path(shutil.which("parcours") or sys.argv[0])
    values = {"dossier": _escaped(folder.resolve()), "programme": _escaped(command.resolve())}
    source = resources.files(__package__ or "")
    return {name: Template((source / name).read_text("utf-8")).substitute(values).encode() for name in _NAMES}


def _escaped(path: Path) -> str:
    """Write a path so that systemd and cron read it as it is: `%` is theirs, and a blank ends a word."""
    return str(path).replace("%", "%%").replace(" ", "\\x20")
