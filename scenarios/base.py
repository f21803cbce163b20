"""The parcours on which a session was written: kept beside it, recognised by its text, written into its file."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.errors import ScenarioError
from scenarios.language import _
from scenarios.paths import RefusedFileError, check_size, inside
from scenarios.yaml_nodes import MAX_BYTES, Leaf, Place, parse_document, plain, read_document
from scenarios.yaml_nodes import Mapping as Keys

if TYPE_CHECKING:
    from scenarios.yaml_nodes import Node

_KEY = "base"


def parcours_of(session: Path, named: str) -> Path:
    """Return the file of the parcours that a session's file names."""
    return Path(os.path.normpath(session.parent / named))


def fingerprint(file: Path) -> str:
    """Return the SHA-256 (hex) of a text file, the same whatever its line ends."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def content_print(root: Node) -> str:
    """Return the SHA-256 (hex) of what the tree of a file says: comments and layout are not in it."""
    said = json.dumps(plain(root), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def kept_name(session: Path, digest: str) -> str:
    """Return the name of the copy of a parcours beside a session: another one for each text."""
    return f"{session.stem}.base-{digest[:12]}.yaml"


def read_kept(session: Path, root: Node) -> Node | None:
    """Return the tree of the base that a session's tree names, None where it names none.

    Raises ScenarioError, at its place, where the copy is missing or is no longer the text that was kept.
    """
    base = root.get(_KEY) if isinstance(root, Keys) else None
    file, digest = (base.get(key) if isinstance(base, Keys) else None for key in ("fichier", "empreinte"))
    if not isinstance(file, Leaf) or not isinstance(digest, Leaf) or file.value is None:
        return None
    try:
        path = inside(session.parent, file.value)
        check_size(path, file.value, MAX_BYTES)
    except RefusedFileError as exc:
        raise ScenarioError([file.place.problem(_("{exc} ; donnez l'ancienne version avec --base", exc=exc))]) from None
    if fingerprint(path) != digest.value:
        message = _(
            "« {value} » n'est plus le parcours qui avait été gardé ; donnez l'ancienne version avec --base",
            value=file.value,
        )
        raise ScenarioError([file.place.problem(message)])
    return read_document(path).root


def with_base(text: str, file: Path, *, matricule: str, empreinte: str, fichier: str) -> str:
    """Return the text of a session's file with its base, in place of the one it has; every other line as it was.

    Raises ScenarioError where the file is written in a way that has no room for a line more.
    """
    line = f"{_KEY}: {{matricule: {matricule}, empreinte: {empreinte}, fichier: {fichier}}}"
    ending = "\r\n" if "\r\n" in text else "\n"
    before = parse_document(text.removeprefix("\ufeff"), file).root
    lines = text.splitlines(keepends=True)
    start, end = _lines_of(before, lines)
    head = "".join(lines[:start])
    written = f"{head}{'' if not head or head.endswith(ending) else ending}{line}{ending}{''.join(lines[end:])}"
    wished = {**_keys(before), _KEY: {"matricule": matricule, "empreinte": empreinte, "fichier": fichier}}
    try:
        done = _keys(parse_document(written.removeprefix("\ufeff"), file).root) == wished
    except ScenarioError:
        done = False
    if not done:
        message = _("ce fichier n'a pas pu être complété : écrivez-y vous-même la ligne « {line} »", line=line)
        raise ScenarioError([Place(file, 1, 1).problem(message)])
    return written


def _lines_of(root: Node, lines: list[str]) -> tuple[int, int]:
    """Return where the key stands, from its line to the next one that starts at the margin; the end where it is not."""
    entry = root.entries.get(_KEY) if isinstance(root, Keys) else None
    if entry is None:
        return len(lines), len(lines)
    start = entry[0].line - 1
    follows = (number for number in range(start + 1, len(lines)) if lines[number][:1] not in {" ", "\t"})
    return start, next(follows, len(lines))


def _keys(root: Node) -> dict[str, object]:
    found = plain(root)
    return found if isinstance(found, dict) else {}
