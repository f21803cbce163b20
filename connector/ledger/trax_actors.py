"""The actor table of TRAX logs: which account of the site each UUID of its statements is. Pure.

The plugin names people by a UUID of its own, under its « platform IRI »; `logstore_trax_actors` has them, with the
Moodle id (`mid`), the type and, since the plugin keeps it, the e-mail.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.ledger.sessions import Account
from xapi.names import parse_uuid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NEEDED = ("uuid", "mid")
_USER = "user"


def parse_actors(data: bytes, name: str) -> list[Account]:
    """Read an export of the table, as CSV with a header: columns `uuid` and `mid`, and `email` and `type` if any.

    The separator is a comma, a semicolon or a tab. What is no user (a cohort) is left out. An account's `username` is
    its UUID. Raises DataError with one line per mistake; nothing is then to be kept.
    """
    errors: list[str] = []
    seen: dict[str, int] = {}
    accounts = []
    for line, cells in _records(data, name):
        if cells.get("type", _USER) != _USER:
            continue
        problem = _problem(cells, seen)
        if problem:
            errors.append(_("{name}:{line} : {problem}.", name=name, line=line, problem=problem))
            continue
        seen[cells["uuid"].lower()] = line
        accounts.append(Account(int(cells["mid"]), cells["uuid"].lower(), cells.get("email", "")))
    if not accounts and not errors:
        errors.append(_("{name}:1 : le fichier ne contient aucun acteur.", name=name))
    if errors:
        raise DataError("\n".join(errors), remedy=_("\nRien n'a été importé : corrigez le fichier et recommencez."))
    return accounts


def _problem(cells: Mapping[str, str], seen: Mapping[str, int]) -> str | None:
    uuid, mid, email = cells["uuid"], cells["mid"], cells.get("email", "")
    try:
        parse_uuid(uuid)
    except ValueError:
        return _("uuid : « {uuid} » n'est pas un UUID", uuid=uuid)
    if not (mid.isascii() and mid.isdigit() and len(mid) <= 15):
        return _("mid : « {mid} » n'est pas le numéro d'un compte Moodle", mid=mid)
    if email and "@" not in email:
        return _("email : « {email} » n'est pas une adresse électronique", email=email)
    if uuid.lower() in seen:
        return _("uuid : « {uuid} » est déjà à la ligne {seen}", uuid=uuid, seen=seen[uuid.lower()])
    return None


def _records(data: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise DataError(_("{name}:{line} : le fichier n'est pas en UTF-8.", name=name, line=line)) from exc
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if missing := [column for column in _NEEDED if column not in header]:
            raise DataError(
                _(
                    "{name}:1 : colonnes manquantes : {missing}.",
                    name=name,
                    missing=", ".join(_("« {column} »", column=column) for column in missing),
                ),
                remedy=_("Exportez la table logstore_trax_actors du site, avec son en-tête."),
            )
        for cells in reader:
            if any(cell.strip() for cell in cells):
                padded = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
                yield reader.line_num, dict(zip(header, padded, strict=False))
    except csv.Error as exc:
        raise DataError(
            _("{name}:{line_num} : la ligne ne se lit pas comme du CSV.", name=name, line_num=reader.line_num)
        ) from exc
