"""The mark of a slot: what core services make for it has no identity of ours, so its text bears one.

The text begins with `<p class="creneau-UUID session-HEX empreinte-HEX">`: a class survives Moodle's cleaning, a comment
does not. `session` tells the slots of a model, which a copied course brings along, from those of the session itself.
`empreinte` is that of everything that we wrote, so that a thing is ours, unchanged, or to be written again.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from html import escape
from typing import NamedTuple

_SLOTS = uuid.uuid5(uuid.NAMESPACE_DNS, "creneaux.parcours-connector")
_MARK = re.compile(
    r'class="creneau-(?P<uuid>[0-9a-f-]{36}) session-(?P<session>[0-9a-f]{16}) empreinte-(?P<print>[0-9a-f]{16})"'
)


class SlotMark(NamedTuple):
    """A slot's uuid, the fingerprint of its session's code, that of what was written."""

    uuid: str
    session: str
    print: str


def slot_uuid(code: str, activity_id: str, slot_id: str) -> str:
    """Return what a slot is known by: the same from one publication to the next, whatever its date or its title."""
    return str(uuid.uuid5(_SLOTS, f"{code}/{activity_id}/{slot_id}"))


def mark_of(code: str, slot: str, *said: object) -> SlotMark:
    """Return the mark of a slot (its uuid) of the session `code`, about which `said` is written."""
    return SlotMark(slot, short_print(code), short_print("\0".join(map(str, said))))


def marked(mark: SlotMark, line: str) -> str:
    """Return the paragraph that bears a mark and reads as `line`, a plain text."""
    text = escape(line, quote=False)
    return f'<p class="creneau-{mark.uuid} session-{mark.session} empreinte-{mark.print}">{text}</p>'


def read_mark(text: str | None) -> SlotMark | None:
    """Return the mark that a text bears."""
    found = _MARK.search(text or "")
    return SlotMark(**found.groupdict()) if found else None


def short_print(text: str) -> str:
    """Return a short name of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
