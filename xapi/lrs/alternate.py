"""The alternate request syntax (xAPI 1.0.3, part 3, 1.3): a form posted in place of any request. Pure.

It was made for browsers that could neither choose a method nor set headers: the method is the query's only
parameter, and the form holds the headers, the parameters and, as `content`, the body.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from xapi.lrs.exchange import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "application/x-www-form-urlencoded"
_METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})
_AS_HEADERS = frozenset(
    {
        "authorization",
        "x-experience-api-version",
        "content-type",
        "content-length",
        "if-match",
        "if-none-match",
        "accept",
        "accept-language",
    }
)
_VALUE = re.compile(r"[ -~]*")  # what a form may put where a header stands, which is also what is answered from it
_WITH_CONTENT = frozenset({"PUT", "POST"})


class Request(NamedTuple):
    """A request, whichever way it was written. Names of headers are in lower case."""

    method: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


def unfold(request: Request) -> Request:
    """Return the request that a posted form stands for; any other request as it is.

    Raises RefusedError where the form is not one, or says more than the specification lets it.
    """
    if request.method != "POST" or "method" not in request.parameters:
        return request
    method = request.parameters["method"]
    if method not in _METHODS or len(request.parameters) > 1:
        raise RefusedError(400, "the alternate request syntax has one parameter, a method")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise RefusedError(400, "the alternate request syntax is a form")
    fields = _fields(request.body)
    content = fields.pop("content", None)
    if (content is not None) != (method in _WITH_CONTENT):
        raise RefusedError(400, "the form has a field named content for PUT and POST, and for nothing else")
    said = {name.lower(): value.strip(" ") for name, value in fields.items() if name.lower() in _AS_HEADERS}
    if not all(_VALUE.fullmatch(value) for value in said.values()):
        raise RefusedError(400, "a header in the form is not a line of ASCII")
    parameters = {name: value for name, value in fields.items() if name.lower() not in _AS_HEADERS}
    headers = {**request.headers, "content-type": "application/json", **said}
    return Request(method, parameters, headers, (content or "").encode())


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise RefusedError(400, "the form cannot be read") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise RefusedError(400, "the same field twice in the form")
    return fields
