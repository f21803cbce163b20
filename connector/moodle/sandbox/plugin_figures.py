"""`local_parcours_figures` as `docs/plugin.md` says: each person's own hours, and what they contest of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox.document_reader import read, refusal
from connector.moodle.sandbox.exceptions import no_permission
from connector.moodle.sandbox.queries import FiguresDocument

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Person, Site

PAGE = 5000


def figures(site: Site, caller: Person, text: str) -> dict[str, JsonValue]:
    """Keep what the document brings, and return `parcours-figures-result/1`."""
    if not caller.manager:
        raise no_permission("Bring people their own hours")
    document = read(FiguresDocument, text)
    _each_once([one.userid for one in document.people], "people")
    _each_once(document.forget, "forget")
    site.contestations = [one for one in site.contestations if int(str(one["id"])) > document.received]
    for userid in document.forget:
        site.figures.pop(userid, None)
        site.contestations = [one for one in site.contestations if one["userid"] != userid]
    unknown: list[JsonValue] = [one.userid for one in document.people if one.userid not in site.people]
    site.figures |= {one.userid: one for one in document.people if one.userid in site.people}
    later = [] if document.after is None else sorted(userid for userid in site.figures if userid > document.after)
    page = later[:PAGE]
    return {
        "format": "parcours-figures-result/1",
        "held": [{"userid": userid, "fingerprint": site.figures[userid].fingerprint} for userid in page],
        "next": page[-1] if len(page) == PAGE else None,
        "unknown": unknown,
        "contestations": [*site.contestations],
    }


def _each_once(ids: list[int] | tuple[int, ...], name: str) -> None:
    for position, userid in enumerate(ids):
        if userid in ids[:position]:
            raise refusal("invaliddocument", f"$.{name}[{position}]", f'"{userid}" appears twice')
