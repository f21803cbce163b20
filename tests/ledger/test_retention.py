"""What is old enough goes, what is not stays, and what stays comes out the same when it is derived again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.instants import PARIS
from connector.ledger.journal import record
from connector.ledger.needs import Wording, put_need
from connector.ledger.rebuild import rebuild
from connector.ledger.resolve import settle
from connector.ledger.retention import Limits, remove_old
from connector.ledger.sessions import Account, absorb_snapshot, learn_accounts, link_course
from connector.obligation.closed_years import close_year
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import reconcile
from scenarios.calendar import SchoolYear
from scenarios.snapshot import PlannedParticipant
from tests.ledger.kit import (
    ANNE,
    BRUNO,
    CODE,
    COURSE,
    MODULES,
    SITE,
    T0,
    account,
    bring,
    completed,
    mbox,
    received,
    row,
    snapshot,
    take,
)  # fmt: skip

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

OLD, OLD_COURSE, OLD_MODULES = "ANCIENNE-2019A", 7, {71: "accueil"}
LAST = -7 * 365 * 86_400
"""Seven years before T0, in seconds."""
EVERYTHING = Limits.on(date(2026, 11, 22), years=5, waiting=400, journal=365, notes=1100)


@pytest.fixture
def kept(ledger: Ledger) -> Ledger:
    """Anne, who serves, and Claude, who left in 2020; a session of 2019 and one of today, each done by both."""
    with ledger.write() as connection:
        bring(
            connection,
            row("A", courriel=ANNE),
            row("P", courriel=BRUNO, debut="2015-09-01", fin="2020-08-31", nom="Parti", prenom="Claude"),
        )
        listed = tuple(
            PlannedParticipant(courriel=one, origine="invitation", cadre="animation") for one in (ANNE, BRUNO)
        )
        past = {"code": OLD, "annee_scolaire": "2019-2020", "debut": date(2019, 10, 1), "fin": date(2019, 12, 1)}
        absorb_snapshot(connection, snapshot(**past, participants=listed), at_us=T0 + LAST * 10**6)
        absorb_snapshot(connection, snapshot(), at_us=T0)
        link_course(connection, OLD, SITE, OLD_COURSE, OLD_MODULES)
        link_course(connection, CODE, SITE, COURSE, MODULES)
        seen = [Account(80, "inconnue", "inconnue@ailleurs.fr"), Account(39, "anne", ANNE)]
        learn_accounts(connection, SITE, seen, at_us=T0 + LAST * 10**6)
        take(
            connection,
            received(completed(mbox(ANNE), 71, at=LAST, course=OLD_COURSE), "old-anne", LAST),
            received(completed(mbox(BRUNO), 71, at=LAST, course=OLD_COURSE), "old-claude", LAST),
            received(completed(mbox("inconnue@ailleurs.fr"), at=LAST), "stranger", LAST),
            received(completed(mbox("nouveau@ailleurs.fr")), "newcomer"),
            received(completed(account("39"), 102), "anne"),
        )
        for year, at_us, people in (("2019-2020", T0 + LAST * 10**6, {2}), ("2026-2027", T0, set())):
            said = Wording(year, "0690001A", "0693456G", "C2", "français", people=frozenset(people))
            put_need(connection, said, "ien", at_us)
        record(connection, T0 + LAST * 10**6, "ien", "rapport.enseignant", "P")
        record(connection, T0 + LAST * 10**6, "dpo", "rgpd.effacer", "EFFACE-0")
        record(connection, T0, "ien", "rapport.enseignant", "A")
        settle(connection)
        reconcile(connection, LocalRules(), SchoolYear(2026))
    return ledger


def tables(connection: sa.Connection, *names: str) -> list[list[Any]]:
    return [
        [tuple(one) for one in connection.execute(table.select().order_by(*table.primary_key))]
        for table in (schema.metadata.tables[name] for name in names)
    ]


def test_an_old_year_goes_with_whoever_left_and_whoever_was_never_known(kept: Ledger) -> None:
    with kept.write() as connection:
        today = sa.and_(schema.line.c.annee_scolaire == "2026-2027", schema.line.c.teacher_id == 1)
        before = connection.execute(schema.line.select().where(today)).all()
        assert before
        went = remove_old(connection, EVERYTHING)
        assert {name: number for name, number in went.items() if number} == {
            "preuves": 2, "lignes": 4, "bilans": 2, "sessions": 1, "attente": 1, "personnes": 1,
            "besoins": 1, "journal": 2,
        }  # fmt: skip
        left = repr(tables(connection, *schema.metadata.tables))
        assert [one for one in ("inconnue@", "|inconnue", "Parti", BRUNO, OLD, "2019-2020") if one in left] == []
        assert [one for one in (ANNE, "nouveau@ailleurs.fr", CODE, "EFFACE-0") if one not in left] == []
        assert set(remove_old(connection, EVERYTHING).values()) == {0}
        kept_rows = tables(connection, "line", "balance", "resolution")
        rebuild(connection)
        reconcile(connection, LocalRules(), SchoolYear(2026), complete=True)
        assert tables(connection, "line", "balance", "resolution") == kept_rows
        assert connection.execute(schema.line.select().where(today)).all() == before


def test_nothing_goes_on_the_day_before_its_limit(kept: Ledger) -> None:
    days = (date(2026, 11, 22) - date(2019, 10, 9)).days  # since what is oldest
    with kept.write() as connection:
        limits = Limits.on(date(2026, 11, 22), years=7, waiting=days, journal=days, notes=days)
        assert set(remove_old(connection, limits).values()) == {0}
        went = remove_old(connection, Limits.on(date(2026, 11, 23), years=7, waiting=days, journal=days, notes=days))
        assert {name: number for name, number in went.items() if number} == {"attente": 1, "journal": 2}


def test_what_a_closed_year_kept_of_a_session_that_changed_its_year_goes_with_it(kept: Ledger) -> None:
    of_then = sa.select(sa.func.count()).where(schema.line.c.annee_scolaire == "2019-2020")
    with kept.write() as connection:
        close_year(connection, SchoolYear(2019), LocalRules(), author="dpo", at_us=T0, zone=PARIS)
        absorb_snapshot(connection, snapshot(code=OLD), at_us=T0)
        settle(connection)
        reconcile(connection, LocalRules(), SchoolYear(2026))
        assert connection.scalar(of_then) == 4
        went = remove_old(connection, EVERYTHING)
        assert (went["sessions"], went["lignes"], connection.scalar(of_then)) == (0, 4, 0)
