"""The pacte's register: seventeen missions, their hours and bilans, and not one minute in the 18 hours."""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
import time_machine
from pydantic import ValidationError

from connector.cli.main import main
from connector.errors import DataError
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.obligation.credit import credit
from connector.obligation.heard import heard
from connector.obligation.items import Known, decided_lines, marks, places
from connector.pacte.missions import Mission, Nomenclature, nomenclature
from connector.pacte.standing import Engagement, bilan, last_day
from scenarios.calendar import SchoolYear
from tests.obligation import cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

YEAR = SchoolYear(2026)


@pytest.fixture
def folder(tmp_path: Path, sqlite_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARCOURS_DONNEES", str(tmp_path))
    shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    ledger = open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")
    with ledger.write() as connection:
        cases.read(cases.FOLDER / "achevement_simple.yaml").world.write(connection)
    ledger.close()
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(*arguments: str, on: str = "2026-11-22") -> tuple[int, str]:
        capsys.readouterr()
        with time_machine.travel(f"{on}T12:00:00+01:00"), pytest.raises(SystemExit) as stopped:
            main(arguments)
        said = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return stopped.value.code, (said.out + said.err).replace("\u00a0", " ")

    assert folder.is_dir()
    return call


def listed(run: Callable[..., tuple[int, str]], *options: str, on: str = "2026-11-22") -> list[dict[str, Any]]:
    code, out = run("pacte", "lister", "--annee", "2026-2027", "--json", *options, on=on)
    assert code == 0
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_there_are_seventeen_missions() -> None:
    minutes = [mission.minutes for mission in nomenclature().missions]
    assert (len(minutes), minutes.count(24 * 60), minutes.count(18 * 60), minutes.count(None)) == (17, 7, 1, 9)
    for mission in nomenclature().missions:
        assert mission.demi_part_min == (mission.minutes // 2 if mission.minutes else None)
        assert bool(mission.bilan_quand) == bool(mission.bilan_destinataires.get(mission.degres[0]))


def test_a_lump_has_no_hours_and_hours_are_no_lump() -> None:
    said = nomenclature().mission("soutien-primaire").model_dump()
    for changes in ({"nature": "forfait_annuel"}, {"minutes": None}, {"demi_part_min": None}):
        with pytest.raises(ValidationError, match="hourly missions"):
            Mission.model_validate(said | changes)


def engagement(code: str, done: int = 0, **changes: Any) -> Engagement:
    values = {
        "identifiant": "E1",
        "nom": "N",
        "prenom": "P",
        "degre": "1D",
        "circonscription": "0693456G",
        "year": YEAR,
        "mission": nomenclature().mission(code),
        "demi_part": False,
        "done_min": done,
        "bilan_le": None,
    }
    return Engagement(**(values | changes))


@pytest.mark.parametrize(
    ("given", "on", "standing"),
    [
        (engagement("soutien-primaire", 1439), date(2027, 8, 31), "a_venir"),
        (engagement("soutien-primaire", 1439), date(2027, 9, 1), "du"),
        (engagement("soutien-primaire", 1440), date(2026, 12, 1), "du"),
        (engagement("soutien-primaire", 720, demi_part=True), date(2026, 12, 1), "du"),
        (engagement("soutien-primaire", 1440, bilan_le=date(2026, 12, 1)), date(2026, 12, 2), "remis"),
        (engagement("ebp"), date(2027, 8, 31), "a_venir"),
        (engagement("ebp"), date(2027, 9, 1), "du"),
        (engagement("harcelement"), date(2027, 9, 1), "aucun"),
    ],
)
def test_when_a_bilan_is_due(given: Engagement, on: date, standing: str) -> None:
    assert bilan(given, on) == standing


def test_who_receives_the_bilan_depends_on_the_degree() -> None:
    assert engagement("ebp").recipients == ("IEN",)
    assert engagement("ebp", degre="2D").recipients == ("chef d'établissement",)


def test_hours_may_be_done_until_october_once_half_are() -> None:
    assert last_day(YEAR, 1440, 719) == date(2027, 8, 31)
    assert last_day(YEAR, 1440, 720) == date(2027, 10, 31)


def test_a_mission_is_given_hours_entered_and_the_bilan_handed_in(run: Callable[..., tuple[int, str]]) -> None:
    mission = ("E1", "soutien-fondamentaux", "--annee", "2026-2027")
    assert run("pacte", "confier", *mission) == (0, "Mission confiée.\n")
    assert run("pacte", "confier", *mission) == (0, "Mission déjà confiée.\n")
    entered = (("2h", "2026-11-20", "2:00"), ("3h", "2026-11-20", "3:00"), ("45min", "2026-11-21", "3:45"))
    for hours, day, said in entered:
        code, out = run("pacte", "saisir", *mission, "--heures", hours, "--date", day)
        assert (code, out) == (0, f"{said} faites. Rien n'en entre dans les 18 heures.\n")
    (one,) = listed(run)
    assert (one["faites_min"], one["prevues_min"], one["reste_min"], one["bilan"]) == (225, 1080, 855, "a_venir")
    assert one["compte_dans_18h"] is False
    assert listed(run, "--bilans") == []
    (due,) = listed(run, "--bilans", on="2027-09-02")
    assert due["bilan_destinataires"] == ["chef d'établissement", "IEN (en lien)"]
    assert run("pacte", "bilan", *mission, "--date", "2027-06-30") == (0, "Bilan remis le 30/06/2027.\n")
    assert listed(run)[0]["bilan_le"] == "2027-06-30"
    assert run("pacte", "bilan", *mission, "--retirer") == (0, "Bilan à remettre.\n")
    assert "soutien-fondamentaux : 3:45 sur 18:00 ; bilan à venir" in run("pacte", "lister", "--annee", "2026-2027")[1]


def test_hours_are_taken_away_and_then_the_mission(run: Callable[..., tuple[int, str]]) -> None:
    mission = ("E1", "soutien-primaire", "--annee", "2026-2027")
    run("pacte", "confier", *mission, "--demi-part")
    run("pacte", "saisir", *mission, "--heures", "2h", "--date", "2026-11-20")
    code, out = run("pacte", "confier", *mission, "--retirer")
    assert (code, "Des heures sont saisies" in out) == (1, True)
    run("pacte", "saisir", *mission, "--heures", "0", "--date", "2026-11-20")
    assert run("pacte", "confier", *mission, "--retirer") == (0, "Mission retirée.\n")
    assert run("pacte", "lister")[1] == "Aucune mission.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("confier", "E1", "apc"), "n'entrent jamais dans les 18 heures. Ce n'est pas non plus une mission du pacte."),
        (("saisir", "E1", "Conseil d'école", "--heures", "2h"), "les conseils d'école relèvent de 6 autres heures"),
        (("saisir", "E1", "formation sur temps de classe", "--heures", "2h"), "ne sont pas prises sur ces heures"),
        (("confier", "E1", "soutien-primair"), "(vouliez-vous dire « soutien-primaire » ?)"),
        (("confier", "E1", "metiers-interv"), "n'est pas ouverte au premier degré"),
        (("confier", "E1", "ebp", "--demi-part"), "elle n'a pas de demi-part"),
        (("saisir", "E1", "soutien-primaire", "--heures", "2h"), "ne lui est pas confiée"),
        (("saisir", "E1", "soutien-primaire", "--heures", "deux"), "--heures :"),
        (("bilan", "E1", "soutien-primaire"), "ne lui est pas confiée"),
        (("confier", "E9", "ebp"), "n'est ni un identifiant ni une adresse"),
    ],
)
def test_what_is_wrong_is_said(run: Callable[..., tuple[int, str]], arguments: tuple[str, ...], said: str) -> None:
    code, out = run("pacte", *arguments)
    assert (code, said in out) == (1, True), out


def test_what_a_given_mission_refuses(run: Callable[..., tuple[int, str]]) -> None:
    for code in ("ebp", "harcelement", "soutien-primaire"):
        run("pacte", "confier", "E1", code)
    assert "forfait annuel : ses heures ne se comptent pas" in run("pacte", "saisir", "E1", "ebp", "--heures", "1h")[1]
    assert "ne demande pas de bilan" in run("pacte", "bilan", "E1", "harcelement")[1]
    out = run("pacte", "saisir", "E1", "soutien-primaire", "--heures", "1h", "--date", "2027-09-05")[1]
    assert "Le 05/09/2027 n'est pas du temps de cette mission (01/09/2026 au 31/08/2027)." in out


def test_the_list_of_missions_says_all_of_each(run: Callable[..., tuple[int, str]]) -> None:
    out = run("pacte", "missions")[1]
    assert (
        "soutien-fondamentaux\n  Soutien renforcé dans la maîtrise des savoirs fondamentaux\n  18:00, demi-part 9:00"
        in out
    )
    assert "aucune n'entre dans les 108 heures, ni dans les 18 heures." in out
    Nomenclature.model_validate_json(run("pacte", "missions", "--json")[1])


def test_the_18_hour_mission_adds_not_one_minute(run: Callable[..., tuple[int, str]], folder: Path) -> None:
    def figures() -> list[str]:
        ledger = open_ledger(f"sqlite:///{folder / 'registre.db'}")
        with ledger.read() as connection:
            rows = [str(row) for table in (schema.line, schema.balance) for row in connection.execute(sa.select(table))]
        ledger.close()
        return sorted(rows)

    run("rapprocher")
    before = figures()
    run("pacte", "confier", "E1", "soutien-fondamentaux")
    run("pacte", "saisir", "E1", "soutien-fondamentaux", "--heures", "18h")
    run("rapprocher", "--complet")
    assert figures() == before


def test_credit_reads_no_table_of_the_pacte() -> None:
    everybody = sa.select(schema.teacher.c.id)
    said = _stored("heard", heard(everybody))
    apart = (marks(said), decided_lines(said), places(everybody, said))
    known = Known(said, *(_stored(f"apart_{number}", one) for number, one in enumerate(apart)))
    for asked in (heard(everybody), *apart, credit(known).lines):
        assert "pacte" not in str(asked)


def _stored(name: str, asked: sa.Select[Any]) -> sa.TableClause:
    """Return the table that keeps an answer, as a reconciliation keeps it."""
    return sa.table(name, *(sa.column(column.name) for column in asked.selected_columns))


def test_who_writes_is_journalled(run: Callable[..., tuple[int, str]], folder: Path) -> None:
    run("pacte", "confier", "E1", "ebp", "--annee", "2026-2027")
    ledger = open_ledger(f"sqlite:///{folder / 'registre.db'}")
    with ledger.read() as connection:
        row = connection.execute(sa.select(schema.journal)).one()
    ledger.close()
    assert (row.action, row.subject) == ("pacte.confier", "E1")
    assert row.detail == {"mission": "ebp", "annee": "2026-2027", "demi_part": 0}


def test_an_unknown_mission_is_refused() -> None:
    with pytest.raises(DataError, match="n'existe pas"):
        nomenclature().mission("autre")
