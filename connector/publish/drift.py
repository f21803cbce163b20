"""Who made a difference: the author, or somebody in Moodle since the last publication. Pure.

Three states are needed to tell: what is wanted, what the site holds, and what was wanted at the last publication. The
last is kept as fingerprints (`prints`): by the plugin in the site, since two trainers' laptops share nothing else, and
without the plugin by the ledger (`last_published.py`):
`{"objects": {kind: {key: {field: fingerprint}}}, "order": {"section": [ids], "activite": [ids]},
"parcours": [matricule, fingerprint of its text]}`.
An enrolment's key is itself a fingerprint: no e-mail address is kept there.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from connector.publish.differences import activity_fields, value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pydantic import BaseModel, JsonValue

    from connector.moodle.document import Enrolment, Publication
    from connector.publish.changes import Kind, Origin

_LENGTH = 12


def fingerprint(said: JsonValue) -> str:
    """Return a short name of a value: equal values have the same."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def enrolment_key(code: str, enrolment: Enrolment) -> str:
    """Return what stands for a person and a role of a session in the prints."""
    return person_key(code, enrolment.email, enrolment.role)


def person_key(code: str, email: str, role: str) -> str:
    """Return what stands for whoever has this address and this role in a session."""
    return fingerprint([code, email.lower(), role])


def prints_of(wanted: Publication, reachable: Collection[str]) -> dict[str, JsonValue]:
    """Return the prints of a whole publication; only the people with an account (`reachable` e-mails) are in it."""
    enrolled = [one for one in wanted.enrolments or () if one.email in reachable]
    objects: dict[str, JsonValue] = {
        "categorie": {wanted.code: {"categories": fingerprint(value(wanted, "categories"))}},
        "cours": each({wanted.code: wanted.course} if wanted.course else {}),
        "section": each({one.id: one for one in wanted.sections or ()}),
        "groupe": each({one.idnumber: one for one in wanted.groups or ()}),
        "evenement": each({one.uuid: one for one in wanted.events or ()}),
        "inscription": {
            enrolment_key(wanted.code, one): {"groups": fingerprint(value(one, "groups"))} for one in enrolled
        },
        "activite": {
            one.idnumber: {name: fingerprint(value(one, name)) for name in activity_fields(one)}
            for one in wanted.activities or ()
        },
    }
    order: dict[str, JsonValue] = {
        "section": [one.id for one in wanted.sections or ()],
        "activite": list(wanted.order or ()),
    }
    return {"objects": objects, "order": order, "parcours": parcours_print(wanted)}


def parcours_print(wanted: Publication) -> JsonValue:
    """Return the print of the parcours that a session is made of, None where nobody says it."""
    return list(wanted.parcours) if wanted.parcours else None


def each(objects: Mapping[str, BaseModel]) -> JsonValue:
    """Return the prints of objects by key: a fingerprint for each of their fields."""
    return {
        key: {name: fingerprint(value(one, name)) for name in type(one).model_fields} for key, one in objects.items()
    }


class Reference:
    """What was wanted at the last publication; without prints (none yet, or an older plugin) all is the author's.

    `begun` are the prints of publications that were cut since then: what the site holds may be theirs.
    """

    def __init__(self, prints: Mapping[str, JsonValue] | None, begun: Sequence[Mapping[str, JsonValue]] = ()) -> None:
        self._known = prints is not None
        self._begun = [_mapping(one.get("objects")) for one in begun]
        self._objects = _mapping((prints or {}).get("objects"))
        self._order = _mapping((prints or {}).get("order"))
        self._parcours = (prints or {}).get("parcours")

    def origin(self, kind: Kind, key: str, name: str, wanted: JsonValue, found: JsonValue) -> Origin:
        """Tell who made `found` differ from `wanted`."""
        last = _print(self._objects, kind, key, name)
        there = fingerprint(found)
        if any(_print(begun, kind, key, name) == there for begun in self._begun):
            return "auteur"
        return _origin(last, fingerprint(wanted), there)

    def order_origin(self, kind: Kind, wanted: Sequence[str], found: Sequence[str]) -> Origin:
        """Tell who made the order of what is on both sides differ; what only one side has says nothing."""
        last = self._order.get(kind)
        if not isinstance(last, list):
            return "auteur"
        common = {one for one in wanted if one in found and one in last}
        places = [[one for one in order if one in common] for order in (last, wanted, found)]
        return _origin(*places)

    def parcours(self) -> tuple[str, str] | None:
        """Return the matricule and the fingerprint of the parcours of the last publication, None where it said none."""
        if not isinstance(self._parcours, list) or len(self._parcours) != 2:
            return None
        matricule, text = self._parcours
        return str(matricule), str(text)

    def published(self, kind: Kind, key: str) -> bool:
        """Tell whether the last publication wanted this: if it is missing now, somebody has removed it."""
        return key in _mapping(self._objects.get(kind))

    def withdrawn(self, kind: Kind, key: str) -> bool:
        """Tell whether the last publication did without this already: if it shows, somebody has brought it back."""
        return self._known and not self.published(kind, key)


def _origin(last: object, wanted: object, found: object) -> Origin:
    if last is None or last == found:
        return "auteur"
    return "moodle" if last == wanted else "deux"


def _print(objects: Mapping[str, JsonValue], kind: Kind, key: str, name: str) -> JsonValue:
    return _mapping(_mapping(objects.get(kind)).get(key)).get(name)


def _mapping(said: JsonValue) -> dict[str, JsonValue]:
    return said if isinstance(said, dict) else {}
