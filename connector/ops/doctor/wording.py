"""How a diagnosis and the rights to grant are shown: text, Markdown, JSON."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from connector.language import N_, _
from connector.obligation.wording import NBSP
from connector.ops.doctor import rights
from connector.ops.doctor.finding import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ops.doctor.finding import Finding

Form = Literal["texte", "markdown", "json"]

_MARKS = {Level.OK: "✓", Level.WATCH: "!", Level.MEND: "✗", Level.UNTOLD: "?"}
_STYLES = {Level.OK: "green", Level.WATCH: "yellow", Level.MEND: "bold red", Level.UNTOLD: "dim"}
_ROLES = N_("Le rôle du compte de service ne peut attribuer que : {roles}.")
_SOAP = N_("Par SOAP, « webservice/soap:use » remplace « webservice/rest:use ».")
_WHERE = N_(
    "Les capacités se donnent au niveau du système, ou de la catégorie des sessions quand le site en a une à part."
)


def lines(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Return the diagnosis as lines with their styles: one block per subject, remedies under what they mend."""
    shown: list[tuple[str, str]] = []
    for subject, group in groupby(findings, key=lambda finding: finding.subject):
        shown.append((subject, "bold"))
        for finding in group:
            shown.append((f"  {_MARKS[finding.level]} {finding.sentence}", _STYLES[finding.level]))
            if finding.remedy:
                shown.append((f"    → {finding.remedy}", ""))
    return [*shown, (summary(findings), "bold")]


def summary(findings: Sequence[Finding]) -> str:
    """Return the figures of a diagnosis in one line."""
    counts = Counter(finding.level for finding in findings)
    return ", ".join(f"{counts[level]}{NBSP}{_(level.value)}" for level in Level) + "."


def findings_json(findings: Sequence[Finding]) -> str:
    """Return the diagnosis as JSON, `diagnostic/1`."""
    rows = [
        {
            "code": finding.code,
            "niveau": finding.level.value,
            "sujet": finding.subject,
            "constat": finding.sentence,
            "remede": finding.remedy,
        }
        for finding in findings
    ]
    return json.dumps({"format": "diagnostic/1", "constats": rows}, ensure_ascii=False, indent=2)


_MODE: dict[rights.Letter, str] = {
    "P": N_("mode P"),
    "M": N_("mode M"),
    "S": N_("mode S"),
    "A": N_("en plus sur un site qui a mod_attendance"),
}


def rights_text(form: Form) -> str:
    """Return what an administrator must grant, by command and mode."""
    if form == "json":
        return json.dumps(_rights(), ensure_ascii=False, indent=2)
    return _markdown() if form == "markdown" else _text()


def _rights() -> dict[str, object]:
    return {
        "format": "droits/1",
        "roles_attribuables": list(rights.ASSIGNABLE_ROLES),
        "commandes": [
            {"commande": way.command, "mode": way.mode, "fonctions": way.functions, "capacites": way.capabilities}
            for way in (*rights.WAYS, *rights.ROLLS)
        ],
    }


def _markdown() -> str:
    rows = [_("| Commande | Mode | Fonctions du service | Capacités du rôle |"), "|---|---|---|---|"]
    rows += [
        f"| {way.command} | {way.mode} | {_ticked(way.functions)} | {_ticked(way.capabilities)} |"
        for way in (*rights.WAYS, *rights.ROLLS)
    ]
    return "\n".join([*rows, "", " ".join(_notes())])


def _notes() -> tuple[str, ...]:
    return _(_ROLES, roles=", ".join(rights.ASSIGNABLE_ROLES)), _(_SOAP), _(_WHERE)


def _ticked(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _text() -> str:
    shown = []
    for way in (*rights.WAYS, *rights.ROLLS):
        shown += [f"parcours {way.command}, {_(_MODE[way.mode])}", _("  Fonctions du service :")]
        shown += [f"    {name}" for name in way.functions]
        shown += [_("  Capacités du rôle :"), *(f"    {name}" for name in way.capabilities), ""]
    return "\n".join([*shown, *_notes()])
