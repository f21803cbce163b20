"""What is applied in class: each rate is counted again, plainly, from the acts that were written into the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.language import speaking
from connector.ledger import schema
from connector.ledger.scope import EVERYTHING, Scope
from connector.reports import questions
from connector.reports.classroom import masked_applied
from connector.reports.masking import THRESHOLD
from connector.reports.renderings import render
from connector.reports.table import share
from connector.settings import Settings
from scenarios.calendar import SchoolYear
from tests.language.test_catalogue import escaped
from tests.reports.academy import (
    CLASSES,
    CONFIGURATION,
    TRAINS,
    UNLISTED,
    A,
    B,
    C,
    acts,
    people,
    write_academy,
    write_classroom,
)

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger

YEAR = SchoolYear(2026)
DATA = {"Rencontre"}
"""A title of the invented world that is a French word."""
PEOPLE = people()


def plainly() -> dict[tuple[int, str, str], bool]:
    """Return, for each teacher and activity concerned, whether it is done: the last word that was not voided."""
    concerned = {(one.number, one.session, name): False for one in PEOPLE for name in CLASSES.get(one.session, ())}
    concerned[UNLISTED, "MATHS", "oser"] = False
    for act in sorted(acts(), key=lambda act: act.at_us):
        if not act.voided:
            concerned[act.teacher, act.code, act.activity] = act.state == "done"
    return {key: done for key, done in concerned.items() if (key[0], key[1]) != (TRAINS, "MATHS")}


@pytest.fixture
def academy(ledger: Ledger) -> Ledger:
    with ledger.write() as connection:
        write_academy(connection)
        write_classroom(connection)
    return ledger


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "parcours.toml").write_text(CONFIGURATION, encoding="utf-8")
    return Settings.load(tmp_path)


def test_every_rate_is_that_of_the_acts(academy: Ledger, settings: Settings) -> None:
    """Of a session, of a circonscription and of the académie, on both databases."""
    truth = plainly()
    assert set(truth.values()) == {True, False}
    of = {one.number: one for one in PEOPLE}
    with academy.read() as connection:
        sessions = {code: questions.session(connection, EVERYTHING, code) for code in (*CLASSES, "AUTRE")}
        lists = {
            uai: questions.circonscription(connection, settings, EVERYTHING, YEAR, uai, details=False)
            for uai in (A, B, C)
        }
        academie = questions.academie(connection, settings, EVERYTHING, YEAR, "Lyon")
        rhone = questions.departement(connection, settings, EVERYTHING, YEAR, "069")
        narrowed = questions.session(connection, Scope("ien", (A,)), "MATHS")
    for code, report in sessions.items():
        assert report is not None
        found = {(one.id, one.faites, one.concernes, one.part) for one in report.applications}
        wanted = set()
        for name in CLASSES.get(code, ()):
            here = [done for (_, where, what), done in truth.items() if (where, what) == (code, name)]
            wanted.add((name, sum(here), len(here), round(100 * sum(here) / len(here)) * 1000))
        assert found == wanted
        told = {
            (int(person["identifiant"][1:]), code, one["activite"]): one["faite"]
            for person in report.document()
            for one in person["mises_en_oeuvre"]
        }
        assert told == {key: done for key, done in truth.items() if key[1] == code}
        assert len(report.tables()) == (3 if code in CLASSES else 2)
        assert not {one.id for one in report.activities} & {name for names in CLASSES.values() for name in names}
    done = {number: any(d for (who, _, _), d in truth.items() if who == number) for number, _, _ in truth}
    for uai, listing in lists.items():
        here = [did for number, did in done.items() if of[number].circonscription == uai]
        assert listing.applied == (sum(here), len(here))
    assert narrowed is not None
    assert {
        of[int(person.identifiant[1:])].circonscription for one in narrowed.applications for person in one.done
    } == {A}
    assert academie is not None
    assert rhone is not None
    owing = [number for number in done if of[number].degre == "1D"]
    for row in academie.applied[:-1]:
        here = [done[number] for number in owing if of[number].circonscription == row.uai]
        assert row.faites in (sum(here), None)
        assert row.concernes in (len(here), None)
    total = academie.applied[-1]
    assert (total.faites, total.concernes) == (sum(done[number] for number in owing), len(owing))
    assert [row.uai for row in rhone.applied] == [A, B, ""]
    assert rhone.applied[:-1] == tuple(row for row in academie.applied if row.uai in (A, B))
    assert rhone.applied[-1].concernes == sum(of[number].departement == "069" for number in owing)
    said = academie.document()["mises_en_oeuvre"]
    assert [one["part"] for one in said] == [row.part and row.part / 1000 for row in academie.applied]


def test_pages_say_it_in_both_languages(academy: Ledger, settings: Settings) -> None:
    with academy.read() as connection:
        for language, words in (("fr", "jamais crédité"), ("en", "never credited")):
            with speaking(language):
                session = questions.session(connection, EVERYTHING, "MATHS")
                place = questions.circonscription(connection, settings, EVERYTHING, YEAR, A, details=False)
                academie = questions.academie(connection, settings, EVERYTHING, YEAR, "Lyon")
                for report in (session, place, academie):
                    assert report is not None
                    page = render(report, "html").decode()
                    assert words in page
                    assert language == "fr" or set(escaped(page)) <= DATA


def test_without_anything_to_apply_nothing_is_said_of_it(academy: Ledger, settings: Settings) -> None:
    with academy.write() as connection:
        connection.execute(schema.activity.delete().where(schema.activity.c.modalite == "en_classe"))
    with academy.read() as connection:
        academie = questions.academie(connection, settings, EVERYTHING, YEAR, "Lyon")
        session = questions.session(connection, EVERYTHING, "MATHS")
    assert academie is not None
    assert session is not None
    assert (academie.applied, len(academie.tables()), academie.document()["mises_en_oeuvre"]) == ((), 1, [])
    assert (session.applications, len(session.tables())) == ((), 2)


COUNTS = st.lists(
    st.integers(0, 30).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), min_size=1
)


@given(COUNTS, st.data())
def test_few_people_are_masked_and_a_place_whose_size_is_masked_tells_nothing(
    counts: list[tuple[int, int]], data: st.DataObject
) -> None:
    rows = [(f"U{rank}", *both) for rank, both in enumerate(counts)]
    unsized = data.draw(st.sets(st.sampled_from([*(uai for uai, _, _ in rows), ""])))
    found = masked_applied(rows, {}, unsized)
    assert [row.uai for row in found] == [*(uai for uai, _, _ in rows), ""]
    for row in found:
        shown = (row.faites, row.pas_encore, row.concernes)
        assert all(one is None or one >= THRESHOLD for one in shown)
        assert row.uai not in unsized or shown == (None, None, None)
    for name in ("faites", "pas_encore", "concernes"):
        hidden = [getattr(row, name) for row in found].count(None)
        assert hidden != 1 or len(found) == 1


def test_a_share_is_rounded_half_up_and_one_of_nothing_is_nothing() -> None:
    assert (share(0, 0), share(1, 3), share(1, 8), share(2, 2), share(3, 2)) == (0, 33_000, 13_000, 100_000, 150_000)


@given(part=st.integers(0, 10**7), whole=st.integers(1, 10**7))
@example(part=249, whole=250)
@example(part=1, whole=250)
def test_only_all_is_a_hundred_percent_and_only_nothing_is_none(part: int, whole: int) -> None:
    found = share(min(part, whole), whole)
    assert (found == 100_000) == (part >= whole)
    assert (found == 0) == (part == 0)
    assert abs(found - 100_000 * min(part, whole) / whole) < 1000
