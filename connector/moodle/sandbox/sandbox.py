"""The sandbox as a whole: a site, its web services, its control surface and its statements."""

from __future__ import annotations

import json
import secrets
import threading
import time
from typing import TYPE_CHECKING, Self

from connector.moodle.sandbox import acts, control, files, soap
from connector.moodle.sandbox.attendance_services import ATTENDANCE_SERVICES
from connector.moodle.sandbox.calls import Call
from connector.moodle.sandbox.emitter import Emitter, Lrs
from connector.moodle.sandbox.exceptions import (
    MoodleError,
    access_denied,
    invalid_parameter,
    missing_record,
    moodle_error,
)
from connector.moodle.sandbox.faults import Answer, Faults, after, before
from connector.moodle.sandbox.functions import FUNCTIONS
from connector.moodle.sandbox.params import decode_form, validate
from connector.moodle.sandbox.population import default_people
from connector.moodle.sandbox.server import HttpServer
from connector.moodle.sandbox.site import Person, Site
from connector.moodle.sandbox.statement_parts import EmissionSettings, Json

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from pydantic import JsonValue

    from connector.moodle.sandbox.acts import Act
    from connector.moodle.sandbox.params import Form

REST = "/webservice/rest/server.php"
_PROTOCOL = {"wstoken", "wsfunction", "moodlewsrestformat"}
_SETTINGS = "moodlewssetting"


def present() -> int:
    """Return the present in epoch seconds."""
    return int(time.time())


class Sandbox:
    """A Moodle site with the connector's account and its companion plugin, and invented people unless told otherwise.

    `clock` gives epoch seconds. `token` is the connector's; `person_token` makes one for somebody else. Everything
    that touches the site's state goes one at a time. Without `attendance` the site has no mod_attendance. Use as a
    context manager, or `start` and `stop` it.
    """

    def __init__(
        self,
        clock: Callable[[], int] = present,
        *,
        lrs: Lrs | None = None,
        settings: EmissionSettings | None = None,
        token: str | None = None,
        port: int = 0,
        people: Callable[[Site], None] = default_people,
        attendance: bool = False,
    ) -> None:
        self._http = HttpServer(self._handle, port)
        self._lock = threading.RLock()
        self.site = Site(self._http.url, clock)
        self.emitter = Emitter(self.site, lrs, settings or EmissionSettings())
        self.site.emitter = self.emitter.described
        self.faults = Faults()
        self.absent = frozenset() if attendance else frozenset(ATTENDANCE_SERVICES)
        self.token = token or secrets.token_hex(16)
        connector = self.site.add_person(
            "ws-parcours", "Connecteur", "Parcours", "connecteur@ac-exemple.fr", manager=True
        )
        self._tokens = {self.token: connector.id}
        self.calls: list[str] = []
        people(self.site)

    @property
    def url(self) -> str:
        """The site's address, without a trailing slash."""
        return self.site.url

    def start(self) -> Self:
        """Begin to answer over HTTP."""
        self._http.start()
        return self

    def stop(self) -> None:
        """Finish what is under way and close the port."""
        self._http.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def person_token(self, email: str) -> str:
        """Return a new token for the person with this e-mail."""
        person = self.site.person_by_email(email)
        if person is None:
            message = f"no account {email}"
            raise KeyError(message)
        token = secrets.token_hex(16)
        self._tokens[token] = person.id
        return token

    def act(self, email: str, idnumber: str, act: Act) -> None:
        """Have a person do something; raise `DataError` when Moodle's pages would not let them."""
        with self._lock:
            self.emitter.add(acts.perform(self.site, email, idnumber, act))

    def run_cron(self) -> list[Json]:
        """Send one batch of statements and return it; copied courses get their activities' events."""
        with self._lock:
            for course in self.site.courses.values():
                course.dated = True
            return self.emitter.run_cron()

    def drain(self) -> list[Json]:
        """Send everything that waits, batch by batch, and return it."""
        with self._lock:
            return self.emitter.drain()

    def _handle(self, path: str, fields: list[tuple[str, str]], body: bytes, authorization: str) -> Answer:
        if path.startswith(control.ROOT):
            allowed = secrets.compare_digest(authorization.encode(), f"Bearer {self.token}".encode())
            return control.handle(self, path, body) if allowed else control.forbidden()
        if path not in (REST, soap.PATH, files.PATH):
            return Answer(404, b"Not Found", "text/plain")
        form = dict(fields)
        with self._lock:
            self.calls.append(_called(path, form, body))
            number = len(self.calls)
        if self.faults.latency_ms:
            time.sleep(self.faults.latency_ms / 1000)
        if path == soap.PATH and self.faults.services_off:
            return soap.OFF
        refused = before(self.faults, number, self.site.name)
        if refused is not None:
            return refused
        if path == files.PATH:
            return after(self.faults, number, self._upload(body))
        return after(self.faults, number, self._rest(fields) if path == REST else self._soap(form, body))

    def _upload(self, body: bytes) -> Answer:
        form = files.form_of(body)
        try:
            with self._lock:
                caller = self._caller(form.get("token", ("", b""))[1].decode())
                return Answer(200, files.upload(self.site, caller, form).encode())
        except MoodleError as error:
            answer = error.upload_answer(debug=self.faults.debug)
            return Answer(200, json.dumps(answer, ensure_ascii=False).encode())

    def _rest(self, fields: list[tuple[str, str]]) -> Answer:
        try:
            with self._lock:
                answer = self._call(fields)
        except MoodleError as error:
            answer = error.answer(debug=self.faults.debug)
        return Answer(200, json.dumps(answer, ensure_ascii=False).encode())

    def _soap(self, form: dict[str, str], body: bytes) -> Answer:
        token = form.get("wstoken", "")
        withheld = self.faults.withheld | self.absent
        offered = {name: function for name, function in FUNCTIONS.items() if name not in withheld}
        address = f"{self.url}{soap.PATH}?wstoken={token}"
        with self._lock:
            try:
                caller = self._caller(token)
            except MoodleError as error:
                return soap.refuse(error, debug=self.faults.debug)
            if form.get("wsdl"):
                return soap.describe(address, offered)
            return soap.answer(
                address, offered, body, lambda name, given: self._run(caller, name, given), debug=self.faults.debug
            )

    def _call(self, fields: list[tuple[str, str]]) -> object:
        form = dict(fields)
        name = form.get("wsfunction", "")
        caller = self._caller(form.get("wstoken", ""))
        if not name:
            raise invalid_parameter("Missing function name")
        if name not in FUNCTIONS or name in self.absent:
            raise missing_record("external_functions", "name", f"'{name}'")
        if name in self.faults.withheld:
            raise access_denied(name)
        given = [(key, value) for key, value in fields if key not in _PROTOCOL and not key.startswith(_SETTINGS)]
        return self._run(caller, name, decode_form(given))

    def _run(self, caller: Person, name: str, given: dict[str, Form]) -> JsonValue:
        function = FUNCTIONS[name]
        call = Call(self.site, caller, validate(function.params, given), [], self.faults.withheld | self.absent)
        answer = function.run(call)
        self.emitter.add(call.raised)
        return answer

    def _caller(self, token: str) -> Person:
        if self.faults.maintenance:
            raise moodle_error("sitemaintenance", "The site is undergoing maintenance and is currently not available")
        identifier = self._tokens.get(token)
        if identifier is None:
            raise moodle_error("invalidtoken", "Invalid token - token not found")
        caller = self.site.people[identifier]
        if caller.suspended:
            raise moodle_error(
                "wsaccessusersuspended", f"Refused web service access for suspended username: {caller.username}"
            )
        return caller


def _called(path: str, form: dict[str, str], body: bytes) -> str:
    """Return what a request asks for, as the list of calls names it."""
    if path == files.PATH:
        return "upload.php"
    if path == REST:
        return form.get("wsfunction", "")
    return "WSDL" if form.get("wsdl") else soap.function_of(body)
