"""`parcours.toml` as text with a block more or less: comments, order and everything else stay as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit
from tomlkit.items import AoT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.settings.sections import Acces

_LISTS = ("perimetre", "accompagne")


def with_access(text: str, access: Acces) -> str:
    """Return the file with this `[[acces]]`, in place of the one of the same `identifiant` if there is one."""
    document = tomlkit.parse(text)
    blocks = _blocks(document, "acces")
    if blocks is None:
        blocks = tomlkit.aot()
        document.append("acces", blocks)
    block = tomlkit.table()
    block.update({"identifiant": access.identifiant, "role": access.role})
    for key in _LISTS:
        if said := getattr(access, key):
            block[key] = list(said)
    rank = _rank(blocks, access.identifiant)
    if rank is None:
        blocks.append(block)
    else:
        blocks[rank].update(block)
        for key in _LISTS:
            if key not in block:
                blocks[rank].pop(key, None)
    return tomlkit.dumps(document)


def without_access(text: str, identifiant: str) -> str:
    """Return the file without the `[[acces]]` of somebody; KeyError where there is none."""
    document = tomlkit.parse(text)
    blocks = _blocks(document, "acces")
    rank = _rank(blocks, identifiant) if blocks is not None else None
    if blocks is None or rank is None:
        raise KeyError(identifiant)
    del blocks[rank]
    if not blocks:
        del document["acces"]
    return tomlkit.dumps(document)


def without_person(text: str, identifiant: str, pseudonym: str, logins: Iterable[str]) -> str:
    """Return the file without the accesses `logins`, a teacher's `[[derogation]]` being their pseudonym's."""
    for login in logins:
        text = without_access(text, login)
    document = tomlkit.parse(text)
    for block in _blocks(document, "derogation") or ():
        if block["identifiant"] == identifiant:
            block["identifiant"] = pseudonym
    return tomlkit.dumps(document)


def _blocks(document: tomlkit.TOMLDocument, name: str) -> AoT | None:
    found = document.get(name)
    return found if isinstance(found, AoT) else None


def _rank(blocks: Sequence[object], identifiant: str) -> int | None:
    for rank, block in enumerate(blocks):
        if isinstance(block, dict) and block.get("identifiant") == identifiant:
            return rank
    return None
