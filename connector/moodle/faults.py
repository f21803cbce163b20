"""What a failed exchange with Moodle means: pure functions from an answer, or its absence, to one error.

Moodle answers its errors with HTTP 200 and a JSON object; the other failures come from PHP, from the web server or
from the network. Measured on 4.5.6 and 5.1.3; the tests run every recorded error through this module.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING

from connector.errors import FatalError, ParcoursError, RetriableError, UncertainError
from connector.language import _
from connector.moodle.fault_table import (
    ACCESS,
    BY_CODE,
    FUNCTION_UNKNOWN,
    NOT_JSON,
    PLUGIN_CODES,
    SERVICES_OFF,
    SOAP_CODES,
    Meaning,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

_EXCERPT = 300
_SERVER_PLACE = re.compile(r", called in \S+( : eval\(\)'d code)? on line \d+")
_RETRY_LATER = (429, 502, 503, 504)


@dataclass(frozen=True)
class Exchange:
    """One call: where, what, and whether it changes the site."""

    address: str
    function: str
    write: bool


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def decode(exchange: Exchange, answer: Answer) -> JsonValue:
    """Return the value that Moodle answered.

    Raises the error that fits a refusal, a warning, a page instead of JSON, an answer that was cut.
    """
    if answer.status != 200:
        raise of_status(exchange, answer)
    value: JsonValue = None
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        fault: ParcoursError | None = unreadable(exchange, answer, page=answer.body.lstrip()[:1] == b"<")
    else:
        fault = refusal(exchange, value)
    if fault is not None:
        raise fault
    return value


def uncertain(exchange: Exchange, what: str) -> RetriableError:
    """Return the error for an exchange that broke after it was sent: a write may have been done."""
    if exchange.write:
        return UncertainError(
            _(
                "{what} L'écriture ({function}) a peut-être été faite par {address}.",
                what=what,
                function=exchange.function,
                address=exchange.address,
            ),
            remedy=_("Relancez la commande : elle regarde d'abord ce qui est en place."),
        )
    return RetriableError(what, remedy=_("Réessayez dans quelques minutes."))


def too_big(exchange: Exchange, limit: int) -> ParcoursError:
    """Return the error for an answer that goes past the bound."""
    what = _(
        "La réponse de {address} à {function} dépasse {limit} Mo.",
        address=exchange.address,
        function=exchange.function,
        limit=limit // 1000000,
    )
    return uncertain(exchange, what) if exchange.write else FatalError(what, remedy=_("Vérifiez l'adresse du site."))


def services_off(exchange: Exchange, protocol: str) -> ParcoursError:
    """Return the error for a site that does not serve a protocol."""
    return SERVICES_OFF.error(exchange.address, exchange.function, detail=protocol)


def of_status(exchange: Exchange, answer: Answer) -> ParcoursError:
    """Return the error for an answer whose HTTP status alone says that it is none of Moodle's."""
    where = exchange.address
    if 300 <= answer.status < 400:
        return _redirected(where, answer)
    if answer.status == 403 and not answer.body.strip():
        return services_off(exchange, "REST")
    if answer.status in _RETRY_LATER:
        return _busy(exchange, answer)
    if answer.status >= 500:
        what = _(
            "{where} a échoué (erreur {status}) pendant {function}.",
            where=where,
            status=answer.status,
            function=exchange.function,
        )
        return uncertain(exchange, what)
    if answer.status == 404:
        return NOT_JSON.error(where, exchange.function, detail=_(" (page introuvable, erreur 404)"))
    return FatalError(
        _(
            "{where} a refusé l'appel {function} (erreur HTTP {status}).",
            where=where,
            function=exchange.function,
            status=answer.status,
        ),
        remedy=_("Vérifiez l'adresse du site et ce qui filtre ses accès (pare-feu, mandataire)."),
    )


def _redirected(where: str, answer: Answer) -> ParcoursError:
    target = _header(answer, "Location").split("?", maxsplit=1)[0]
    meaning = NOT_JSON
    detail = _(" (redirection vers {target})", target=target) if target else _(" (redirection)")
    return meaning.error(where, "", detail=detail)


def _busy(exchange: Exchange, answer: Answer) -> RetriableError:
    after = retry_after(_header(answer, "Retry-After"), datetime.now(tz=UTC))
    wait = _(" Il demande d'attendre {after:.0f} s.", after=after) if after is not None else ""
    if answer.status in (502, 504):
        return uncertain(
            exchange, _("Le serveur placé devant {address} n'a pas eu de réponse à temps.", address=exchange.address)
        )
    if answer.status == 429:
        return RetriableError(
            _("{address} reçoit trop d'appels.{wait}", address=exchange.address, wait=wait), after=after
        )
    if b"maintenance" in answer.body.lower():
        what = _("{address} est en maintenance.{wait}", address=exchange.address, wait=wait)
        return RetriableError(what, remedy=_("Réessayez quand le site sera rouvert."), after=after)
    what = _(
        "{address} est momentanément indisponible (erreur {status}).{wait}",
        address=exchange.address,
        status=answer.status,
        wait=wait,
    )
    return RetriableError(what, remedy=_("Réessayez dans quelques minutes."), after=after)


def unreadable(exchange: Exchange, answer: Answer, *, page: bool) -> ParcoursError:
    """Return the error for an answer that cannot be decoded; `page` tells that it is a web page."""
    if page:
        return NOT_JSON.error(exchange.address, exchange.function)
    if not answer.body.strip():
        return uncertain(
            exchange,
            _(
                "{address} a répondu par une page vide à {function}.",
                address=exchange.address,
                function=exchange.function,
            ),
        )
    return uncertain(
        exchange,
        _(
            "La réponse de {address} à {function} est tronquée ou illisible.",
            address=exchange.address,
            function=exchange.function,
        ),
    )


def refusal(exchange: Exchange, value: JsonValue) -> ParcoursError | None:
    """Return the error that a decoded answer tells, its warnings included; `None` for one that is a result."""
    if not isinstance(value, dict):
        return None
    if "exception" in value or ("errorcode" in value and "error" in value):
        return of_exception(exchange, value)
    warnings = value.get("warnings")
    if isinstance(warnings, list) and warnings:
        first = warnings[0] if isinstance(warnings[0], dict) else {}
        said = plain(str(first.get("message", "")))
        return FatalError(
            _(
                "{address} n'a pas fait {function} comme demandé : « {said} » (avertissement {code}, "
                "{nombre} en tout).",
                address=exchange.address,
                function=exchange.function,
                said=said,
                code=first.get("warningcode", _("sans code")),
                nombre=len(warnings),
            )
        )
    return None


def of_exception(exchange: Exchange, value: Mapping[str, JsonValue]) -> ParcoursError:
    """Return what an exception of Moodle means: `errorcode`, `message`, `exception` (its class) and `debuginfo`."""
    code = str(value.get("errorcode") or "")
    debug = str(value.get("debuginfo") or "")
    precise = debug if code == "invalidparameter" else ""
    said = plain(precise or str(value.get("message") or value.get("error") or ""))
    meaning = _meaning(code, debug)
    if meaning is not None:
        return meaning.error(exchange.address, exchange.function, said=said)
    kind = plain(str(value.get("exception", "")).rsplit("\\", maxsplit=1)[-1])
    named = f"code {plain(code)}" if code else _("{kind}, sans code", kind=kind)
    return FatalError(
        _(
            "{address} a refusé {function} : « {said} » ({named}).",
            address=exchange.address,
            function=exchange.function,
            said=said,
            named=named,
        )
    )


def _meaning(code: str, debug: str) -> Meaning | None:
    if code == "accessexception":
        return next((meaning for clue, meaning in ACCESS if clue in debug), None)
    if code == "invalidrecord" and "external_functions" in debug:
        return FUNCTION_UNKNOWN
    return PLUGIN_CODES.get(code) or BY_CODE.get(code) or SOAP_CODES.get(code)


def retry_after(header: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (a number or a date), or None when it says nothing."""
    text = header.strip()
    if text.isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def plain(text: str) -> str:
    """Return a message of the site ready for a terminal: no markup, one line, bounded, no path of the server."""
    bare = unescape(re.sub(r"<[^>]*>", " ", text[: 4 * _EXCERPT]))
    line = " ".join("".join(c if c.isprintable() else " " for c in bare).split())
    line = _SERVER_PLACE.sub("", line).removesuffix(".").rstrip()
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"


def _header(answer: Answer, name: str) -> str:
    return next((value for key, value in answer.headers.items() if key.lower() == name.lower()), "")
