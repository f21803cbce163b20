"""What publishing costs: `python -m benchmarks.publish [--site ADRESSE --jeton FICHIER] [--sortie DOSSIER]`.

Without a site, against the sandbox with 50 ms before each answer; with one, against that Moodle, which must be a test
site with our plugin and the accounts prof01… of `--domaine`: a course is made, and deleted where the token may.
The figures are printed as a Markdown table and written, with `--sortie`, to `publish-<name>.json`; the exit code is 1
when one is above its bound. The server's own time is what the answers took to begin, all calls added.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from pydantic import SecretStr

from benchmarks.sessions import emails, write_session
from connector.cli.main import main as parcours
from connector.errors import ParcoursError
from connector.moodle import functions
from connector.moodle.rest import RestTransport
from connector.moodle.sandbox.sandbox import Sandbox
from connector.settings import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

LATENCY_MS = 50
PEOPLE = 30


@dataclass
class Calls:
    """The calls made, and the time that the server took over them, in seconds."""

    names: list[str] = field(default_factory=list)
    server: float = 0.0


@dataclass(frozen=True)
class Place:
    """A site to measure against; `real` when it is Moodle itself, whose own time is worth comparing with."""

    name: str
    address: str
    token: str
    domain: str
    real: bool = True


@dataclass(frozen=True)
class Figure:
    """One figure and the most that it may be, if there is a bound."""

    name: str
    value: float
    most: float | None = None

    @property
    def kept(self) -> bool:
        return self.most is None or self.value <= self.most


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls of this process, and what they cost."""
    calls, real = Calls(), requests.Session.send

    def send(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = real(self, request, **options)
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        calls.names.append(body.partition("wsfunction=")[2].partition("&")[0])
        calls.server += response.elapsed.total_seconds()
        return response

    requests.Session.send = send  # type: ignore[method-assign]
    try:
        yield calls
    finally:
        requests.Session.send = real  # type: ignore[method-assign]


def command(data: Path, *arguments: str) -> tuple[int, float, Calls]:
    """Run a command in this process; return its exit code, its seconds and its calls."""
    with counted() as calls, contextlib.redirect_stdout(io.StringIO()):
        start = time.perf_counter()
        try:
            parcours(["--donnees", str(data), *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, time.perf_counter() - start, calls


def whole_command(data: Path, *arguments: str) -> float:
    """Run a command in a process of its own, as a person does; return its seconds."""
    start = time.perf_counter()
    program = [sys.executable, "-c", "from connector.cli.main import main; main()"]
    subprocess.run([*program, "--donnees", str(data), *arguments], check=False, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def data_folder(folder: Path, place: Place) -> Path:
    """Make a data folder that knows the site."""
    folder.mkdir(parents=True)
    token = folder / "jeton"
    token.write_text(place.token, encoding="utf-8")
    token.chmod(0o600)
    (folder / FILE).write_text(
        f'[[moodle]]\nadresse = "{place.address}"\njeton_fichier = "jeton"\n'
        '[[circonscription]]\nuai = "0693456G"\nnom = "Lyon 4"\nacademie = "Lyon"\n',
        encoding="utf-8",
    )
    return folder


def figures(place: Place, folder: Path) -> list[Figure]:
    """Publish 20 activities, then plan 200, and say what it cost."""
    data, code = data_folder(folder / "donnees", place), f"PLAN-{uuid.uuid4().hex[:8].upper()}"
    session = str(write_session(data / "sessions" / "vingt", code, 20, emails(PEOPLE, place.domain)))
    large = str(write_session(data / "sessions" / "deux-cents", f"{code}-200", 200, emails(PEOPLE, place.domain)))
    command(data, "planifier", session, "--hors-ligne")  # imports and the ledger's first opening
    try:
        first = _done(command(data, "publier", session), 0)
        again = _done(command(data, "publier", session), 0)
        plan = _done(command(data, "planifier", session), 0)
        _done(command(data, "publier", large), 0)
        wide = _done(command(data, "planifier", large), 0)
        process = whole_command(data, "planifier", session)
    finally:
        _delete(place, (code, f"{code}-200"))
    return [
        Figure("first publication: calls", len(first[1].names), 8),
        Figure("first publication: writes", first[1].names.count(functions.PUBLISH), 1),
        Figure("first publication: seconds", first[0]),
        Figure("first publication: seconds of the server", first[1].server),
        Figure(
            "first publication: seconds / seconds of the server",
            first[0] / first[1].server,
            1.3 if place.real else None,
        ),
        Figure("unchanged publication: calls", len(again[1].names), 3),
        Figure("unchanged publication: writes", again[1].names.count(functions.PUBLISH), 0),
        Figure("unchanged publication: seconds", again[0]),
        Figure("plan of 20 activities: seconds", plan[0]),
        Figure("plan of 20 activities, the whole command: seconds", process),
        Figure("plan of 200 activities: calls", len(wide[1].names), 3),
        Figure("plan of 200 activities: seconds besides the server's", wide[0] - wide[1].server, 1.0),
    ]


def _done(outcome: tuple[int, float, Calls], expected: int) -> tuple[float, Calls]:
    code, seconds, calls = outcome
    if code != expected:
        sys.exit(f"the command ended with {code}, not {expected}: nothing was measured")
    return seconds, calls


def _delete(place: Place, codes: tuple[str, ...]) -> None:
    """Leave no course behind where the token may delete them: the commands themselves never delete."""
    transport = RestTransport(place.address, SecretStr(place.token))
    with contextlib.suppress(ParcoursError):
        for code in codes:
            for course in functions.get_courses_by_field(transport, "idnumber", code):
                transport.call("core_course_delete_courses", {"courseids": [course.id]}, write=True)


def report(name: str, found: list[Figure]) -> str:
    rows = [
        f"| {one.name} | {one.value:.3g} | {'' if one.most is None else f'{one.most:g}'} | {'' if one.kept else 'NO'} |"
        for one in found
    ]
    return "\n".join([f"### {name}", "", "| Figure | Value | At most | |", "|---|---|---|---|", *rows])


def measured(arguments: argparse.Namespace, folder: Path) -> tuple[str, list[Figure]]:
    if arguments.site:
        token = Path(arguments.jeton).read_text(encoding="utf-8").strip()
        place = Place(arguments.nom, arguments.site, token, arguments.domaine)
        return place.name, figures(place, folder)
    with Sandbox() as sandbox:
        for email in emails(PEOPLE):
            sandbox.site.add_person(email.partition("@")[0], "Prof", "Exemple", email)
        sandbox.faults.latency_ms = LATENCY_MS
        place = Place(f"sandbox, {LATENCY_MS} ms", sandbox.url, sandbox.token, "ac-exemple.fr", real=False)
        return place.name, figures(place, folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--site")
    parser.add_argument("--jeton", help="a file that holds the token")
    parser.add_argument("--nom", default="moodle")
    parser.add_argument("--domaine", default="ac-exemple.fr")
    parser.add_argument("--sortie", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        name, found = measured(arguments, Path(folder))
    print(report(name, found))
    if arguments.sortie:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        values = {one.name: {"value": round(one.value, 4), "most": one.most} for one in found}
        arguments.sortie.mkdir(parents=True, exist_ok=True)
        target = arguments.sortie / f"publish-{name.split(',')[0].replace(' ', '-')}.json"
        document = json.dumps({"against": name, **machine, "figures": values}, indent=2)
        target.write_text(document + "\n", encoding="utf-8")
    return 0 if all(one.kept for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
