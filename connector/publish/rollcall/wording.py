"""What was done to a roll, in French and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.language import _, ngettext
from connector.publish.stock.wording import to_do_by_hand

if TYPE_CHECKING:
    from connector.publish.rollcall.apply import RollOutcome


def said(outcome: RollOutcome) -> list[str]:
    """Return the lines that a trainer reads after a publication; none when there was nothing to do."""
    done, left = outcome.done, outcome.left
    added, removed = len(done.add), len(done.remove)
    lines = []
    if done.make:
        lines.append(_("  feuille d'appel créée (mod_attendance), dans la première section du cours"))
    if added:
        lines.append(ngettext("  {n} séance d’appel écrite", "  {n} séances d’appel écrites", added))
    if removed:
        lines.append(ngettext("  {n} séance d’appel retirée", "  {n} séances d’appel retirées", removed))
    lines += [
        _("  laissée comme dans Moodle : la séance d'appel « {name} »", name=change.name) for change in left.drift
    ]
    return lines + to_do_by_hand(left.by_hand)


def as_json(outcome: RollOutcome) -> dict[str, Any]:
    """Return the same as a JSON document."""
    return {
        "creee": outcome.done.make,
        "ecrites": len(outcome.done.add),
        "retirees": len(outcome.done.remove),
        "laissees": [change.key for change in outcome.left.drift],
        "a_la_main": [{"creneau": one.idnumber, "champs": list(one.fields)} for one in outcome.left.by_hand],
    }
