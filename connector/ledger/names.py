"""The file of names: what each pseudonym of a ledger stands for, apart from the ledger and from the key of its HMACs.

A SQLite file for its owner alone. It learns a name before the transaction that writes its pseudonym is over, so that
no pseudonym is ever without its name; a transaction that is undone leaves a name too many, which `forget_but` removes.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing, contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from connector.errors import ConfigError, RetriableError
from connector.language import _
from connector.system_words import why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_SCHEMA = (
    "\n"
    "CREATE TABLE cle (preuve BLOB NOT NULL, sceau BLOB NOT NULL);\n"
    "CREATE TABLE nom (pseudonyme TEXT PRIMARY KEY, clair TEXT NOT NULL) WITHOUT ROWID;\n"
)
_SEAL_BYTES = 32
_AT_ONCE = 500
_BUSY_SECONDS = 30
_REMEMBERED = 200_000


class Names:
    """An open file of names; safe to share between threads, and the file between processes."""

    def __init__(self, file: Path, proof: bytes) -> None:
        """Open a file; ConfigError where it is no file of names, is another key's, or everybody can read it."""
        self.file = file
        self._lock = Lock()
        self._known: dict[str, str] = {}
        if os.name == "posix" and file.stat().st_mode & stat.S_IROTH:
            raise ConfigError(
                _("La correspondance {file} est lisible par tous les comptes de la machine.", file=file),
                remedy=_("Protégez-la : chmod 600 {file}", file=file),
            )
        self._connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("PRAGMA secure_delete=ON")
            kept, self.seal_key = self._connection.execute("SELECT preuve, sceau FROM cle").fetchone()
        except (sqlite3.Error, TypeError) as exc:
            self.close()
            raise ConfigError(
                _("La correspondance {file} ne se lit pas : {raison}.", file=file, raison=why(exc))
            ) from None
        if kept != proof:
            self.close()
            raise ConfigError(
                _("La correspondance {file} est celle d'une autre clé.", file=file),
                remedy=_("Remettez le fichier et la clé qui vont ensemble (« cle_fichier », partie [rgpd])."),
            )

    @classmethod
    def make(cls, file: Path, proof: bytes) -> Names:
        """Make an empty file of names for its owner alone, and open it; ConfigError where it cannot be made."""
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as exc:
            raise ConfigError(
                _("La correspondance {file} ne peut pas être créée : {raison}.", file=file, raison=why(exc))
            ) from None
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.executescript(_SCHEMA)
            connection.execute("INSERT INTO cle VALUES (?, ?)", (proof, os.urandom(_SEAL_BYTES)))
        return cls(file, proof)

    def of(self, pseudonym: str) -> str:
        """Return the name that a pseudonym stands for, itself where that is not known."""
        found = self._known.get(pseudonym)
        if found is None:
            with self._lock:
                asked = self._connection.execute("SELECT clair FROM nom WHERE pseudonyme = ?", (pseudonym,))
                row = asked.fetchone()
            found = row[0] if row else pseudonym
            if row:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[pseudonym] = found
        return found

    def learn(self, names: Mapping[str, str]) -> None:
        """Keep what these pseudonyms stand for; returns once it is on the disk."""
        if set(names).issubset(self._there(names)):
            return
        with self._writing():
            self._connection.executemany("INSERT OR IGNORE INTO nom VALUES (?, ?)", names.items())

    def spellings(self, names: Iterable[str]) -> set[str]:
        """Return the pseudonyms of these names, however their case is."""
        wanted = {name.casefold() for name in names}
        with self._lock:
            rows = self._connection.execute("SELECT pseudonyme, clair FROM nom")
            return {pseudonym for pseudonym, clair in rows if clair.casefold() in wanted}

    def forget_but(self, pseudonyms: Iterable[str]) -> int:
        """Forget every name but those of these pseudonyms; returns how many went."""
        self._known.clear()
        with self._writing():
            self._connection.execute("CREATE TEMP TABLE garde (pseudonyme TEXT PRIMARY KEY)")
            self._connection.executemany("INSERT OR IGNORE INTO garde VALUES (?)", ((one,) for one in pseudonyms))
            gone = self._connection.execute("DELETE FROM nom WHERE pseudonyme NOT IN (SELECT pseudonyme FROM garde)")
            self._connection.execute("DROP TABLE garde")
        return gone.rowcount

    def __len__(self) -> int:
        """How many names there are."""
        with self._lock:
            number: int = self._connection.execute("SELECT count(*) FROM nom").fetchone()[0]
        return number

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _there(self, names: Iterable[str]) -> Iterator[str]:
        listed = list(names)
        for start in range(0, len(listed), _AT_ONCE):
            some = listed[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            with self._lock:
                rows = self._connection.execute(
                    f"SELECT pseudonyme FROM nom WHERE pseudonyme IN ({marks})",  # noqa: S608 - question marks only
                    some,
                ).fetchall()
            yield from (row[0] for row in rows)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except sqlite3.Error as exc:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise RetriableError(
                    _("La correspondance {file} ne peut pas être écrite : {raison}.", file=self.file, raison=why(exc)),
                    remedy=_("Rien n'a été enregistré. Relancez dans un moment."),
                ) from None
