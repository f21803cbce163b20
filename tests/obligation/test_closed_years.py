"""A closed year: what came late and what was decided since is shown, and changes nothing, whoever is reconciled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger import schema
from connector.obligation.closed_years import close_year, closed_years, refuse_closed, reopen_year, rules_of
from connector.obligation.dossier import read_explanation
from connector.obligation.explain_views import as_text
from connector.obligation.policy import Derogation, LocalRules, Policy, fingerprint
from connector.obligation.reconcile import Reconciled, reconcile
from connector.obligation.rules import Regulation, regulation
from scenarios.calendar import SchoolYear
from tests.obligation import cases
from tests.obligation.world import PARIS, Fact

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from tests.obligation.world import World

YEAR = SchoolYear(2026)
AFTER = 1_824_000_000_000_000
"""In October 2027."""
STRICTER = LocalRules({(cases.CIRCONSCRIPTION, str(YEAR)): Policy("module_3h_sup", 540)})


def world() -> World:
    return cases.read(cases.FOLDER / "achevement_simple.yaml").world


def content(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return sorted(
            str(row) for table in (schema.line, schema.balance) for row in connection.execute(sa.select(table))
        )


def run(ledger: Ledger, local: LocalRules, year: SchoolYear = YEAR, *, complete: bool = False) -> Reconciled:
    with ledger.write() as connection:
        return reconcile(connection, local, year, complete=complete)


def close(ledger: Ledger, local: LocalRules, at_us: int = AFTER) -> bool:
    with ledger.write() as connection:
        return close_year(connection, YEAR, local, author="ien.lyon4", at_us=at_us, zone=PARIS)


@pytest.fixture
def closed(ledger: Ledger) -> Ledger:
    with ledger.write() as connection:
        world().write(connection)
    run(ledger, LocalRules())
    assert close(ledger, LocalRules())
    return ledger


def late(ledger: Ledger) -> None:
    with ledger.write() as connection:
        world().take(connection, [Fact("E1", "S1", "lecture", None, "done", world().facts[0].timestamp_us, 1, 99)])


def test_late_evidence_is_shown_and_changes_nothing(closed: Ledger) -> None:
    before = content(closed)
    late(closed)
    run(closed, LocalRules())
    assert content(closed) == before
    done = run(closed, LocalRules(), complete=True)
    assert content(closed) == before
    assert ("S1/lecture", "minutes", None) in {(one.objet, one.champ, one.avant) for one in done.differences}
    assert done.different == len(done.differences) > 0


def test_a_policy_changed_since_is_shown_and_changes_nothing(closed: Ledger) -> None:
    before = content(closed)
    assert run(closed, STRICTER) == Reconciled(teachers=0, lines=0, balances=0)
    assert run(closed, LocalRules(), complete=True).different == 0
    shorter = LocalRules(derogations={("E1", str(YEAR)): Derogation(720, "decision_ien")})
    found = {one.champ: (one.avant, one.apres) for one in run(closed, shorter, complete=True).differences}
    assert found == {"due_min": (1080, 720)}
    assert content(closed) == before


def test_a_rule_set_changed_since_is_shown_and_changes_nothing(closed: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of the program brings another figure: the closed year keeps, and explains, the one it had."""
    said = regulation().model_dump()
    *older, current = said["jeux"]
    said["jeux"] = [*older, current | {"total_min": 1200}]
    newer = Regulation.model_validate(said)
    assert newer.fingerprint != regulation().fingerprint
    for name in ("connector.obligation.due.regulation", "connector.obligation.reconcile.regulation"):
        monkeypatch.setattr(name, lambda: newer)
    before = content(closed)
    done = run(closed, LocalRules(), complete=True)
    assert [(one.champ, one.avant, one.apres) for one in done.differences] == [("due_min", 1080, 1200)]
    assert content(closed) == before
    with closed.read() as connection:
        found = read_explanation(connection, "E1", YEAR, LocalRules())
    assert found.due.minutes == 1080


def test_a_roster_changed_since_is_told(closed: Ledger) -> None:
    with closed.write() as connection:
        connection.execute(schema.service.update().values(quotite=50_000))
    with closed.read() as connection:
        text = as_text(read_explanation(connection, "E1", YEAR, LocalRules()))
    assert "Année close le 20/10/2027 par ien.lyon4, avec les règles d'alors." in text
    assert "Le dû a été arrêté à 18:00 à la clôture\u00a0: le fichier des personnels, qui a changé depuis," in text


def test_a_session_that_moves_to_another_year_leaves_the_closed_one_as_it_was(closed: Ledger) -> None:
    before = content(closed)
    with closed.write() as connection:
        connection.execute(schema.session.update().values(annee_scolaire="2027-2028"))
        connection.execute(schema.touched.insert().values(teacher_id=1))
    run(closed, LocalRules())
    assert set(before) <= set(content(closed))


def test_the_other_years_go_on(closed: Ledger) -> None:
    assert run(closed, LocalRules(), SchoolYear(2027)).balances == 1
    with closed.read() as connection:
        years = connection.scalars(sa.select(schema.balance.c.annee_scolaire)).all()
    assert sorted(years) == ["2026-2027", "2027-2028"]


def test_closing_twice_is_closing_once_and_a_year_that_goes_on_is_not_closed(closed: Ledger, ledger: Ledger) -> None:
    assert not close(closed, STRICTER)
    with ledger.read() as connection:
        (found,) = closed_years(connection).values()
        assert (found.year, found.author, found.local) == (YEAR, "ien.lyon4", LocalRules())
        with pytest.raises(DataError, match="est close"):
            refuse_closed(connection, YEAR)
        refuse_closed(connection, SchoolYear(2027))
        assert rules_of(connection, YEAR, STRICTER)[1] == LocalRules()
        assert rules_of(connection, SchoolYear(2027), STRICTER)[1] is STRICTER
    with ledger.write() as connection:
        assert reopen_year(connection, YEAR, author="x", at_us=0)
        assert not reopen_year(connection, YEAR, author="x", at_us=0)
    with pytest.raises(DataError, match="n'est pas finie"):
        close(ledger, LocalRules(), at_us=AFTER - 60 * 86_400_000_000)


def test_local_rules_are_kept_whole(closed: Ledger) -> None:
    given = LocalRules(
        STRICTER.policies, {("E1", str(YEAR)): Derogation(720, "decision_ien"), ("E2", "2025-2026"): Derogation(1, "x")}
    )
    with closed.write() as connection:
        reopen_year(connection, YEAR, author="x", at_us=0)
    close(closed, given)
    with closed.read() as connection:
        kept = closed_years(connection)[YEAR].local
    assert (kept.policies, kept.derogations) == (given.policies, {("E1", str(YEAR)): Derogation(720, "decision_ien")})


def test_the_fingerprint_is_of_figures() -> None:
    law = regulation()
    plain = fingerprint(law, Policy(), None)
    assert fingerprint(law, Policy(decide_par="IEN"), None) == plain
    assert (
        len({plain, fingerprint(law, Policy("module_3h_sup"), None), fingerprint(law, Policy(), Derogation(1, "x"))})
        == 3
    )
    said: dict[str, Any] = law.model_dump()
    said["situations"]["TR"] |= {"libelle": "autre mot"}
    assert Regulation.model_validate(said).fingerprint == law.fingerprint


def test_whose_rules_changed_is_reconciled_by_itself(ledger: Ledger) -> None:
    with ledger.write() as connection:
        world().write(connection)
    derogated = LocalRules(derogations={("E1", str(YEAR)): Derogation(720, "decision_ien")})
    for local in (LocalRules(), STRICTER, derogated, LocalRules()):
        assert run(ledger, local).teachers == 1
        assert run(ledger, local).teachers == 0
