"""The pseudonymised mode: the ledger holds HMACs of what people are called, and the names are in another file.

Nobody who reads or writes the ledger knows of it: the columns of `schema.personal` turn names into pseudonyms on their
way in and back on their way out. A pseudonym is an HMAC-SHA-256, cut to 128 bits; that of an address is an address of
`pseudonyme.invalid` (RFC 2606). Without the file of names, what comes out are the pseudonyms, and nothing new comes in.
"""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from connector.errors import ConfigError
from connector.language import _
from connector.ledger.erased import digest, proof
from xapi.cover import cover_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from connector.ledger.names import Names

DOMAIN = "pseudonyme.invalid"
"""Where nobody has a mailbox (RFC 2606)."""
PSEUDONYM = re.compile(rf"p-[0-9a-f]{{32}}(?:@{re.escape(DOMAIN)})?")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_HOMEPAGE = re.compile(r"https?://\S+")
_KIND = "pseudonyme"
_DIGITS = 32
_NONCE_BYTES = 12
_KEY_BYTES = 16
_JOURNAL = "INSERT INTO journal "
SEALED = b"\0"
"""What sealed bytes begin with: JSON does not."""


class Pseudonyms:
    """What stands between a ledger and its database; `names` is None where the file of names is not there."""

    def __init__(self, key: bytes, names: Names | None) -> None:
        self.key = key
        self.names = names
        self._met = threading.local()

    def hide(self, value: str) -> str:
        """Return the pseudonym of a name; of an account `homePage|name`, the homePage stays, and a number."""
        homepage, name = _account(value)
        return f"{homepage}|{self.hide_account(name)}" if homepage else self._stand_in(value)

    def hide_account(self, name: str) -> str:
        """Return the pseudonym of an account's name; the number that Moodle gave it stays."""
        return name if name.isdecimal() else self._stand_in(name)

    def hide_addresses(self, text: str) -> str:
        """Return a text with the pseudonym of each address in it."""
        return _ADDRESS.sub(lambda found: self._stand_in(found[0]), text) if "@" in text else text

    def reveal(self, text: str) -> str:
        """Return a text with names in the place of their pseudonyms, as far as they are known."""
        if self.names is None or "p-" not in text:
            return text
        names = self.names
        return PSEUDONYM.sub(lambda found: names.of(found[0]), text)

    def spellings(self, names: Iterable[str]) -> set[str]:
        """Return the pseudonyms under which a text may hold these names, whatever their case."""
        ends = {_account(name)[1] for name in names}
        return {self._of(end) for end in ends} | (self.names.spellings(ends) if self.names else set())

    def close(self) -> None:
        """Close the file of names, if there is one."""
        if self.names is not None:
            self.names.close()

    def seal(self, data: bytes) -> bytes:
        """Return bytes sealed with the key that the file of names holds (AES-256-GCM)."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._sealing().encrypt(nonce, data, None)
        return SEALED + nonce + sealed

    def unseal(self, data: bytes) -> bytes:
        """Return what was sealed; ConfigError where it was sealed with another key, or never."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - this mode alone needs it

        nonce, sealed = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
        try:
            return self._sealing().decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError):
            raise ConfigError(
                _("Les déclarations brutes ne se lisent pas : elles ne sont pas scellées par cette correspondance."),
                remedy=_("Remettez la correspondance qui va avec la base « dsn_brut »."),
            ) from None

    def blind(self, key: bytes) -> bytes:
        """Return what stands for a filter key of the raw statements."""
        return digest(self.key, _KIND, key.hex())[:_KEY_BYTES]

    def _sealing(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - this mode alone needs it

        if self.names is None:
            raise ConfigError(_("La correspondance manque : les déclarations brutes restent scellées."))
        return AESGCM(self.names.seal_key)

    def _of(self, value: str) -> str:
        stands = f"p-{digest(self.key, _KIND, value).hex()[:_DIGITS]}"
        return f"{stands}@{DOMAIN}" if "@" in value else stands

    def _stand_in(self, value: str) -> str:
        if not value or PSEUDONYM.fullmatch(value):
            return value
        stands = self._of(value)
        met: dict[str, str] = self._met.__dict__.setdefault("names", {})
        met[stands] = value
        return stands

    def executed(self, statement: str, *, writes: bool) -> None:
        """Set aside, for `keep`, the names that a statement has just written; forget those it only asked for.

        Raises ConfigError where there is no file to keep them in: the transaction is undone. The journal alone takes
        entries then, under pseudonyms.
        """
        met = self._met.__dict__.pop("names", {})
        if not (met and writes):
            return
        if self.names is not None:
            self._met.__dict__.setdefault("written", {}).update(met)
        elif not statement.startswith(_JOURNAL):
            raise ConfigError(
                _("La correspondance manque : rien n'a été enregistré, les noms seraient perdus."),
                remedy=_("Remettez le fichier que nomme « pseudonymes », partie [base] de parcours.toml."),
            )

    def keep(self) -> None:
        """Keep the names that were written since the last time: the transaction is about to be over."""
        written = self._met.__dict__.pop("written", {})
        if written and self.names is not None:
            self.names.learn(written)

    def undo(self) -> None:
        """Forget the names that were written since the last time: the transaction was undone."""
        self._met.__dict__.pop("written", None)


def pseudonyms_of(connection: sa.Connection) -> Pseudonyms | None:
    """Return the pseudonyms that a ledger was opened with, None in clear."""
    found: Pseudonyms | None = cover_of(connection.dialect)
    return found


def watch(engine: sa.Engine, pseudonyms: Pseudonyms) -> None:
    """Have the names that an engine writes kept, before each of its transactions is over."""

    def executed(_connection: Any, _cursor: Any, statement: str, _given: Any, context: Any, _many: Any) -> None:
        writes = context.isinsert or context.isupdate or statement.startswith("INSERT")
        pseudonyms.executed(statement, writes=writes)

    event.listen(engine, "after_cursor_execute", executed)
    event.listen(engine, "commit", lambda _connection: pseudonyms.keep())
    event.listen(engine, "rollback", lambda _connection: pseudonyms.undo())


def spellings(connection: sa.Connection, names: Iterable[str]) -> list[str]:
    """Return how a text of the ledger may hold one of these names, in order: itself, or its pseudonyms."""
    by = pseudonyms_of(connection)
    return sorted(set(names) if by is None else by.spellings(names))


def _account(value: str) -> tuple[str, str]:
    """Cut an account `homePage|name` in two; a name that is none has no homePage."""
    homepage, bar, name = value.rpartition("|")
    return (homepage, name) if bar and _HOMEPAGE.fullmatch(homepage) else ("", value)


def own_proof(key: bytes) -> bytes:
    """Return what a pseudonymised ledger, and its file of names, keep to tell another key from theirs."""
    return digest(key, _KIND, proof(key).hex())
