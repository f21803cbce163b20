"""docs/securite.md holds: each promise names its tests, each test is there; what no other one looks at is seen here."""

from __future__ import annotations

import ast
import base64
import hmac
import re
import traceback
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
import requests
import responses
import stamina
from argon2 import PasswordHasher, extract_parameters
from jinja2 import Environment

from connector.reports.drawing import environment
from connector.settings.sections import Courrier
from connector.tableau import doors, drawing, protection
from connector.tableau.pages import sent
from xapi.client import LRSClient
from xapi.errors import XapiError
from xapi.lrs import clients
from xapi.store import Store

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

ROOT = Path(__file__).parents[1]
SOURCES = [path for package in ("connector", "scenarios", "xapi") for path in sorted((ROOT / package).rglob("*.py"))]
PROMISES = re.findall(
    r"^\| (.+?) \| (`tests/.+`) \|$", (ROOT / "docs" / "securite.md").read_text("utf-8"), re.MULTILINE
)
REACHES = {
    "connector/moodle/sandbox/emitter.py",
    "connector/moodle/sandbox/remote.py",
    "connector/moodle/soap/service.py",
    "connector/moodle/soap/wire_token.py",
    "connector/moodle/upload.py",
    "connector/moodle/wire.py",
    "connector/ops/doctor/visit.py",
    "connector/ops/night/mail.py",
    "xapi/client.py",
    "xapi/transport.py",
}
"""The modules that may call an address: one of the configuration, or of the sandbox."""
READS_XML = {"fromstring", "XML", "iterparse"}
NETWORK = {"requests", "urllib3", "httpx", "aiohttp", "http.client", "urllib.request", "smtplib", "zeep", "ftplib"}


def names_of(path: Path) -> set[str]:
    """Return `test`, or `Class::test`, for each test of a file."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return found


def test_each_promise_names_tests_and_each_of_them_is_there() -> None:
    section = (ROOT / "docs" / "securite.md").read_text("utf-8").split("\n## Promesses\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    assert len(rows) == len(PROMISES) > 20
    for promise, tests in PROMISES:
        for named in re.findall(r"`([^`]+)`", tests):
            file, _, name = named.partition("::")
            assert name.rpartition("::")[2].startswith("test_"), promise
            assert name in names_of(ROOT / file), f"{promise}: {named}"


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_few_modules_reach_the_network() -> None:
    reaching = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(name == one or name.startswith(f"{one}.") for name in imports(path) for one in NETWORK)
    }
    assert reaching == REACHES


def test_every_xml_parser_is_closed() -> None:
    made = [
        (path, node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "XMLParser"
    ]
    assert made
    for path, node in made:
        said = {one.arg: ast.literal_eval(one.value) for one in node.keywords if one.arg}
        assert (said["resolve_entities"], said["no_network"], said["huge_tree"]) == (False, True, False), path
    read = [
        (path, node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS_XML
    ]
    assert [path for path, node in read if len(node.args) + len(node.keywords) < 2] == [], "its parser is not given"


def test_every_template_escapes() -> None:
    for found in (environment(), drawing.environment()):
        assert isinstance(found, Environment)
        assert found.from_string("{{ x }}").render(x="<script>") == "&lt;script&gt;"
    unsafe = [path for folder in ROOT.glob("connector/**/templates") for path in folder.rglob("*.j2")]
    assert unsafe
    marked = re.compile(r"(?<!')\|\s*safe\b|autoescape")  # what stands in the template as a literal is its author's
    assert [path.name for path in unsafe if marked.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1", 'a"; filename="b', "é\0"])
def test_a_file_name_is_one_header(name: str) -> None:
    (said,) = [value for key, value in sent(b"", "csv", name).raw_headers if key == b"content-disposition"]
    assert re.fullmatch(rb'attachment; filename="[A-Za-z0-9._-]+\.csv"', said)


@pytest.mark.parametrize("key", ["serveur", "expediteur", "resume"])
def test_no_address_of_the_configuration_holds_a_line_break(key: str) -> None:
    said = {"serveur": "smtp.exemple.fr", "expediteur": "a@ac-exemple.fr", "resume": ["b@ac-exemple.fr"]}
    Courrier.model_validate(said)
    bad = "b@ac-exemple.fr\nBcc: tous@ac-exemple.fr"
    with pytest.raises(ValueError, match=key):
        Courrier.model_validate(said | {key: [bad] if key == "resume" else bad})


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each by one comparison of all of it, which is hmac's; the secret of a name that nobody bears is compared too."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, kept: bytes) -> bool:
        compared.append((given, kept))
        return given == kept

    monkeypatch.setattr(protection, "compare_digest", compare)
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert protection.same_secret("jeton", "jeton")
    assert not protection.same_secret("jetoN", "jeton")
    assert not protection.same_secret(None, "jeton")
    assert compared == [(b"jeton", b"jeton"), (b"jetoN", b"jeton")]
    compared.clear()
    with closing(Store.open(f"sqlite:///{tmp_path / 'lrs.db'}")) as store:
        secret = clients.add_client(store.database, "site")
        said = {who: base64.b64encode(f"{who}:{secret[::-1]}".encode()).decode() for who in ("site", "personne")}
        assert [clients.authenticate(store.database, f"Basic {one}") for one in said.values()] == [None, None]
        good = base64.b64encode(f"site:{secret}".encode()).decode()
        assert clients.authenticate(store.database, f"Basic {good}") is not None
    assert [len(given) + len(kept) for given, kept in compared] == [64, 64, 64]


def test_what_compares_secrets_is_what_python_has_for_it() -> None:
    assert protection.compare_digest is hmac.compare_digest
    assert clients.hmac is hmac


def test_passwords_are_kept_as_argon2id() -> None:
    kept = doors._HASHER.hash("quatre mots sans rapport")
    assert kept.startswith("$argon2id$v=19$")
    memory, rounds, lanes = re.search(r"m=(\d+),t=(\d+),p=(\d+)", kept).groups()  # type: ignore[union-attr]
    assert (int(memory) >= 65536, int(rounds) >= 3, int(lanes) >= 1) == (True, True, True)  # RFC 9106, second choice


def test_an_unknown_name_costs_what_a_wrong_password_costs(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is what takes time: a refusal without it, a thousand times as fast, would tell who has a password."""
    tried: list[str] = []

    class Hasher(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's
            tried.append(str(hash))
            return super().verify(hash, password)

    with ledger.write() as connection:
        doors.set_password(connection, "ien", "quatre mots sans rapport", 0)
        monkeypatch.setattr(doors, "_HASHER", Hasher())
        assert [doors.check_password(connection, name, "faux") for name in ("ien", "personne")] == [False, False]
    known, unknown = (extract_parameters(one) for one in tried)
    assert known == unknown


@pytest.mark.parametrize("failure", [400, 401, 418, 500, "connection"])
def test_the_secret_of_an_lrs_is_in_no_error(failure: int | str) -> None:
    secret = "un-secret-de-trente-deux-lettres"
    basic = base64.b64encode(f"parcours:{secret}".encode()).decode()
    echo = f"Authorization: Basic {basic}, {secret}"
    said = {"body": requests.ConnectionError(echo)} if failure == "connection" else {"status": failure, "body": echo}
    with responses.RequestsMock() as mock, stamina.set_testing(True, attempts=1):
        mock.get("https://lrs.exemple.fr/xAPI/statements", **said)  # type: ignore[arg-type]
        client = LRSClient("https://lrs.exemple.fr/xAPI/", "parcours", secret)
        with pytest.raises(XapiError) as caught:
            list(client.pages())
        client.close()
    told = "".join(traceback.format_exception(caught.value)) + repr(client)
    assert [one for one in (secret, basic) if one in told] == []
