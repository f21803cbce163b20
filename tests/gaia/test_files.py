"""GAIA's files are read line by line: what is wrong is said, and costs nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DataError
from connector.gaia.files import newest_folder, read_export
from connector.gaia.rows import RefusedLineError, formation, intervenant, stagiaire
from tests.gaia.conftest import FORMATIONS, INTERVENANTS, STAGIAIRES

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.gaia.rows import Formation, Intervenant, Stagiaire
    from tests.gaia.conftest import Depot

    Parser = Callable[[list[str]], Formation | Intervenant | Stagiaire]


def test_a_night_is_read_whole(depot: Depot) -> None:
    (export,) = read_export(depot.write())
    assert (export.code, export.day, export.rejects, export.utf8) == ("ACA10", "20261122", (), ())
    first = export.formations[0]
    assert (first.dispositif_name, first.place) == ("Lyon 4, mathématiques", "École J")
    assert (first.debut, first.fin) == (datetime(2026, 10, 7, 13, 30), datetime(2026, 10, 7, 16, 30))  # noqa: DTZ001
    assert [one.national for one in export.formations] == [False, False, False, True]
    assert export.intervenants[0].email == "anne.martin@ac-exemple.fr"
    assert [one.email for one in export.stagiaires][1] == "ines.belkacem@ac-exemple.fr"


def test_the_newest_day_is_taken(depot: Depot) -> None:
    depot.write(day="20261121")
    newest = depot.write(day="20261122")
    assert newest_folder(depot.root) == newest
    assert newest_folder(newest) == newest


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("DEP069|26D0690001|a|b", "14 champs attendus, 4 trouvés"),
        (FORMATIONS[0] + "|de trop", "14 champs attendus, 15 trouvés"),
        (FORMATIONS[0].replace("07/10/2026", "31/02/2026", 1), "n'est pas une date"),
        (FORMATIONS[0].replace("07/10/2026|16:30", "06/10/2026|16:30"), "finit avant d'avoir commencé"),
        (FORMATIONS[0].replace("26D0690001", "26D06900012345"), "dépasse 10 caractères"),
        (FORMATIONS[0].replace("|118|", "||"), "le champ 6 est vide"),
        (FORMATIONS[0].replace("13:30", "14:30"), "contredit une ligne précédente"),
    ],
)
def test_a_bad_line_is_left_out_with_its_reason(depot: Depot, line: str, reason: str) -> None:
    (export,) = read_export(depot.write((*FORMATIONS, line)))
    assert len(export.formations) == len(FORMATIONS)
    (reject,) = export.rejects
    assert (reject.file, reject.line, reject.text) == ("ACA10_Formations_20261122.csv", 5, line)
    assert reason in reject.reason


def test_a_line_said_twice_is_counted(depot: Depot) -> None:
    (export,) = read_export(
        depot.write(stagiaires=(*STAGIAIRES, STAGIAIRES[0], "DEP069|118|Arnaud|Camille|sans-arobase"))
    )
    assert (len(export.stagiaires), export.repeated) == (len(STAGIAIRES), 1)
    assert "n'est pas une adresse électronique" in export.rejects[0].reason


def test_utf8_is_recognised(depot: Depot) -> None:
    (export,) = read_export(depot.write(encoding="utf-8"))
    assert export.formations[0].place == "École J"
    assert export.utf8 == ("ACA10_Formations_20261122.csv", "ACA10_Stagiaires_20261122.csv")


def test_an_export_that_lacks_a_file_is_refused(depot: Depot) -> None:
    folder = depot.write()
    (folder / "ACA10_Stagiaires_20261122.csv").unlink()
    with pytest.raises(DataError, match=r"il manque ACA10_Stagiaires_20261122\.csv"):
        read_export(folder)
    with pytest.raises(DataError, match="Aucun fichier de GAIA"):
        read_export(depot.root)


PARSERS: list[Parser] = [formation, intervenant, stagiaire]


@given(st.lists(st.text(max_size=12), max_size=16), st.sampled_from(PARSERS))
def test_whatever_a_line_holds_it_is_a_row_or_a_refusal(cells: list[str], parse: Parser) -> None:
    with suppress(RefusedLineError):
        assert all(parse(cells).key)


def test_who_is_of_nothing_that_was_read_is_left_out(depot: Depot) -> None:
    (export,) = read_export(
        depot.write(
            intervenants=(*INTERVENANTS, "DEP069|61111|Roussel|Hélène|helene.roussel@ac-exemple.fr|"),
            stagiaires=(*STAGIAIRES, "DEP069|777|Wagner|Zoé|zoe.wagner@ac-exemple.fr"),
        )
    )
    assert (len(export.intervenants), len(export.stagiaires)) == (len(INTERVENANTS), len(STAGIAIRES))
    assert [(one.file, one.line, one.reason) for one in export.rejects] == [
        ("ACA10_Intervenants_20261122.csv", 2, "le module «\xa061111\xa0» n'est d'aucune formation lue"),
        ("ACA10_Stagiaires_20261122.csv", 6, "la session «\xa0777\xa0» n'est d'aucune formation lue"),
    ]
