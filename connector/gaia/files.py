"""Reading the three files that GAIA leaves each night: CP1252, `|`, no quotes, no header; tolerant line by line.

Their shape is that of m@gistère's importer (MagistereTCS/Magistere, local/gaia): a folder by day, in it
`<code>_{Formations|Intervenants|Stagiaires}_<AAAAMMJJ>.csv`. They hold neither NUMEN nor presence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from connector.errors import DataError
from connector.gaia.rows import Formation, Intervenant, RefusedLineError, Stagiaire, formation, intervenant, stagiaire
from connector.language import _
from connector.system_words import why

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_DAY_FOLDER = re.compile(r"[0-9]{8}", re.ASCII)
_FILE = re.compile(r"(?P<code>[A-Za-z0-9-]{1,20})_(?P<kind>Formations|Intervenants|Stagiaires)_(?P<day>[0-9]{8})\.csv")
_KINDS = ("Formations", "Intervenants", "Stagiaires")
_LONGEST_LINE = 4000


class _Keyed(Protocol):
    @property
    def key(self) -> tuple[str, ...]: ...


Row = TypeVar("Row", bound=_Keyed)


@dataclass(frozen=True)
class Reject:
    """A line that was left out: where, why (a French phrase), and the line itself."""

    file: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Export:
    """One night's export of one académie: `code` is that of the files' names, `day` their date (AAAAMMJJ).

    `repeated` counts the lines that say again what an earlier one said. `utf8` names the files that are not in CP1252.
    """

    code: str
    day: str
    formations: tuple[Formation, ...]
    intervenants: tuple[Intervenant, ...]
    stagiaires: tuple[Stagiaire, ...]
    rejects: tuple[Reject, ...]
    repeated: int = 0
    utf8: tuple[str, ...] = ()


def newest_folder(root: Path) -> Path:
    """Return the folder of the newest day under `root`, or `root` itself where it holds the files."""
    try:
        entries = sorted(root.iterdir())
    except OSError as exc:
        raise DataError(
            _("Le dossier {root} ne se lit pas : {raison}.", root=root, raison=why(exc)), remedy=_("Vérifiez son nom.")
        ) from exc
    days = [entry for entry in entries if entry.is_dir() and _DAY_FOLDER.fullmatch(entry.name)]
    if any(_FILE.fullmatch(entry.name) for entry in entries) or not days:
        return root
    return days[-1]


def read_export(folder: Path) -> list[Export]:
    """Read the export of every académie in `folder`; DataError where one lacks a file: it would look emptied."""
    found: dict[tuple[str, str], dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        if named := _FILE.fullmatch(path.name):
            found.setdefault((named["code"], named["day"]), {})[named["kind"]] = path
    if not found:
        raise DataError(
            _("Aucun fichier de GAIA dans {folder}.", folder=folder),
            remedy=_("Ils s'appellent, par exemple, ACA10_Formations_20261122.csv."),
        )
    for (code, day), files in found.items():
        if lacking := [kind for kind in _KINDS if kind not in files]:
            names = ", ".join(f"{code}_{kind}_{day}.csv" for kind in lacking)
            raise DataError(
                _("L'export de {code} n'est pas entier : il manque {names}.", code=code, names=names),
                remedy=_("Rien n'a été changé. Attendez que le dépôt soit complet, puis recommencez."),
            )
    newest = {code: max(day for name, day in found if name == code) for code, _ in found}
    return [_export(code, day, found[code, day]) for code, day in sorted(newest.items())]


@dataclass
class _Reading:
    """What is noted on the way: lines left out, lines said again, files that are not in CP1252."""

    rejects: list[Reject] = field(default_factory=list)
    repeated: int = 0
    utf8: list[str] = field(default_factory=list)

    def rows(self, path: Path, parse: Callable[[list[str]], Row]) -> tuple[Row, ...]:
        kept: dict[tuple[str, ...], Row] = {}
        for number, line in enumerate(self._text(path).splitlines(), start=1):
            if not line.strip():
                continue
            try:
                row = parse([cell.strip() for cell in line.split("|")])
            except RefusedLineError as exc:
                self._reject(path, number, str(exc), line)
                continue
            first = kept.setdefault(row.key, row)
            if first is not row:
                self.repeated += first == row
                if first != row:
                    self._reject(path, number, _("cette ligne contredit une ligne précédente, qui reste"), line)
        return tuple(kept.values())

    def _reject(self, path: Path, number: int, reason: str, line: str) -> None:
        self.rejects.append(Reject(path.name, number, reason, line[:_LONGEST_LINE]))

    def _text(self, path: Path) -> str:
        """Decode CP1252; UTF-8, which a person's editor may have made of it, is recognised and told."""
        try:
            data = path.read_bytes()
        except OSError as exc:
            raise DataError(_("{path} ne se lit pas : {raison}.", path=path, raison=why(exc))) from exc
        if not data.isascii():
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                return data.decode("cp1252", "replace")
            self.utf8.append(path.name)
            return text
        return data.decode("ascii")


def _export(code: str, day: str, files: dict[str, Path]) -> Export:
    """Read one export; who is of a module or a session that it does not have is of no use, and left out."""
    reading = _Reading()
    formations = reading.rows(files["Formations"], formation)
    modules = {(one.table_name, one.module) for one in formations}
    sessions = {(one.table_name, one.session) for one in formations}

    def of_module(cells: list[str]) -> Intervenant:
        row = intervenant(cells)
        if (row.table_name, row.module) not in modules:
            raise RefusedLineError(_("le module « {module} » n'est d'aucune formation lue", module=row.module))
        return row

    def of_session(cells: list[str]) -> Stagiaire:
        row = stagiaire(cells)
        if (row.table_name, row.session) not in sessions:
            raise RefusedLineError(_("la session « {session} » n'est d'aucune formation lue", session=row.session))
        return row

    return Export(
        code,
        day,
        formations=formations,
        intervenants=reading.rows(files["Intervenants"], of_module),
        stagiaires=reading.rows(files["Stagiaires"], of_session),
        rejects=tuple(reading.rejects),
        repeated=reading.repeated,
        utf8=tuple(reading.utf8),
    )
