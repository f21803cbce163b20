"""What in a publication names something else: groups renamed in Moodle, things removed there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connector.errors import DataError
from connector.language import _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from connector.moodle.document import ActivitySettings, Publication


class Missing(NamedTuple):
    """What somebody removed in Moodle and that stays away: ids of sections, idnumbers, names of groups."""

    sections: Collection[str]
    activities: Collection[str]
    groups: Collection[str]


def with_group_names(wanted: Publication, names: Mapping[str, str]) -> Publication:
    """Return `wanted` with the groups called as `names` says: everything but a group itself names it by its name."""
    if not names:
        return wanted

    def renamed(groups: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(names.get(name, name) for name in groups))

    return wanted.model_copy(
        update={
            "activities": tuple(_renamed(one, names) for one in wanted.activities or ()),
            "enrolments": tuple(
                one.model_copy(update={"groups": renamed(one.groups)}) for one in wanted.enrolments or ()
            ),
            "events": tuple(
                one.model_copy(update={"group": names.get(one.group or "", one.group)}) for one in wanted.events or ()
            ),
        }
    )


def _renamed(activity: ActivitySettings, names: Mapping[str, str]) -> ActivitySettings:
    groups = tuple(sorted(names.get(name, name) for name in activity.availability.groups))
    return activity.model_copy(update={"availability": activity.availability.model_copy(update={"groups": groups})})


def refuse_broken(publication: Publication, missing: Missing) -> None:
    """Raise `DataError` when something to be sent needs what somebody removed in Moodle."""
    broken = [
        _(
            "{one} a besoin de {needed}, qui a été supprimé dans Moodle depuis la dernière publication.",
            one=one,
            needed=needed,
        )
        for one, needed in _broken(publication, missing)
    ]
    if broken:
        remedy = _("Relancez avec --ecraser pour remettre ce qui a été supprimé, ou retirez-le aussi de vos fichiers.")
        raise DataError("\n".join(broken), remedy=remedy)


def _broken(publication: Publication, missing: Missing) -> Iterator[tuple[str, str]]:
    for one in publication.activities or ():
        title = _("L'activité « {name} »", name=one.name)
        if one.section in missing.sections and "section" not in one.leave:
            yield title, _("l'étape « {section} »", section=one.section)
        if "availability" not in one.leave:
            gone = [name for name in one.availability.completed if name in missing.activities]
            yield from ((title, _("l'activité « {name} »", name=name)) for name in gone)
            yield from (
                (title, _("le groupe « {name} »", name=name))
                for name in one.availability.groups
                if name in missing.groups
            )
    for enrolment in publication.enrolments or ():
        who = _("L'inscription de {email}", email=enrolment.email)
        yield from ((who, _("le groupe « {name} »", name=name)) for name in enrolment.groups if name in missing.groups)
    for event in publication.events or ():
        if event.group in missing.groups:
            yield _("L'événement « {name} »", name=event.name), _("le groupe « {group} »", group=event.group)
