"""Who was erased does not come back: whatever names them is kept under the pseudonym that stands for them.

As a site's old address is written under today's (`moved_sites`), so is an erased person's name as it comes in:
statements, sessions, rosters, accounts of Moodle, GAIA. The ledger holds HMACs of the names; their key is a file of its
own, so that neither the ledger nor a copy of it can be asked whether somebody was there.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import ConfigError
from connector.language import _
from connector.ledger import schema
from connector.ledger.moved_sites import moved_sites
from xapi.names import account_key, normalise_email

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from connector.ledger.evidence import EvidenceRow
    from scenarios.snapshot import Snapshot

IDENTIFIANT, EMAIL, ACCOUNT = "identifiant", "mbox", "account"
_PROOF = ("cle", "")
_OPTION = "parcours_erasure_key"


@dataclass(frozen=True)
class Erased:
    """The pseudonym of each name, by its digest; `formerly` are the addresses that a site had."""

    key: bytes = b""
    pseudonyms: Mapping[bytes, str] = field(default_factory=dict)
    formerly: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def pseudonym(self, kind: str, value: str) -> str | None:
        """Return what stands for a name, None for one of nobody erased.

        `kind` and `value` are those of an actor (`evidence.actor_kind`), or IDENTIFIANT and that of the roster.
        """
        if not self.pseudonyms:
            return None
        homepage, bar, name = value.rpartition("|")
        spelt = [value]
        if kind == ACCOUNT:
            spelt += [f"{old}{bar}{name}" for old in self.formerly.get(homepage, ())]
        return next((found for one in spelt if (found := self.pseudonyms.get(digest(self.key, kind, one)))), None)

    def email(self, address: str) -> str:
        """Return an address, or what stands for it."""
        return self.pseudonym(EMAIL, normalise_email(address)) or address

    def bears(self, site: str, userid: int, username: str = "", email: str = "") -> bool:
        """Tell whether an account of a site (normalised) is that of somebody erased."""
        names = [(ACCOUNT, f"{site}|{userid}"), (ACCOUNT, f"{site}|{username}"), (EMAIL, normalise_email(email))]
        return any(self.pseudonym(*name) for name in names)

    def row(self, said: EvidenceRow) -> EvidenceRow:
        """Return evidence as it is kept: about a pseudonym where it is about somebody erased."""
        if not self.pseudonyms:
            return said
        found = self.pseudonym(said.actor_kind, said.actor_value)
        if found is None and said.actor_kind == ACCOUNT and said.site:
            found = self.pseudonym(ACCOUNT, account_key(said.site, said.actor_value.rpartition("|")[2]))
        if found is not None:
            said = said._replace(actor_kind=EMAIL, actor_value=found)
        if said.auteur is not None:
            said = said._replace(auteur=self.pseudonym(IDENTIFIANT, said.auteur) or said.auteur)
        return said

    def snapshot(self, said: Snapshot) -> Snapshot:
        """Return a session as it is kept: its list and its trainers under the pseudonyms of those who were erased."""
        if not self.pseudonyms:
            return said
        lists = {
            name: tuple(one.model_copy(update={"courriel": self.email(one.courriel)}) for one in getattr(said, name))
            for name in ("formateurs", "participants")
        }
        return said.model_copy(update=lists)


NOBODY = Erased()


def digest(key: bytes, kind: str, value: str) -> bytes:
    """Return the HMAC-SHA-256 of a name."""
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()


def proof(key: bytes) -> bytes:
    """Return the digest of nothing: the ledger keeps it, to tell another key from its own."""
    return digest(key, *_PROOF)


def keyed(engine: sa.Engine, key: SecretStr | None) -> None:
    """Give the connections of an engine the key by which erased people are known."""
    engine.update_execution_options(**{_OPTION: key})


def erasure_key(connection: sa.Connection) -> bytes | None:
    """Return the key that the ledger was opened with."""
    key: SecretStr | None = connection.get_execution_options().get(_OPTION)
    return key.get_secret_value().encode() if key else None


def erased_people(connection: sa.Connection) -> Erased:
    """Read who was erased; ConfigError where somebody was and the ledger was opened without their key."""
    known = {row.digest: row.pseudonym for row in connection.execute(sa.select(schema.erased))}
    if not known:
        return NOBODY
    key = erasure_key(connection)
    if key is None or proof(key) not in known:
        raise ConfigError(
            _(
                "Des personnes ont été effacées de ce registre, et la clé qui les reconnaît manque ou "
                "est une autre : rien n'a été enregistré, elles reviendraient."
            ),
            remedy=_("Remettez le fichier que nomme « cle_fichier », partie [rgpd] de parcours.toml."),
        )
    formerly: dict[str, tuple[str, ...]] = {}
    for old, today in moved_sites(connection).today.items():
        formerly[today] = (*formerly.get(today, ()), old)
    return Erased(key, known, formerly)


def stand_ins() -> sa.Select[tuple[int]]:
    """Select the teachers who are what is left of somebody erased."""
    return sa.select(schema.teacher.c.id).where(schema.teacher.c.identifiant.in_(sa.select(schema.erased.c.pseudonym)))
