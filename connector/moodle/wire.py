"""HTTP with one site, whatever the protocol above it: bounds, time-outs, network faults, what may be sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

import requests
import stamina
from requests import exceptions as network
from urllib3.exceptions import NameResolutionError, NewConnectionError

from connector.addresses import is_protected, normalise
from connector.errors import ConfigError, ParcoursError, RetriableError, UncertainError
from connector.language import _
from connector.moodle import faults
from connector.moodle.faults import Answer, Exchange
from connector.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr
    from requests.adapters import HTTPAdapter

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)

CONNECT_SECONDS = 10.0
READ_SECONDS = 120.0
MAX_ANSWER = 64_000_000
"""Bytes, decompressed: a course of 200 activities with its observed content is under 2 MB."""

# stamina would log each new try on standard output, in English, in the middle of what a command shows.
stamina.instrumentation.set_on_retry_hooks([])

_ATTEMPTS = 4
_LONGEST_WAIT = 60.0
_CHUNK = 65_536


@dataclass(frozen=True)
class Request:
    """What is sent: `path` is under the site's address; the body may hold the token and stays out of the `repr`."""

    method: Literal["GET", "POST"]
    path: str
    body: tuple[tuple[str, str], ...] | bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


class Wire:
    """Exchanges requests and answers with one site; no error that leaves it holds the token.

    Redirections are refused, since following one would hand the token to another address. Plain http is refused but
    for this machine, unless `allow_http`. Reads are tried four times, after the pause that the site asks for when it
    asks; a write is sent once. `adapter` carries the requests, when those of `requests` itself do not do.
    """

    def __init__(
        self, address: str, token: SecretStr, *, allow_http: bool = False, adapter: HTTPAdapter | None = None
    ) -> None:
        self.address = _checked(address, allow_http=allow_http)
        self._redactor = Redactor([token])
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "parcours-connector"
        if adapter is not None:
            self._session.mount(f"{self.address}/", adapter)

    def __repr__(self) -> str:
        return f"Wire({self.address!r})"

    def ask(self, exchange: Exchange, request: Request, decode: Callable[[Exchange, Answer], T]) -> T:
        """Return what `decode` makes of the answer; every failure, those that it raises included, is without token."""
        if exchange.write:
            return self._once(exchange, request, decode)
        for attempt in stamina.retry_context(
            on=_pause, attempts=_ATTEMPTS, timeout=2 * _LONGEST_WAIT, wait_initial=0.5, wait_max=5.0
        ):
            with attempt:
                return self._once(exchange, request, decode)
        raise AssertionError  # pragma: no cover - the last attempt raises

    def _once(self, exchange: Exchange, request: Request, decode: Callable[[Exchange, Answer], T]) -> T:
        outcome = self._send(exchange, request)
        if isinstance(outcome, Answer):
            try:
                return decode(exchange, outcome)
            except ParcoursError as fault:
                outcome = fault
        self._blot(outcome)
        # Raised out of every `except`: a requests exception carries the request, thus the token, in its context.
        raise outcome

    def _send(self, exchange: Exchange, request: Request) -> Answer | ParcoursError:
        try:
            with self._session.request(
                request.method,
                f"{self.address}{request.path}",
                data=request.body,
                headers=dict(request.headers),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                return _read(exchange, response)
        except network.RequestException as exc:
            return _network_fault(exchange, exc)

    def _blot(self, fault: ParcoursError) -> None:
        fault.message = self._redactor.text(fault.message)
        fault.args = (fault.message,)


def _checked(address: str, *, allow_http: bool) -> str:
    try:
        normal = normalise(address)
    except ValueError as exc:
        raise ConfigError(_("Adresse de Moodle refusée : {exc}.", exc=exc)) from None
    if not (allow_http or is_protected(normal)):
        raise ConfigError(
            _("{normal} : le jeton voyagerait en clair.", normal=normal),
            remedy=_("Écrivez l'adresse en https, ou « sans_https = true » pour un réseau dont vous répondez."),
        )
    return normal


def _read(exchange: Exchange, response: requests.Response) -> Answer | ParcoursError:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MAX_ANSWER:
            return faults.too_big(exchange, MAX_ANSWER)
    return Answer(response.status_code, bytes(body), dict(response.headers))


def _network_fault(exchange: Exchange, exc: network.RequestException) -> ParcoursError:
    """Say what broke, from the exception's class alone: its text may hold what was sent."""
    where = exchange.address
    fault: ParcoursError
    match exc:
        case network.SSLError():
            fault = ConfigError(
                _(
                    "La connexion sûre (https) avec {where} ne s'établit pas : certificat refusé, ou serveur "
                    "sans https.",
                    where=where,
                ),
                remedy=_("Faites vérifier le certificat du site, ou indiquez l'autorité par REQUESTS_CA_BUNDLE."),
            )
        case network.ProxyError():
            fault = ConfigError(
                _("Le mandataire (proxy) ne laisse pas joindre {where}.", where=where),
                remedy=_("Vérifiez HTTPS_PROXY et NO_PROXY."),
            )
        case network.ConnectTimeout():
            fault = RetriableError(
                _("{where} ne répond pas.", where=where), remedy=_("Vérifiez l'adresse et votre connexion.")
            )
        case network.ReadTimeout():
            fault = faults.uncertain(
                exchange, _("{where} n'a pas répondu en {read_seconds:.0f} s.", where=where, read_seconds=READ_SECONDS)
            )
        case network.ConnectionError() if cause_of(exc, NameResolutionError):
            fault = RetriableError(
                _("Le nom du site {where} est introuvable.", where=where),
                remedy=_("Vérifiez l'adresse et votre connexion."),
            )
        case network.ConnectionError() if cause_of(exc, NewConnectionError):
            fault = RetriableError(
                _("La connexion avec {where} est refusée ou impossible.", where=where),
                remedy=_("Le serveur est peut-être arrêté : vérifiez l'adresse et votre connexion."),
            )
        case _:
            fault = faults.uncertain(exchange, _("La connexion avec {where} a été coupée.", where=where))
    return fault


def cause_of(exc: BaseException, kind: type[E]) -> E | None:
    """Return the first `kind` among what caused `exc`, itself included; urllib3 keeps causes in `reason` and `args`."""
    seen: list[BaseException] = []
    todo: list[object] = [exc]
    while todo:
        item = todo.pop()
        if not isinstance(item, BaseException) or item in seen:
            continue
        if isinstance(item, kind):
            return item
        seen.append(item)
        todo += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
    return None


def _pause(exc: Exception) -> bool | float:
    """Say to stamina whether to read again: not at all, after its own pause, or after the site's."""
    if not isinstance(exc, RetriableError) or isinstance(exc, UncertainError):
        return False
    if exc.after is None:
        return True
    return exc.after if exc.after <= _LONGEST_WAIT else False
