"""A night: steps on their own, one at a time, written down, told in one line, in metrics and in an exit code."""

from __future__ import annotations

import json
import multiprocessing
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import structlog
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from connector.errors import RetriableError
from connector.ledger.db import open_ledger
from connector.ledger.turn import one_at_a_time
from connector.ops.night import metrics, summary
from connector.ops.night.lock import NIGHT as TURN
from connector.ops.night.log import night_log
from connector.ops.night.outcome import Done, Night, Step
from connector.ops.night.run import last_night, run
from connector.redact import Redactor

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 22, 2, 30, tzinfo=PARIS)
LOG = structlog.wrap_logger(structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger("info"))


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_step_that_fails_stops_no_other(ledger: Ledger) -> None:
    def refuse() -> Done:
        raise RetriableError("Le LRS ne répond pas.", remedy="Relancez.")

    def defect() -> Done:
        raise ZeroDivisionError

    steps = {"collecte": refuse, "calcul": defect, "rapports": lambda: Done("3 rapports écrits", {"rapports": 3})}
    with structlog.testing.capture_logs() as logged:
        night = run(steps, ledger, NOW, "nuit", structlog.get_logger())
    assert night.failures == (
        "Le LRS ne répond pas. Relancez.",
        "Défaut imprévu (ZeroDivisionError) : le journal de la nuit en a le détail.",
    )
    assert night.figures == {"rapports": 3}
    assert night.exit_code == 1
    assert any(entry.get("exc_info") and entry["etape"] == "calcul" for entry in logged)


@pytest.mark.parametrize(
    ("done", "code"),
    [
        (Done("fait"), 0),
        (Done("fait", left=("2 déclarations de plus attendent.",)), 2),
        (Done("fait", failures=("Non.",), left=("Oui.",)), 1),
    ],
)
def test_exit_codes(done: Done, code: int) -> None:
    assert Night(NOW, None, (Step("un", done, 1.0),)).exit_code == code


def test_missed_nights_are_counted(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert last_night(connection) is None
    first = run({"un": lambda: Done("fait", {"en_attente": 4})}, ledger, NOW, "nuit", LOG)
    assert (first.previous, first.missed) == (None, 0)
    with ledger.read() as connection:
        assert last_night(connection) == (NOW.astimezone(UTC), {"code": 0, "en_attente": 4})
    assert run({}, ledger, NOW + timedelta(days=1), "nuit", LOG).missed == 0
    late = run({}, ledger, NOW + timedelta(days=4), "nuit", LOG)
    assert late.missed == 2
    assert late.previous == NOW + timedelta(days=1)
    assert "2 nuits manquées rattrapées" in plain(summary.one_line(late))


def test_a_change_of_clocks_is_no_missed_night(ledger: Ledger) -> None:
    before = datetime(2026, 10, 24, 23, 50, tzinfo=PARIS)
    run({}, ledger, before, "nuit", LOG)
    assert run({}, ledger, before + timedelta(days=1), "nuit", LOG).missed == 0


NIGHT = Night(
    NOW,
    None,
    (
        Step("collecte", Done("312 déclarations nouvelles", {"declarations_nouvelles": 312}, left=("À voir.",)), 61.4),
        Step("rapports", Done("1 rapport écrit", {"rapports": 1}, failures=("Circonscription 0693456G : non.",)), 0.2),
    ),
)


def test_one_line_and_the_message() -> None:
    assert plain(summary.one_line(NIGHT)) == (
        "Nuit du dimanche 22 novembre 2026 : 312 déclarations nouvelles, en 1 min 02 s ; "
        "1 échec (rapports) ; 1 point à voir."
    )
    assert summary.subject(NIGHT).endswith("des étapes n'ont pas abouti")
    text = plain(summary.details(NIGHT))
    assert "Échecs :\n  - rapports : Circonscription 0693456G : non." in text
    assert "À voir :\n  - collecte : À voir." in text
    assert "  - rapports : 1 rapport écrit (moins d'une seconde)" in text


def test_metrics_are_what_prometheus_reads() -> None:
    read = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.exposition(NIGHT).decode())
        for sample in family.samples
    }
    assert read["parcours_nuit_debut_timestamp_seconds",] == NOW.timestamp()
    assert read["parcours_nuit_code",] == 1
    assert read["parcours_nuit_etape_echecs", "rapports"] == 1
    assert read["parcours_nuit_etape_echecs", "collecte"] == 0
    assert read["parcours_nuit_nombre", "declarations_nouvelles"] == 312


def test_the_journal_is_redacted_json(capsys: pytest.CaptureFixture[str]) -> None:
    night_log("json", Redactor([SecretStr("hunter2hunter2")])).error("collecte", echec="jeton hunter2hunter2 refusé")
    said = json.loads(capsys.readouterr().err)
    assert said["echec"] == "jeton ••• refusé"
    assert list(said) == ["instant", "niveau", "evenement", "echec"]
    assert (said["niveau"], said["evenement"]) == ("erreur", "collecte")
    night_log("texte", Redactor([])).warning("collecte", a_faire="312 déclarations")
    assert re.fullmatch(
        r'instant=\S+Z niveau=attention evenement=collecte a_faire="312 déclarations"\n', capsys.readouterr().err
    )


def test_one_night_at_a_time(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'registre.db'}"
    ledger = open_ledger(dsn)
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    other = context.Process(target=hold, args=(tmp_path, dsn, held, release))
    other.start()
    try:
        assert held.wait(60)
        with (
            pytest.raises(RetriableError, match=r"Une nuit est déjà en cours \(cron sur .*, depuis 45 min\)"),
            one_at_a_time(TURN, tmp_path, ledger, NOW + timedelta(minutes=45), "moi"),
        ):
            pass
    finally:
        other.kill()
        other.join()
    with one_at_a_time(TURN, tmp_path, ledger, NOW, "moi"):  # what a killed process held is free
        assert json.loads((tmp_path / TURN.owner_file).read_text())["compte"] == "moi"
    assert not (tmp_path / TURN.owner_file).exists()
    ledger.close()


def hold(folder: Path, dsn: str, held: multiprocessing.Event, release: multiprocessing.Event) -> None:  # type: ignore[valid-type]
    with one_at_a_time(TURN, folder, open_ledger(dsn), NOW, "cron"):
        held.set()  # type: ignore[attr-defined]
        release.wait(60)  # type: ignore[attr-defined]


@pytest.mark.postgresql
def test_two_machines_share_one_ledger(tmp_path: Path, postgresql_database: str) -> None:
    here, there = tmp_path / "ici", tmp_path / "ailleurs"
    for folder in (here, there):
        folder.mkdir()
    first, second = open_ledger(postgresql_database), open_ledger(postgresql_database)
    with (
        one_at_a_time(TURN, here, first, NOW, "cron"),
        pytest.raises(RetriableError, match=r"\(cron sur .*, processus \d+, depuis moins d'une minute\)"),
        one_at_a_time(TURN, there, second, NOW, "moi"),
    ):
        pass
    with one_at_a_time(TURN, there, second, NOW, "cron"):
        pass
    first.close()
    second.close()


@pytest.mark.postgresql
def test_a_server_that_goes_away_as_the_lock_is_taken_is_a_sentence(tmp_path: Path, postgresql_database: str) -> None:
    """A crash of PostgreSQL that a soak let fall there, once in a hundred, came out as an unforeseen defect."""
    with closing(open_ledger(postgresql_database)) as first, closing(open_ledger(postgresql_database)) as second:
        first.engine.dispose()
        sa.event.listen(first.engine, "before_cursor_execute", lambda *_said: cut_connections_but(second))
        with pytest.raises(RetriableError, match="ne répond plus"), one_at_a_time(TURN, tmp_path, first, NOW, "cron"):
            pass


@pytest.mark.postgresql
def test_a_lock_whose_connection_broke_is_given_back(tmp_path: Path, postgresql_database: str) -> None:
    first, second = open_ledger(postgresql_database), open_ledger(postgresql_database)
    with one_at_a_time(TURN, tmp_path, first, NOW, "cron"):
        cut_connections_but(second)
    with one_at_a_time(TURN, tmp_path, second, NOW, "cron"):
        pass
    first.close()
    second.close()


def cut_connections_but(ledger: Ledger) -> None:
    """End every connection to the database but those of a ledger, as a restart does."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    with ledger.read() as connection:
        connection.exec_driver_sql(f"{others} WHERE datname = current_database() AND pid <> pg_backend_pid()").all()
