"""Wanted things beside found ones, three ways: what to send, what that changes, what is left to Moodle. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from connector.moodle.document import ActivitySettings, Frozen
from connector.publish.changes import Change, FieldChange
from connector.publish.differences import differences, value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import BaseModel

    from connector.publish.changes import Kind, Origin
    from connector.publish.drift import Reference

P = TypeVar("P")
W = TypeVar("W", bound=Frozen)
F = TypeVar("F", bound=Frozen)


@dataclass(frozen=True)
class Part(Generic[P]):
    """One key of the document: what to send of it, what that changes, what is left as somebody made it in Moodle.

    `missing` are the keys of what somebody removed in Moodle and that is not put back; `settled` are all the others as
    they would be sent, by key.
    """

    send: tuple[P, ...] = ()
    changes: tuple[Change, ...] = ()
    drift: tuple[Change, ...] = ()
    missing: frozenset[str] = frozenset()
    settled: Mapping[str, P] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """How to compare: with which last publication, and whether what was edited in Moodle is overwritten."""

    reference: Reference
    overwrite: bool = False

    def upserts(
        self,
        kind: Kind,
        wanted: Mapping[str, W],
        found: Mapping[str, F],
        *,
        named: Callable[[W, F], tuple[str, ...]] = differences,
        known_as: Callable[[W], str] | None = None,
    ) -> Part[W]:
        """Compare objects by key; `named` gives the fields that differ, `known_as` the key in the prints."""
        send: list[W] = []
        changes: list[Change] = []
        drift: list[Change] = []
        settled: dict[str, W] = {}
        for key, one in wanted.items():
            before, last_key = found.get(key), known_as(one) if known_as else key
            if before is None:
                mine, theirs = self._absent(Change("creer", kind, key, _name(one, key)), last_key)
                settled |= {key: one} if mine else {}
            else:
                details = self.details(kind, last_key, one, before, named(one, before))
                mine, theirs = self.divided(Change("modifier", kind, key, _name(one, key), details))
                settled[key] = self._leaving(one, before, theirs)
            send += [settled[key]] if mine else []
            changes += mine
            drift += theirs
        return Part(tuple(send), tuple(changes), tuple(drift), frozenset(set(wanted) - set(settled)), settled)

    def _absent(self, change: Change, last_key: str) -> tuple[list[Change], list[Change]]:
        """Create what is new; what the last publication made has been removed by somebody."""
        if not self.reference.published(change.kind, last_key):
            return [change], []
        return ([change] if self.overwrite else []), [change]

    def details(
        self, kind: Kind, key: str, wanted: BaseModel, found: BaseModel, names: Sequence[str]
    ) -> tuple[FieldChange, ...]:
        """Return the fields named, with who made each differ."""
        pairs = [(name, value(found, name), value(wanted, name)) for name in names]
        return tuple(
            FieldChange(name, before, after, self.reference.origin(kind, key, name, after, before))
            for name, before, after in pairs
        )

    def divided(self, change: Change) -> tuple[list[Change], list[Change]]:
        """Return what is done of a change, and what of it somebody made in Moodle; either may be nothing."""
        done = tuple(one for one in change.details if self.overwrite or one.origin == "auteur")
        drifted = tuple(one for one in change.details if one.origin != "auteur")
        return ([_with(change, done)] if done else []), ([_with(change, drifted)] if drifted else [])

    def arranged(
        self, change: Change, wanted: Sequence[str], found: Sequence[str], origin: Origin
    ) -> tuple[bool, list[Change], list[Change]]:
        """Return whether to send the order, and the change as `divided` does; what is added changes no order."""
        common = [key for key in wanted if key in set(found)]
        if common == list(found):
            return common != list(wanted), [], []
        moved = FieldChange("order", [*found], [*common], origin)
        mine, theirs = self.divided(Change(change.action, change.kind, change.key, change.name, (moved,)))
        return bool(mine), mine, theirs

    def _leaving(self, wanted: W, found: F, drift: Sequence[Change]) -> W:
        """Return `wanted` with the fields that are left to Moodle as they are there."""
        left = () if self.overwrite else tuple(name for one in drift for name in one.fields)
        if isinstance(wanted, ActivitySettings):
            return wanted.model_copy(update={"leave": left})
        return wanted.model_copy(update={name: getattr(found, name) for name in left})


def _with(change: Change, details: tuple[FieldChange, ...]) -> Change:
    moved = change.action == "modifier" and [one.name for one in details] == ["section"]
    return Change("deplacer" if moved else change.action, change.kind, change.key, change.name, details)


def _name(one: BaseModel, key: str) -> str:
    return str(getattr(one, "name", getattr(one, "fullname", key)))
