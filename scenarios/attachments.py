"""What the files named by a parcours hold: its pages, its questions, what it hands out or shows in its texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenarios.errors import Problem
from scenarios.fields import is_line
from scenarios.gift import check_gift
from scenarios.language import _
from scenarios.markdown import local_targets
from scenarios.messages import Loc, node_at, place_of
from scenarios.paths import RefusedFileError, inside, read_text
from scenarios.source_file import SourceFile, read_file
from scenarios.yaml_nodes import Items, Leaf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scenarios.outline import ActivityOutline
    from scenarios.yaml_nodes import Node

_TEXT_KEYS = {"page": "fichier", "test": "questions"}
_BINARY_KEYS = {"fichier": "fichiers", "h5p": "paquet"}
_MARKDOWN_KEYS = ("consigne", "note_formateur", "contenu.texte", "contenu.premier_message")

Links = Mapping[str, SourceFile]
"""The files that a Markdown text shows or links to, by path as written there."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """What the files of one activity hold: `text` of its Markdown or GIFT file, `files` that it hands out.

    `links` are the files that its texts show or link to, by the text's key: `consigne`, `note_formateur`, `texte` (that
    of a page or a label, whichever way it is given), `premier_message`.
    """

    text: str | None = None
    files: tuple[SourceFile, ...] = ()
    links: Mapping[str, Links] = field(default_factory=dict)


def read_attachments(root: Node, activity: ActivityOutline) -> tuple[Attachments, tuple[Problem, ...]]:
    """Read what an activity's `contenu` and texts name. Paths are relative to the file they are written in."""
    text: str | None = None
    files: list[SourceFile] = []
    problems: list[Problem] = []
    links: dict[str, Links] = {}
    for loc, name in _named(root, activity):
        place = place_of(root, loc)
        folder = place.file.parent
        try:
            if activity.type in _TEXT_KEYS:
                path = inside(folder, name)
                text = read_text(path, name)
                problems.extend(_text_problems(activity, path, text))
            else:
                files.append(read_file(folder, name, package=activity.type == "h5p"))
        except RefusedFileError as exc:
            problems.append(place.problem(str(exc)))
            continue
        if activity.type == "page":
            links["texte"] = _linked_from(path, folder, text or "", problems)
    for key in _MARKDOWN_KEYS:
        found, refused = read_links(root, (*activity.loc, *key.split(".")))
        problems.extend(refused)
        if found:
            links[key.rpartition(".")[2]] = found
    return Attachments(text, tuple(files), links), tuple(problems)


def read_links(root: Node, loc: Loc) -> tuple[Links, tuple[Problem, ...]]:
    """Read the files that the Markdown at `loc` shows or links to, relative to the file that it is written in."""
    node = node_at(root, loc)
    if not isinstance(node, Leaf) or not node.value:
        return {}, ()
    found: dict[str, SourceFile] = {}
    problems: list[Problem] = []
    for _line, target in local_targets(node.value):
        try:
            found[target] = read_file(node.place.file.parent, target)
        except RefusedFileError as exc:
            problems.append(node.place.problem(_link_refused(exc)))
    return found, tuple(problems)


def _linked_from(path: Path, folder: Path, text: str, problems: list[Problem]) -> Links:
    """Return the files that a Markdown file shows or links to; they may be anywhere in the parcours' folder."""
    found: dict[str, SourceFile] = {}
    for line, target in local_targets(text):
        try:
            found[target] = read_file(folder, target, start=path.parent)
        except RefusedFileError as exc:
            problems.append(Problem(str(path), line + 1, 1, _link_refused(exc)))
    return found


def _link_refused(exc: RefusedFileError) -> str:
    return _("{exc} (une adresse du web commence par « https:// »)", exc=exc)


def _named(root: Node, activity: ActivityOutline) -> Iterator[tuple[Loc, str]]:
    key = {**_TEXT_KEYS, **_BINARY_KEYS}.get(activity.type or "")
    if key is None:
        return
    loc = (*activity.loc, "contenu", key)
    node = node_at(root, loc)
    if isinstance(node, Items):
        leaves = [((*loc, index), item) for index, item in enumerate(node.nodes)]
    else:
        leaves = [(loc, node)] if node is not None else []
    for where, leaf in leaves:
        if isinstance(leaf, Leaf) and is_line(leaf.value):
            yield where, leaf.value


def _text_problems(activity: ActivityOutline, path: Path, text: str) -> Iterator[Problem]:
    if activity.type == "test":
        for fault in check_gift(text):
            yield Problem(str(path), fault.line, fault.column, fault.message)
    elif not text.strip():
        yield Problem(str(path), 1, 1, _("ce fichier est vide"))
