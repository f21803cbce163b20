"""The data of attachments: what comes with a batch of statements belongs to them (xAPI 1.0.3, part 2, 2.4.11)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from xapi import schema
from xapi.errors import DataError
from xapi.lrs import multipart
from xapi.lrs.signatures import SIGNATURE, check_signature
from xapi.upsert import select_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xapi.database import Database

_ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_table = schema.attachment


class Received(NamedTuple):
    """A body taken apart: the JSON of its statements, and the data of attachments by `sha2`."""

    statements: bytes
    data: Mapping[str, bytes]


def take_apart(content_type: str, body: bytes) -> Received:
    """Separate statements from attachments. Raises DataError for a body, or parts, of another kind."""
    if not multipart.is_multipart(content_type):
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise DataError("the body must be application/json, or multipart/mixed")
        return Received(body, {})
    first, *others = multipart.split_parts(content_type, body)
    if first.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise DataError("the first part must be application/json")
    return Received(first.body, dict(_data(part) for part in others))


def _data(part: multipart.Part) -> tuple[str, bytes]:
    if part.headers.get("content-transfer-encoding", "").lower() != "binary":
        raise DataError("the Content-Transfer-Encoding of an attachment must be binary")
    sha2 = part.headers.get("x-experience-api-hash", "").lower()
    algorithm = _ALGORITHMS.get(len(sha2))
    if algorithm is None or hashlib.new(algorithm, part.body).hexdigest() != sha2:
        raise DataError("the X-Experience-API-Hash of an attachment is not the SHA-2 of its data")
    return sha2, part.body


def check_attachments(statements: Iterable[dict[str, Any]], data: Mapping[str, bytes]) -> None:
    """Refuse an attachment without data nor `fileUrl`, data that no attachment names, and a bad signature."""
    named: set[str] = set()
    for statement in statements:
        for attachment in listed(statement):
            sha2 = attachment["sha2"].lower()
            named.add(sha2)
            if sha2 not in data and "fileUrl" not in attachment:
                raise DataError(f"the data of the attachment {sha2} is missing, and it has no fileUrl")
            if attachment["usageType"] == SIGNATURE:
                check_signature(statement, attachment, data.get(sha2, b""))
    if set(data) - named:
        raise DataError("there is a part that no attachment of the statements names")


def listed(statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The attachments of a statement, and of its sub-statement."""
    yield from statement.get("attachments", ())
    if statement["object"].get("objectType") == "SubStatement":
        yield from statement["object"].get("attachments", ())


def read_sizes(database: Database, hashes: Iterable[str]) -> dict[str, int]:
    """Return the bytes of each attachment whose data is held."""
    with database.read() as connection:
        return dict(select_in(connection, _table.c.sha2, hashes, sa.func.length(_table.c.body)))


def with_attachments(database: Database, result: bytes, statements: Sequence[Mapping[str, Any]]) -> tuple[str, bytes]:
    """Return the content type and body of a result followed by the data that its statements name."""
    wanted = {found["sha2"].lower(): found["contentType"] for statement in statements for found in listed(statement)}
    with database.read() as connection:
        held = dict(select_in(connection, _table.c.sha2, wanted, _table.c.body))
    parts = [multipart.Part({"Content-Type": "application/json"}, result)]
    for sha2, body in held.items():
        headers = {
            "Content-Type": wanted[sha2],
            "Content-Transfer-Encoding": "binary",
            "X-Experience-API-Hash": sha2,
        }
        parts.append(multipart.Part(headers, body))
    return multipart.join_parts(parts)
