"""What the files named by an activity hold: its page, its questions, what it hands out."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.errors import Problem
from scenarios.fields import is_line
from scenarios.gift import check_gift
from scenarios.messages import Loc, node_at, place_of
from scenarios.paths import RefusedFileError, check_size, inside, read_text
from scenarios.yaml_nodes import Items, Leaf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scenarios.outline import ActivityOutline
    from scenarios.yaml_nodes import Node

MAX_FILE_BYTES = 52_428_800

_TEXT_KEYS = {"page": "fichier", "test": "questions"}
_BINARY_KEYS = {"fichier": "fichiers", "h5p": "paquet"}


@dataclass(frozen=True, slots=True)
class Attachments:
    """What the files of one activity hold: `text` of its Markdown or GIFT file, paths of the others."""

    text: str | None = None
    paths: tuple[Path, ...] = ()


def read_attachments(root: Node, activity: ActivityOutline) -> tuple[Attachments, tuple[Problem, ...]]:
    """Read what an activity's `contenu` names. Paths are relative to the file they are written in."""
    text: str | None = None
    paths: list[Path] = []
    problems: list[Problem] = []
    for loc, name in _named(root, activity):
        place = place_of(root, loc)
        try:
            path = inside(place.file.parent, name)
            if activity.type in _TEXT_KEYS:
                text = read_text(path, name)
                problems.extend(_text_problems(activity, path, text))
            else:
                _check_binary(activity, path, name)
                paths.append(path)
        except RefusedFileError as exc:
            problems.append(place.problem(str(exc)))
    return Attachments(text, tuple(paths)), tuple(problems)


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


def _check_binary(activity: ActivityOutline, path: Path, name: str) -> None:
    check_size(path, name, MAX_FILE_BYTES)
    if activity.type == "h5p" and not _is_h5p(path):
        msg = f"« {name} » n'est pas un paquet H5P"
        raise RefusedFileError(msg)


def _is_h5p(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            return "h5p.json" in package.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _text_problems(activity: ActivityOutline, path: Path, text: str) -> Iterator[Problem]:
    if activity.type == "test":
        for fault in check_gift(text):
            yield Problem(str(path), fault.line, fault.column, fault.message)
    elif not text.strip():
        yield Problem(str(path), 1, 1, "ce fichier est vide")
