"""Dashboards: each figure is added up again, plainly, from what was written into the ledger."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import ConfigError
from connector.language import listed
from connector.ledger import schema
from connector.ledger.scope import EVERYTHING, Scope
from connector.reports import questions
from connector.reports.boards.digital import OTHER, few_of
from connector.reports.boards.network import responsible
from connector.reports.boards.statistics import days
from connector.reports.masking import THRESHOLD, hidden_rows
from connector.settings import Settings
from scenarios.calendar import SchoolYear
from tests.reports.academy import (
    CONFIGURATION,
    FIP,
    NETWORK,
    PRIVATE,
    SCHOOLS,
    SESSIONS,
    TIED,
    A,
    B,
    C,
    people,
    write_academy,
)
from tests.reports.kit import ACTIVITIES, write_participant

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger

YEAR = SchoolYear(2026)
PEOPLE = people()
OWING = [one for one in PEOPLE if one.degre == "1D"]
PLANNED = {"presence": 180, "distance": 555}
"""Of each session, from ACTIVITIES."""


@pytest.fixture
def academy(ledger: Ledger) -> Ledger:
    with ledger.write() as connection:
        write_academy(connection)
    return ledger


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "parcours.toml").write_text(CONFIGURATION, encoding="utf-8")
    return Settings.load(tmp_path)


def test_a_trainers_report_adds_up_their_sessions(academy: Ledger) -> None:
    with academy.read() as connection:
        board = questions.formateur(connection, EVERYTHING, YEAR, FIP.upper())
        other = questions.formateur(connection, EVERYTHING, YEAR, "p1@ac-exemple.fr")
    assert other is None
    assert board is not None
    said = board.document()
    for row in said["sessions"]:
        theirs = [one.minutes for one in PEOPLE if one.session == row["code"]]
        assert row["inscrits"] == len(theirs) + (6 if row["code"] == "MATHS" else 0)
        assert row["credites"] == sum(any(one) for one in theirs)
        assert row["presence_min"] == sum(one[0] for one in theirs)
        assert row["distance_min"] == sum(one[1] + one[2] for one in theirs)
    assert {row["code"]: (row["roles"], row["creneaux_min"]) for row in said["sessions"]} == {
        "MATHS": (("formateur",), 360),
        "FRANCAIS": (("formateur", "concepteur"), 0),
    }
    assert [row["matricule"] for row in said["parcours_concus"]] == ["26_ACA10_FRANCAIS"]
    assert said["chiffres"]["credite_min"] == sum(row["presence_min"] + row["distance_min"] for row in said["sessions"])
    assert said["annees"] == [
        {
            "annee_scolaire": "2026-2027",
            "sessions": 2,
            **{key: sum(row[key] for row in said["sessions"]) for key in ("inscrits", "presence_min", "distance_min")},
        }
    ]


def test_who_may_read_a_trainers_report(academy: Ledger) -> None:
    def asked(scope: Scope) -> dict[str, int]:
        with academy.read() as connection:
            board = questions.formateur(connection, scope, YEAR, FIP)
        return {row["code"]: row["inscrits"] for row in board.document()["sessions"]} if board else {}

    assert asked(Scope("formateur", (FIP,))) == asked(EVERYTHING)
    assert asked(Scope("formateur", ("maths@x.fr",))) == {}
    assert asked(Scope("enseignant", ("P1",))) == {}
    of_a = Counter(one.session for one in PEOPLE if one.circonscription == A)
    assert asked(Scope("ien", (A,))) == {code: of_a[code] for code in ("MATHS", "FRANCAIS")}


def test_a_network_over_two_circonscriptions_adds_up(academy: Ledger, settings: Settings) -> None:
    with academy.read() as connection:
        board = questions.reseau(connection, settings, EVERYTHING, YEAR, "REP Jean-Moulin")
    assert board is not None
    said = board.document()
    *schools, total = said["ecoles"]
    inside = [one for one in OWING if one.ecole in NETWORK]
    assert total["enseignants"] == len(inside)
    assert total["retenu_min"] == sum(sum(one.minutes) for one in inside)
    for row in schools:
        here = [one for one in inside if one.ecole == row["uai"]]
        assert row["enseignants"] in (len(here), None)
        assert row["presence_min"] in (sum(one.minutes[0] for one in here), None)
    assert sum(row["enseignants"] is None for row in schools) >= 2, "the private school has two teachers of 1D"
    assert [(row["uai"], row["ecoles"], row["responsable"]) for row in said["circonscriptions"]] == [
        (A, 3, "oui"),
        (B, 2, ""),
    ]
    assert said["chiffres"]["ien_responsable"] == "Lyon 1"


def test_a_tie_is_told_and_an_unknown_network_is_a_sentence(academy: Ledger, tmp_path: Path) -> None:
    said = CONFIGURATION.replace(repr(list(NETWORK)), repr([*TIED, "0690009K"]))
    (tmp_path / "parcours.toml").write_text(said, encoding="utf-8")
    settings = Settings.load(tmp_path)
    with academy.read() as connection:
        board = questions.reseau(connection, settings, EVERYTHING, YEAR, "REP Jean-Moulin")
        with pytest.raises(ConfigError, match="REP Jean-Moulin"):
            questions.reseau(connection, settings, EVERYTHING, YEAR, "REP Moulin")
    assert board is not None
    assert (
        board.document()["chiffres"]["ien_responsable"]
        == f"à égalité\N{NO-BREAK SPACE}: {listed(('Lyon 1', 'Lyon 2'))}"
    )
    assert "0690009K" in board.panels[0].note
    (tmp_path / "parcours.toml").write_text(said + said[said.index("[[reseau]]") :], encoding="utf-8")
    with pytest.raises(ConfigError, match=r"\[\[reseau\]\] : nom en double"):
        Settings.load(tmp_path)


@given(st.dictionaries(st.integers(0, 30).map(str), st.sampled_from("XYZ"), min_size=1))
def test_the_responsible_ien_has_no_fewer_schools_than_anybody(schools: dict[str, str]) -> None:
    chosen = responsible(schools)
    counts = Counter(schools.values())
    assert {counts[one] for one in chosen} == {max(counts.values())}
    assert all(counts[one] < max(counts.values()) for one in counts if one not in chosen)


def test_what_is_done_at_a_distance_adds_up(academy: Ledger, settings: Settings) -> None:
    with academy.read() as connection:
        whole = questions.numerique(connection, settings, EVERYTHING, YEAR, None)
        part = questions.numerique(connection, settings, EVERYTHING, YEAR, "REP Jean-Moulin")
    for board, among in ((whole, OWING), (part, [one for one in OWING if one.ecole in NETWORK])):
        assert board is not None
        said = board.document()
        *places, total = said["circonscriptions"]
        assert total["enseignants"] == len(among)
        assert said["chiffres"]["distance_min"] == sum(one.minutes[1] + one.minutes[2] for one in among)
        for row in places:
            here = [one for one in among if one.circonscription == row["code"]]
            minutes = [sum(one.minutes[mode] for one in here) for mode in range(3)]
            names = ("presence_min", "distance_synchrone_min", "distance_asynchrone_min")
            assert [row[name] for name in names] in (minutes, [None] * 3)
            assert row["a_distance"] in (sum(any(one.minutes[1:]) for one in here), None)
            assert (row["presence_min"] is None) == (sum(any(one.minutes[1:]) for one in here) < THRESHOLD)
        by_theme = {row["nom"]: row["distance_asynchrone_min"] for row in said["themes"]}
        maths = sum(one.minutes[2] for one in among if one.session == "MATHS")
        assert by_theme["mathématiques"] == maths


def test_statistics_tell_degrees_and_sectors(academy: Ledger, settings: Settings) -> None:
    with academy.read() as connection:
        board = questions.statistiques(connection, settings, EVERYTHING, YEAR)
    assert board is not None
    said = board.document()
    *groups, total = said["groupes"]
    assert sum(minutes for _name, _titre, mode, minutes in ACTIVITIES if mode != "presence") == PLANNED["distance"]
    for row in groups:
        here = [
            one
            for one in PEOPLE
            if (one.departement, one.degre, "PR" if one.ecole == PRIVATE else "PU")
            == (row["departement"], row["degre"], row["secteur"])
        ]
        if row["stagiaires"] is not None and row["departement"] != "hors du registre":
            assert row["stagiaires"] == row["participations"] == len(here)
            assert row["presence_min"] == PLANNED["presence"] * len(here)
            assert row["journees"] == days(735 * len(here)) / 10
            assert row["credite_distance_min"] == sum(one.minutes[1] + one.minutes[2] for one in here)
    shown = {(row["departement"], row["degre"], row["secteur"]) for row in groups if row["stagiaires"] is not None}
    masked = {(row["departement"], row["degre"], row["secteur"]) for row in groups if row["stagiaires"] is None}
    assert shown == {("069", "1D", "PU"), ("042", "1D", "PU"), ("069", "2D", "PR")}
    assert masked == {("069", "1D", "PR"), ("hors du registre", "", "")}
    assert total["participations"] == len(PEOPLE) + 6
    assert total["credite_presence_min"] == sum(one.minutes[0] for one in PEOPLE)


def test_a_total_of_few_people_is_masked_too(academy: Ledger, settings: Settings) -> None:
    with academy.write() as connection:
        connection.execute(schema.participant.delete())
        connection.execute(schema.line.delete().where(schema.line.c.teacher_id > 4))
    with academy.read() as connection:
        statistics = questions.statistiques(connection, settings, EVERYTHING, YEAR)
        digital = questions.numerique(connection, settings, EVERYTHING, YEAR, None)
    assert statistics is not None
    assert digital is not None
    assert {figure.value for figure in statistics.figures} == {None}
    assert statistics.document()["groupes"][-1]["presence_min"] is None
    assert digital.document()["chiffres"]["distance_min"] is None


def test_versions_of_a_parcours_are_one_in_the_statistics(academy: Ledger, settings: Settings) -> None:
    with academy.write() as connection:
        connection.exec_driver_sql("UPDATE session SET parcours_key = '26_ACA10_MATHS' WHERE code = 'FRANCAIS'")
    with academy.read() as connection:
        board = questions.statistiques(connection, settings, EVERYTHING, YEAR)
    assert board is not None
    rows = {row["matricule"]: row["sessions"] for row in board.document()["parcours"]}
    assert rows == {"26_ACA10_MATHS": 2, "26_ACA10_AUTRE": 1}


def test_a_departement_shows_its_rows_of_the_academie_and_no_more(academy: Ledger, settings: Settings) -> None:
    with academy.read() as connection:
        academie = questions.academie(connection, settings, EVERYTHING, YEAR, "Lyon")
        rhone = questions.departement(connection, settings, EVERYTHING, YEAR, "069")
        nothing = questions.departement(connection, settings, EVERYTHING, YEAR, "038")
    assert nothing is None
    assert academie is not None
    assert rhone is not None
    assert [one.uai for one in academie.circonscriptions] == sorted((A, B, C))
    assert rhone.circonscriptions == tuple(one for one in academie.circonscriptions if one.uai in (A, B))
    assert rhone.total.enseignants == sum(one.circonscription in (A, B) for one in OWING)
    assert rhone.document()["departement"] == "069"


def test_a_masked_figure_of_a_departement_is_masked_in_its_total(academy: Ledger, settings: Settings) -> None:
    with academy.write() as connection:
        connection.execute(schema.balance.update().where(schema.balance.c.circonscription == B).values(etat="atteint"))
    with academy.read() as connection:
        found = questions.departement(connection, settings, EVERYTHING, YEAR, "069")
    assert found is not None
    assert None in [one.incomplet for one in found.circonscriptions]
    assert found.total.incomplet is None


def test_somebody_outside_their_services_counts_where_they_were_nearest(academy: Ledger, settings: Settings) -> None:
    """Their service ended before the session: statistics still say where they were."""
    with academy.write() as connection:
        connection.exec_driver_sql("UPDATE service SET end_us = 0")
        write_participant(connection, "MATHS", 1, groupe=None, listed=False)
    with academy.read() as connection:
        board = questions.statistiques(connection, settings, EVERYTHING, YEAR)
    assert board is not None
    places = [row["departement"] for row in board.document()["groupes"]]
    assert places == ["hors du registre", "042", "069", "069", "069", "Ensemble"]
    assert len(SCHOOLS) == 6


@given(st.lists(st.integers(1, 40), max_size=9))
def test_what_a_total_lacks_is_neither_one_row_nor_a_few_people(counts: list[int]) -> None:
    hidden = hidden_rows(counts)
    assert all(count >= THRESHOLD for rank, count in enumerate(counts) if rank not in hidden)
    if hidden and len(counts) > 1:
        assert len(hidden) >= 2
    if hidden and any(count >= THRESHOLD for count in counts):
        assert sum(counts[rank] for rank in hidden) >= THRESHOLD


@pytest.mark.parametrize(("minutes", "tenths"), [(0, 0), (360, 10), (180, 5), (17, 0), (18, 1), (735 * 8, 163)])
def test_a_trainee_day_is_six_hours(minutes: int, tenths: int) -> None:
    assert days(minutes) == tenths


THEMES = ("mathématiques", "français", OTHER)
OF = dict(zip((code for code, *_ in SESSIONS), THEMES, strict=True))


def test_a_theme_adds_up_and_tells_no_more_than_the_whole(academy: Ledger, settings: Settings) -> None:
    with academy.read() as connection:
        boards = {
            theme: questions.numerique(connection, settings, EVERYTHING, YEAR, None, theme) for theme in (None, *THEMES)
        }
        with pytest.raises(ConfigError, match="Un réseau, ou un thème"):
            questions.numerique(connection, settings, EVERYTHING, YEAR, "REP Jean-Moulin", OTHER)
    said = {theme: board.document()["circonscriptions"] for theme, board in boards.items() if board is not None}
    assert set(said) == {None, *THEMES}
    names = ("presence_min", "distance_synchrone_min", "distance_asynchrone_min")
    shown = 0
    for code, _place, theme in SESSIONS:
        *places, total = said[OF[code]]
        assert total["enseignants"] == len(OWING)
        for row in (*places, total):
            here = [one for one in OWING if one.session == code and row["code"] in ("", one.circonscription)]
            told = [row[name] for name in names]
            assert told in ([sum(one.minutes[mode] for one in here) for mode in range(3)], [None] * 3), (theme, row)
            shown += told != [None] * 3
    assert shown > 0
    for rank in range(len(said[None])):
        masked = [theme for theme in THEMES if said[theme][rank]["presence_min"] is None]
        assert len(masked) != 1, "one theme alone is what the others leave of the whole"


def test_a_parcours_is_of_the_domain_that_the_catalogue_gives_it(academy: Ledger, settings: Settings) -> None:
    domains = {"26_ACA10_AUTRE": "école inclusive", "26_ACA10_MATHS": "robotique"}
    with academy.read() as connection:
        board = questions.numerique(connection, settings, EVERYTHING, YEAR, None, domains=domains)
        one = questions.numerique(connection, settings, EVERYTHING, YEAR, None, "école inclusive", domains)
    assert board is not None
    assert one is not None
    assert [row["nom"] for row in board.document()["themes"]] == ["français", "école inclusive", "robotique"]
    far = sum(sum(person.minutes[1:]) for person in OWING if person.session == "AUTRE")
    assert one.document()["chiffres"]["distance_min"] == far


def test_a_theme_hides_what_the_others_would_give_back() -> None:
    def rows(**counts: tuple[int, int, int]) -> list[dict[str, object]]:
        return [
            {"code": code, "theme": theme, "a_distance": count}
            for code, row in counts.items()
            for theme, count in zip(THEMES, row, strict=True)
        ]

    large = rows(A=(30, 30, 30), B=(20, 20, 20), C=(10, 10, 10))
    assert {few_of(theme, "ABC", large) for theme in THEMES} == {frozenset()}
    one = rows(A=(30, 30, 30), B=(20, 20, 20), C=(3, 10, 11))
    hidden = {theme: few_of(theme, "ABC", one) for theme in THEMES}
    assert 2 in hidden["mathématiques"]
    assert not hidden["mathématiques"] & {0, 3}, "neither a large place, nor the sum of all"
    assert all(len(ranks) != 1 for ranks in hidden.values()), "the sum of a theme gives none back"
    for rank in range(3):
        assert sum(rank in ranks for ranks in hidden.values()) != 1, "nor does that of a place"
