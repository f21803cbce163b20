"""What the ledger holds in codes, in words: an export is for the person first, and for programs as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.language import N_, _
from connector.ledger.queue import REASONS
from connector.obligation.rules import regulation
from connector.reports.drawing import DECISIONS, MODALITES, NATURES, ROLES
from connector.reports.people import ETATS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.reports.table import Table, Value

_KINDS = {
    "mbox": N_("courriel"),
    "mbox_sha1sum": N_("empreinte d'un courriel"),
    "account": N_("compte"),
    "openid": "OpenID",
    "completion": N_("achèvement"),
    "attendance": N_("émargement"),
    "attestation": N_("attestation"),
    "decision": N_("décision"),
}
_STATES = {
    "done": N_("fait"),
    "undone": N_("défait, absent ou retiré"),
    "failed": N_("échoué"),
    "granted": N_("accordée"),
    "withdrawn": N_("retirée"),
    "refused": N_("refusée"),
}
_STATUSES = {
    "resolved": N_("rattachée à vous"),
    "waiting": N_("en attente"),
    "set_aside": N_("mise de côté"),
}
_DEGREES = {"1D": N_("premier degré"), "2D": N_("second degré")}
_SOURCES = {"personnels": N_("fichier des personnels"), "personne": N_("parole d'une personne")}


def in_words(table: Table) -> Table:
    """Return the table with words for the codes that it holds; what is no code, or an unknown one, stays."""
    known = _words()
    rows = (
        tuple(_said(known.get(column.key, {}), value) for column, value in zip(table.columns, row, strict=True))
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def _words() -> dict[str, Mapping[str, str]]:
    """Return the words of the codes, by column."""
    law = regulation()
    reasons = {code: reason.phrase for code, reason in law.motifs.items()}
    return {
        "etat": ETATS,
        "decision": DECISIONS,
        "modalite": MODALITES,
        "nature": NATURES,
        "role": ROLES,
        "kind": _KINDS,
        "state": _STATES,
        "status": _STATUSES,
        "degre": _DEGREES,
        "source": _SOURCES,
        "situation": {code: situation.libelle for code, situation in law.situations.items()},
        "motif": reasons | {code: reason.libelle for code, reason in law.decisions.items()},
        "reason": {code: reason.phrase for code, reason in REASONS.items()},
    }


def _said(known: Mapping[str, str], value: Value) -> Value:
    return _(known[value]) if isinstance(value, str) and value in known else value
