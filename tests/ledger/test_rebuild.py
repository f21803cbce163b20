"""What is derived can be thrown away: the same comes out of the evidence, and of the raw statements of our own LRS."""

from __future__ import annotations

import gzip
import itertools
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import requests
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.db import open_ledger
from tests.ledger import real_chain
from xapi.instants import parse_timestamp
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client
from xapi.lrs.serve import serve_in_thread
from xapi.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

YEAR = ("--annee", "2026-2027")
LRS = """
[[lrs]]
adresse = "{address}"
identifiant = "parcours"
secret_fichier = "secret"
"""


def rows(folder: Path, *tables: sa.Table) -> list[list[Any]]:
    with closing(open_ledger(f"sqlite:///{folder}/registre.db")) as ledger, ledger.read() as connection:
        return [sorted(map(repr, connection.execute(sa.select(table)))) for table in tables]


def totals(folder: Path) -> list[list[Any]]:
    return rows(folder, schema.line, schema.balance)


def derived(folder: Path) -> list[list[Any]]:
    session = (schema.session, schema.activity, schema.slot, schema.participant, schema.trainer)
    return totals(folder) + rows(folder, schema.actor, schema.mailbox, schema.resolution, *session)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real chain, collected from its files and reconciled."""
    made = tmp_path_factory.mktemp("rebuild")
    real_chain.live(made, f"sqlite:///{made}/registre.db").close()
    real_chain.run(made, "rapprocher", *YEAR)
    return made


def spoil(folder: Path) -> None:
    """Change something in everything that is derived."""
    with closing(open_ledger(f"sqlite:///{folder}/registre.db")) as ledger, ledger.write() as connection:
        connection.execute(schema.resolution.update().values(activity_id="cm-pg"))
        connection.execute(schema.actor.update().values(teacher_id=None, reason="personne_inconnue"))
        connection.execute(schema.mailbox.delete())
        connection.execute(schema.activity.update().values(duree_min=1))
        connection.execute(schema.participant.delete())
        connection.execute(schema.balance.update().values(retenu_min=0))


def test_everything_derived_comes_out_of_the_evidence_again(folder: Path) -> None:
    before = derived(folder)
    assert all(before[:2])
    spoil(folder)
    real_chain.run(folder, "rapprocher", *YEAR)
    assert totals(folder) != before[:2]
    real_chain.run(folder, "rapprocher", "--complet", *YEAR)
    assert derived(folder) == before


class Arrivals:
    """The clock of an LRS that receives each statement when the capture's did."""

    def __init__(self) -> None:
        self.now_us = 0

    def __call__(self) -> int:
        return self.now_us


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A data folder that knows people and sessions and has collected nothing; its LRS, ours, holds it all."""
    clock = Arrivals()
    with closing(Store.open(f"sqlite:///{tmp_path}/lrs.db", clock)) as store:
        secret = add_client(store.database, "parcours")
        with serve_in_thread(create_app(store)) as served:
            address = f"{served}{PREFIX}/"
            for batch in batches():
                clock.now_us = parse_timestamp(batch[0]["arrived"])
                send(address, secret, [line["statement"] for line in batch])
            clock.now_us += 3_600_000_000
            real_chain.prepare(tmp_path, f"sqlite:///{tmp_path}/registre.db").close()
            with (tmp_path / "parcours.toml").open("a", encoding="utf-8") as settings:
                settings.write(LRS.format(address=address))
            (tmp_path / "secret").write_text(secret, "utf-8")
            (tmp_path / "secret").chmod(0o600)
            yield tmp_path


def batches() -> list[list[dict[str, Any]]]:
    """What the capture's LRS kept, in its order of arrival."""
    lines = [line for path in real_chain.CAPTURES for line in gzip.decompress(path.read_bytes()).splitlines()]
    kept = [said for line in lines if (said := json.loads(line))["stored"] is not False and said["answer"] != 400]
    kept.sort(key=lambda said: said["arrived"])
    return [list(batch) for _, batch in itertools.groupby(kept, key=lambda said: said["arrived"])]


def send(address: str, secret: str, statements: list[dict[str, Any]]) -> None:
    answer = requests.post(
        f"{address}statements",
        json=statements,
        auth=("parcours", secret),
        headers={"X-Experience-API-Version": "1.0.3"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text


def test_the_raw_statements_of_our_lrs_give_a_fresh_ledger_the_same_totals(folder: Path, fresh: Path) -> None:
    real_chain.run(fresh, "collecter")
    real_chain.run(fresh, "rapprocher", *YEAR)
    assert totals(fresh) == totals(folder)
