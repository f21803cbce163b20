"""Session files as snapshots: for the courses that no plugin describes, and for `lier`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import DataError, ParcoursError
from connector.ledger import schema
from connector.ledger.instants import now_us
from connector.ledger.sessions import FROM_FILE, absorb_snapshot
from scenarios.errors import ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.settings import Settings
    from scenarios.prepare import PreparedSession
    from scenarios.snapshot import Snapshot

_SUFFIXES = (".yaml", ".yml")
_FORMAT = re.compile(rb"^format:\s*[\"']?session/1\b", re.MULTILINE)


def snapshot_of(path: Path, settings: Settings) -> Snapshot:
    """Return what credit needs to know of a session file; raises what `prepared` raises."""
    return prepared(path, settings).snapshot()


def prepared(path: Path, settings: Settings) -> PreparedSession:
    """Load and prepare a session file, in the time zone of its circonscription and under its policy.

    Raises DataError with every problem of the file, ConfigError where the circonscription is not declared.
    """
    from scenarios.load import load_session  # noqa: PLC0415 - Markdown, GIFT and YAML, for who has such files
    from scenarios.prepare import prepare  # noqa: PLC0415 - the same

    try:
        loaded = load_session(path)
    except ScenarioError as exc:
        raise DataError(str(exc)) from exc
    said = loaded.session
    validation = settings.validation(said.circonscription, said.annee_scolaire)
    return prepare(loaded, settings.circonscription(said.circonscription).timezone, validation)


def absorb_folders(ledger: Ledger, settings: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take in the session files of the configured folders; returns the codes that changed, and the problems.

    A session that a site has published is what the site says: its file may be ahead of its publication. A file that
    is refused is named in the problems, and the others go on.
    """
    changed: list[str] = []
    problems: list[str] = []
    for path in session_files(settings):
        try:
            snapshot = snapshot_of(path, settings)
        except ParcoursError as exc:
            problems.append(str(exc))
            continue
        with ledger.write() as connection:
            if not _published(connection, snapshot.code) and absorb_snapshot(connection, snapshot, at_us=now_us()):
                changed.append(snapshot.code)
    return tuple(changed), tuple(problems)


def session_files(settings: Settings) -> list[Path]:
    """Return the session files of the configured folders, sorted."""
    found = (path for folder in settings.session_folders for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    return sorted(path for path in found if path.is_file() and _FORMAT.search(path.read_bytes()))


def _published(connection: sa.Connection, code: str) -> bool:
    table = schema.snapshot
    elsewhere = sa.exists().where(table.c.code == code, table.c.source != FROM_FILE)
    return bool(connection.scalar(sa.select(elsewhere)))
