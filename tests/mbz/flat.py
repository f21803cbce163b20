"""XML of a backup as values by path, without ids and instants; the code and the ids in restrictions are masked."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Flat = dict[str, list[str]]

_OURS_OR_THEIRS = {
    "added", "aggregationcoef2", "answer", "categoryid", "createdby", "falseanswer", "iteminstance", "modifiedby",
    "modifierid", "ownerid", "questionbankentryid", "questioncategoryid", "quizid", "revision", "sectionid",
    "sortorder", "stamp", "timecreated", "timemodified", "trueanswer", "usingcontextid",
}  # fmt: skip
"""Ids and instants: each site and each file has its own."""


def flat(root: ET.Element, code: str) -> Flat:
    """Return the texts under `root` by path, in their order; attributes, ids all of them, are left out."""
    found: Flat = {}
    for path, text in _leaves(root, root.tag):
        masked = re.sub(r'"(cm|id)":\d+', r'"\1":0', (text or "").strip()).replace(code, "CODE")
        found.setdefault(path, []).append(masked)
    return found


def questions(data: bytes, code: str) -> dict[str, Flat]:
    """Return each question of a `questions.xml`, by name."""
    root = ET.fromstring(data)  # noqa: S314 - a file of ours, or recorded
    return {question.findtext("name") or "": flat(question, code) for question in root.iter("question")}


def files_of(data: bytes) -> list[list[str]]:
    """Return each file of a `files.xml`: component, area, name, SHA-1, size, type, whether Moodle opens it; sorted.

    Folders are left out, and what somebody has uploaded to draft areas.
    """
    root = ET.fromstring(data)  # noqa: S314 - a file of ours, or recorded
    fields = ("component", "filearea", "filename", "contenthash", "filesize", "mimetype", "sortorder")
    rows = [[file.findtext(field) or "" for field in fields] for file in root.iter("file")]
    return sorted(row for row in rows if row[2] != "." and row[0] != "user")


def _leaves(node: ET.Element, path: str) -> Iterator[tuple[str, str | None]]:
    for child in node:
        if len(child):
            yield from _leaves(child, f"{path}/{child.tag}")
        elif child.tag not in _OURS_OR_THEIRS:
            yield f"{path}/{child.tag}", child.text
