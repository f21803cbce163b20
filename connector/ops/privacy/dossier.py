"""All that is kept of one person, from the ledger and from the embedded LRS, to be handed to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connector.language import N_, _
from connector.ledger.instants import PARIS
from connector.ops.privacy.erase import agents, known_person, statements_of
from connector.ops.privacy.person import tables
from connector.ops.privacy.reads import WORDS, reads_of
from connector.ops.raw_store import kept, raw_store
from connector.reports.table import Column, Table
from xapi.one_person import read_about

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ledger.db import Ledger
    from connector.settings import Settings

_READS = (
    Column("quand", N_("Quand")),
    Column("par", N_("Par qui")),
    Column("quoi", N_("Ce qui a été montré")),
    Column("sujet", N_("De")),
)
_RAW = (
    Column("id", N_("Déclaration")),
    Column("date", "Date"),
    Column("verbe", N_("Verbe")),
    Column("objet", N_("Objet")),
)


@dataclass(frozen=True)
class Dossier:
    """A person's name, the tables about them by key, and the raw statements of the embedded LRS, whole."""

    name: str
    tables: Mapping[str, Table]
    raw: list[dict[str, Any]]


def dossier(settings: Settings, ledger: Ledger, identifiant: str) -> Dossier:
    """Gather it; raises DataError for an unknown teacher."""
    with ledger.read() as connection:
        person = known_person(connection, settings, identifiant)
        found = tables(connection, person)
        shown = tuple(
            (datetime.fromisoformat(read.quand), read.par, _(WORDS[read.action]), read.sujet)
            for read in reads_of(connection, person)
        )
        known = statements_of(connection, person)
    raw: list[dict[str, Any]] = []
    if kept(settings.dsn_brut):
        with raw_store(settings.dsn_brut, ledger.pseudonyms) as store:
            raw = read_about(store.database, agents(person), known)
    rows = tuple(
        (
            one["id"],
            datetime.fromisoformat(one["timestamp"]).astimezone(PARIS),
            one["verb"]["id"],
            str(one["object"].get("id", "")),
        )
        for one in raw
    )
    more = {
        "consultations": Table(_("Qui a consulté ces données"), _READS, shown),
        "brutes": Table(_("Déclarations brutes du LRS intégré (entières dans l'export JSON)"), _RAW, rows),
    }
    _identifiant, nom, prenom = found["identite"].rows[0]
    return Dossier(f"{prenom} {nom}", {**found, **more}, raw)
