"""A store on each database, the LRS over real HTTP, and statements to put in them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import responses
import stamina

from tests.xapi.fake_lrs import ENDPOINT, SECRET
from xapi.client import LRSClient
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client
from xapi.lrs.limits import Limits
from xapi.lrs.serve import serve_in_thread
from xapi.store import Store
from xapi.transport import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Http = Callable[..., requests.Response]
    Make = Callable[..., dict[str, Any]]
    Read = Callable[..., list[dict[str, Any]]]

DATA = Path(__file__).parents[1] / "data" / "xapi"


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now_us: int) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        return self.now_us


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Retries follow each other at once."""
    with stamina.set_testing(True, attempts=3):
        yield


@pytest.fixture(scope="session")
def batches() -> list[list[dict[str, Any]]]:
    """Batches that logstore_xapi 5.0.1 sent from a real Moodle 4.5, in order of arrival."""
    lines = [json.loads(line) for line in (DATA / "logstore_batches.jsonl").read_text("utf-8").splitlines()]
    return [
        [line["statement"] for line in batch] for _, batch in itertools.groupby(lines, key=lambda line: line["batch"])
    ]


@pytest.fixture
def clock() -> Clock:
    return Clock(1_790_000_000_000_000)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lrs.db'}"
    found: str = request.getfixturevalue("postgresql_database")
    return found


@pytest.fixture
def store(dsn: str, clock: Clock) -> Iterator[Store]:
    opened = Store.open(dsn, clock)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'lrs.db'}", clock)
    yield opened
    opened.close()


@pytest.fixture
def lrs(sqlite_store: Store) -> Iterator[LRSClient]:
    """A client of the embedded LRS, over a real socket."""
    secret = add_client(sqlite_store.database, "essai")
    with serve_in_thread(create_app(sqlite_store, Limits(body=200_000))) as address:
        client = LRSClient(f"{address}{PREFIX}/", "essai", secret)
        yield client
        client.close()


@pytest.fixture
def http(lrs: LRSClient) -> Iterator[Callable[..., requests.Response]]:
    """Requests as another program would make them, with the client's credentials unless said otherwise."""
    session = requests.Session()
    session.auth = lrs._session.auth
    session.headers["X-Experience-API-Version"] = "1.0.3"

    def call(method: str, path: str = "statements", **arguments: Any) -> requests.Response:
        return session.request(method, lrs.endpoint + path, timeout=10, **arguments)

    yield call
    session.close()


@pytest.fixture
def everything(lrs: LRSClient) -> Callable[..., list[dict[str, Any]]]:
    """Read the LRS page by page, as the collection does."""

    def read(**question: Any) -> list[dict[str, Any]]:
        return [json.loads(item) for page in lrs.pages(**question) for item in page.items]

    return read


@pytest.fixture
def make() -> Callable[..., dict[str, Any]]:
    """Return a factory of small valid statements."""

    def factory(**changes: Any) -> dict[str, Any]:
        base = {
            "actor": {"mbox": "mailto:lea.martin@ac-exemple.fr"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://moodle.exemple.fr/mod/page/view.php?id=12"},
            "timestamp": "2026-10-07T12:00:00Z",
        }
        return {key: value for key, value in (base | changes).items() if value is not None}

    return factory


@pytest.fixture
def client() -> Iterator[LRSClient]:
    """A client of `server`, that takes little at a time."""
    opened = LRSClient(ENDPOINT, "parcours", SECRET, route=Route(max_bytes=10_000))
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[responses.RequestsMock]:
    """Answers in the order registered, and refuses a request that is one too many or one too few."""
    with responses.RequestsMock(registry=responses.registries.OrderedRegistry) as mock:
        yield mock
