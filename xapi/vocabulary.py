"""The IRIs that we read and write, in one place.

Other people's IRIs are theirs, character for character. Ours are `urn:uuid:<a UUID drawn once>#<what it names>`:
a valid IRI (RFC 8141: a URN with an f-component; RFC 9562), unique for ever, that claims no domain which the
project does not own. Statements compare IRIs as strings, so the fragment is part of the name.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, unquote
from uuid import UUID

# --- Verbs --------------------------------------------------------------------------------------------------

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
UNCOMPLETED = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted"
ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
MARKED_COMPLETION = "http://vocab.xapi.fr/verbs/marked-completion"
"""TRAX logs: a change of completion; `result.completion` says which way."""

# --- Events, activity types, extensions ---------------------------------------------------------------------

EVENT_MODULE_COMPLETION = "\\core\\event\\course_module_completion_updated"

TYPE_COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
TYPE_MODULE = "http://adlnet.gov/expapi/activities/module"
TYPE_MEETING = "http://adlnet.gov/expapi/activities/meeting"

EXT_EXTERNAL_ID = "https://w3id.org/learning-analytics/learning-management-system/external-id"
"""A Moodle idnumber, on an activity or a course (logstore_xapi with `sendidnumber=1`)."""
EXT_EVENT_INFO = "http://lrs.learninglocker.net/define/extensions/info"
"""logstore_xapi, in every context: `event_name` is the Moodle event."""

# --- Ours ---------------------------------------------------------------------------------------------------

NAMESPACE = UUID("1b8db21f-ec7f-4a8e-94be-80c2256826da")
"""Root of our IRIs and namespace of our UUIDv5 statement ids. Never changes."""
ROOT = f"urn:uuid:{NAMESPACE}#"

ATTESTED = f"{ROOT}verb/attested"
"""The trainer attests the session for one teacher; `result.completion` false withdraws it."""
DECIDED = f"{ROOT}verb/decided"
"""A person grants (`result.success` true) or refuses (false) one line; `result.completion` false withdraws it."""

PROGRAM_HOMEPAGE = f"{ROOT}program"
"""`homePage` of the account under which the program itself speaks: it voids what a correction replaces."""
LRS_HOMEPAGE = f"{ROOT}lrs"
"""`homePage` of the accounts that our LRS names as `authority`: one for each of its clients."""

EXT_REVISION = f"{ROOT}extension/revision"
EXT_REASON = f"{ROOT}extension/reason"
"""In the context of a decision: the code of its reason, from a closed list."""


class OwnActivity(NamedTuple):
    """What one of our activity IRIs names: a session, an activity of it, or a slot of that activity."""

    code: str
    activity_id: str | None = None
    slot_id: str | None = None

    @property
    def idnumber(self) -> str:
        """The Moodle idnumber of the session or of the activity."""
        return self.code if self.activity_id is None else f"{self.code}/{self.activity_id}"

    @property
    def iri(self) -> str:
        """The IRI; `parse_own` is its inverse."""
        parts = [part for part in self if part is not None]
        return f"{ROOT}{_KINDS[len(parts)]}/" + "/".join(quote(part, safe="") for part in parts)


_KINDS = {1: "session", 2: "activity", 3: "slot"}
_LENGTHS = {kind: length for length, kind in _KINDS.items()}


def parse_own(iri: str) -> OwnActivity | None:
    """Read one of our activity IRIs; None for anybody else's."""
    if not iri.startswith(ROOT):
        return None
    kind, *parts = iri.removeprefix(ROOT).split("/")
    if _LENGTHS.get(kind) != len(parts) or not all(parts):
        return None
    return OwnActivity(*(unquote(part) for part in parts))
