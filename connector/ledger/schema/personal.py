"""Columns that hold what people are called: HMACs, where the ledger was opened with pseudonyms (`ledger.pseudonyms`).

Whoever reads or writes such a column meets names; the database meets what stands for them. Equality and joins hold in
SQL, since the same name always has the same pseudonym; order and parts of words do not: they are for Python.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import sqlalchemy as sa

from xapi.cover import Covered

if TYPE_CHECKING:
    from xapi.cover import Converter

IMPERSONAL = frozenset(
    (
        *("annee", "demande", "empreinte", "etat", "format", "genre", "jour", "mission", "modalite", "motif", "nuit"),
        *("numero", "partie", "role", "sha256", "site"),
    )
)
"""Members of a journal entry's detail that never say who somebody is: the words of a program, and places."""


class Hiding(Protocol):
    """What the columns ask of `pseudonyms.Pseudonyms`."""

    def hide(self, value: str) -> str:
        """Return what stands for a name; of an account `homePage|name`, the homePage stays."""

    def hide_account(self, name: str) -> str:
        """Return what stands for the name of an account, as `hide` writes it behind its homePage."""

    def hide_addresses(self, text: str) -> str:
        """Return a text with what stands for each address in it."""

    def reveal(self, text: str) -> str:
        """Return a text with the names in the place of what stands for them."""


class Personal(Covered):
    """What somebody is called: an identifiant, a name, an address, an account."""

    impl = sa.Text
    cache_ok = True

    def inward(self, by: Hiding) -> Converter:
        """Hide the whole value."""
        return by.hide

    def outward(self, by: Hiding) -> Converter:
        """Reveal."""
        return by.reveal


class AccountName(Personal):
    """What somebody is called by a site: SQL makes `homePage|name` of it."""

    cache_ok = True

    def inward(self, by: Hiding) -> Converter:
        """Hide it as the end of an account is."""
        return by.hide_account


class Addressed(Personal):
    """A text in which people are named by their addresses."""

    cache_ok = True

    def inward(self, by: Hiding) -> Converter:
        """Hide each address."""
        return by.hide_addresses


class Detail(Covered):
    """A JSON object whose texts may say who somebody is, but for those that are `IMPERSONAL`."""

    impl = sa.JSON
    cache_ok = True

    def inward(self, by: Hiding) -> Converter:
        """Hide every other text."""
        return lambda said: {
            name: by.hide(value) if isinstance(value, str) and name not in IMPERSONAL else value
            for name, value in said.items()
        }

    def outward(self, by: Hiding) -> Converter:
        """Reveal every text."""
        return lambda said: {
            name: by.reveal(value) if isinstance(value, str) else value for name, value in said.items()
        }


class Derogations(Covered):
    """The local rules of a closed year, as JSON with its keys sorted: derogations are told by identifiant."""

    impl = sa.Text
    cache_ok = True
    _of: ClassVar[str] = "derogations"

    def _renamed(self, text: str, convert: Converter) -> str:
        said: dict[str, Any] = json.loads(text)
        if self._of in said:
            said[self._of] = {convert(name): rest for name, rest in said[self._of].items()}
        return json.dumps(said, sort_keys=True)

    def inward(self, by: Hiding) -> Converter:
        """Hide the identifiants."""
        return lambda text: self._renamed(text, by.hide)

    def outward(self, by: Hiding) -> Converter:
        """Reveal them."""
        return lambda text: self._renamed(text, by.reveal)
