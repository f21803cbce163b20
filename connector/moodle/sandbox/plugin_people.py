"""Enrolments of a publication, as `docs/plugin.md` says: roles are given, groups are exactly those named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.moodle.sandbox.document_reader import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.moodle.sandbox.document import EnrolmentDoc
    from connector.moodle.sandbox.document_parts import Role
    from connector.moodle.sandbox.site import Course, Group, Person, Site


def group_named(course: Course, path: str, name: str) -> Group:
    """Return the group of that name; raise the plugin's refusal where there is none."""
    for group in course.groups.values():
        if group.name == name:
            return group
    raise refusal("unknowngroup", path, name)


@dataclass
class Enrolling:
    """What enrolling did: `enrolled` e-mails got a role or a group, `new` are the ids of people new to the course.

    `unknown` e-mails belong to no account, `ambiguous` ones to several.
    """

    site: Site
    course: Course
    enrolled: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    new: list[int] = field(default_factory=list)

    def put(self, documents: Sequence[EnrolmentDoc]) -> None:
        """Give roles, then put each person in exactly the groups that their entries name."""
        memberships: dict[int, set[str]] = {}
        for position, doc in enumerate(documents):
            path = f"$.enrolments[{position}]"
            named = [group_named(self.course, f"{path}.groups[{rank}]", one) for rank, one in enumerate(doc.groups)]
            groups = {group.idnumber for group in named}
            found = [person for person in self.site.people.values() if person.email.lower() == doc.email.lower()]
            if len(found) != 1:
                (self.ambiguous if found else self.unknown).append(doc.email)
                continue
            memberships.setdefault(found[0].id, set()).update(groups)
            self._enrol(found[0], doc.role)
        for person_id, groups in memberships.items():
            for group in self.course.groups.values():
                if (group.idnumber in groups) != (person_id in group.members):
                    group.members ^= {person_id}
                    self._note(self.site.people[person_id])

    def _enrol(self, person: Person, role: Role) -> None:
        roles = self.course.enrolments.get(person.id)
        if roles is None:
            roles = self.course.enrolments[person.id] = set()
            self.new.append(person.id)
        if role not in roles:
            roles.add(role)
            self._note(person)

    def _note(self, person: Person) -> None:
        if person.email.lower() not in self.enrolled:
            self.enrolled.append(person.email.lower())
