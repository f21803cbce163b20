"""What a plan is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from connector.moodle.document import Kept, Publication

Action = Literal["creer", "modifier", "deplacer", "masquer", "annuler", "retirer", "ouvrir", "rouvrir"]
Kind = Literal[
    "categorie", "cours", "section", "activite", "ordre", "groupe", "inscription", "evenement", "appel", "instantane"
]
Origin = Literal["auteur", "moodle", "deux"]
"""Who made the difference since the last publication: the author, somebody in Moodle, or both."""

ROLES = {"student": "participant", "teacher": "tuteur", "editingteacher": "formateur"}
"""The roles that a session gives in its course, in French."""


def who(email: str, role: str) -> str:
    """Return what a person's enrolment is known by: « anne.martin@ac-exemple.fr (formateur) »."""
    return f"{email.lower()} ({ROLES.get(role, role)})"


@dataclass(frozen=True)
class FieldChange:
    """One field: what the site holds, what is wanted, as JSON; who made the difference."""

    name: str
    before: JsonValue
    after: JsonValue
    origin: Origin = "auteur"


@dataclass(frozen=True)
class Change:
    """One thing to do; `key` is its idnumber, uuid or e-mail, `details` what differs (nothing for what is missing)."""

    action: Action
    kind: Kind
    key: str
    name: str
    details: tuple[FieldChange, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what differs."""
        return tuple(one.name for one in self.details)

    def places(self) -> set[tuple[str, str, str]]:
        """Return where this acts: kind, key and field, an empty field for the thing itself."""
        return {(self.kind, self.key, name) for name in self.fields or ("",)}


@dataclass(frozen=True)
class Plan:
    """`publication` holds what is to be sent and nothing else; it is None when there is nothing to do.

    `changes` are what the publication does; `drift` what somebody has edited in Moodle since the last one, which is
    left alone unless the plan `overwrites` (it is then in `changes` too). `unchanged` are the idnumbers of the
    activities that stay as they are, `unknown_people` the e-mails that belong to no account of the site, or to
    several, `kept` what is wanted otherwise but would undo what learners have done. `unlisted` are enrolments (see
    `who`) that the session does not ask for: people taken off its list, or enrolled by hand. They stay, since Moodle
    leaves those who are unenrolled or suspended out of its completion reports: a person decides. `remarks` are
    sentences about what is published in another way than the files say, and why. `prepared`: the session stays in
    preparation, or is published so.
    """

    publication: Publication | None
    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]
    unknown_people: tuple[str, ...]
    kept: tuple[Kept, ...] = ()
    drift: tuple[Change, ...] = ()
    overwrites: bool = False
    unlisted: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    prepared: bool = False


def unlisted(wanted: Publication, enrolled: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return those of the people `enrolled` (e-mail, role) whom the session does not name in that role."""
    named = {who(one.email, one.role) for one in wanted.enrolments or ()}
    held = {who(email, role) for email, role in enrolled if email and role in ROLES}
    return tuple(sorted(held - named))
