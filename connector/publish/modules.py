"""As which Moodle module an activity is published that could be several, and why. Pure.

A site may have a module disabled, BigBlueButton's until an administrator enables it: the activity is then published as
its `instead`, a page. An activity's module cannot change, so what is there decides later on:

- a page that nobody has completed nor edited in Moodle makes room once the module is enabled: it is kept, hidden, and
  the new activity takes its idnumber;
- any other page stays: people's completions are bound to it, or an editor may have put the address of another room
  in it;
- an activity that was published as the module stays, whether or not it is still enabled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.language import N_, _
from connector.publish.changes import Change, FieldChange
from connector.publish.differences import activity_differences

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings, Publication
    from connector.moodle.observation import Observation, ObservedActivity
    from connector.publish.comparison import Comparison

_DISABLED = N_("classe virtuelle publiée comme page : BigBlueButton n'est pas activé sur ce site (« {nom} »)")
_COMPLETED = N_("classe virtuelle laissée comme page, car des participants l'ont déjà achevée (« {nom} »)")
_EDITED = N_(
    "classe virtuelle laissée comme page, car elle a été modifiée dans Moodle (« {nom} » ; --ecraser la remplace)"
)
_UNSEEN = N_("classe virtuelle invisible : BigBlueButton n'est plus activé sur ce site (« {nom} »)")


@dataclass(frozen=True)
class Settled:
    """What is wanted of a site, each activity as one module; `remarks` say which are not as asked for, and why."""

    wanted: Publication
    remarks: tuple[str, ...]


def settle(wanted: Publication, observation: Observation, compare: Comparison) -> Settled:
    """Return `wanted` with one module for each activity, for what the site offers and holds."""
    session = observation.session(wanted.code)
    known = {one.idnumber: one for one in session.activities} if session else {}
    chosen, remarks = [], []
    for one in wanted.activities or ():
        enabled = one.module in observation.modules
        kept, why = _choose(one, known.get(one.idnumber), compare, enabled=enabled)
        chosen.append(kept)
        remarks += [_(why, nom=one.name)] if why else []
    return Settled(wanted.model_copy(update={"activities": tuple(chosen)}), tuple(remarks))


def everywhere(wanted: Publication) -> Publication:
    """Return `wanted` as any site can hold it, whichever modules it has enabled."""
    return wanted.model_copy(update={"activities": tuple(one.instead or one for one in wanted.activities or ())})


def _choose(
    wanted: ActivitySettings, found: ObservedActivity | None, compare: Comparison, *, enabled: bool
) -> tuple[ActivitySettings, str]:
    """Return the activity to publish, and what is to be said of it."""
    page = wanted.instead
    if page is None:
        return wanted, ""
    if found is not None and found.modname != page.module:
        return wanted, "" if enabled else _UNSEEN
    if not enabled:
        return page, _DISABLED
    if found is None:
        return wanted, ""
    why = _staying(page, found, compare)
    return (page, why) if why else (wanted.model_copy(update={"replaces": page.module}), "")


def _staying(page: ActivitySettings, found: ObservedActivity, compare: Comparison) -> str:
    """Return why a page that is there stays, empty where it makes room."""
    if found.completions:
        return _COMPLETED
    return _EDITED if not compare.overwrite and _edited(page, found, compare) else ""


def _edited(page: ActivitySettings, found: ObservedActivity, compare: Comparison) -> bool:
    names = activity_differences(page, found)
    details = compare.details("activite", page.idnumber, page, found, names)
    return any(one.origin != "auteur" for one in details)


def replacing(one: ActivitySettings) -> Change:
    """Return the change that publishing an activity in the place of another makes."""
    module = FieldChange("module", one.replaces, one.module)
    return Change("modifier", "activite", one.idnumber, one.name, (module,))
