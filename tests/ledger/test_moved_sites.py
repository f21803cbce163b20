"""A site that changes its host is one site: the same people, the same modules, one act where both are said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.ledger.gather import gather
from connector.ledger.moved_sites import declare_moved, moved_sites
from connector.ledger.queue import entries
from connector.ledger.queue_settling import close_entry
from connector.ledger.rebuild import rebuild
from connector.ledger.resolve import settle
from connector.ledger.schema import bookmark, course, evidence, journal, resolution, teacher_key
from connector.ledger.sessions import Account, learn_accounts, link_course
from connector.ledger.states import act_states
from connector.settings import Settings
from tests.ledger.kit import (
    ANNE,
    CODE,
    COURSE,
    MODULES,
    SITE,
    T0,
    account,
    bring,
    completed,
    publish,
    received,
    row,
    take,
)

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger

NEW = "https://formation.exemple.fr/moodle"


@pytest.fixture
def before(ledger: Ledger) -> Ledger:
    """Anne, known by her account of the site that is about to move, with something done there."""
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE, compte_moodle=f"{SITE}|anne"))
        learn_accounts(connection, SITE, [Account(39, "anne", ANNE)], at_us=T0)
        publish(connection)
        take(connection, received(completed(account("39")), "1"))
    return ledger


def move(connection: sa.Connection) -> None:
    assert declare_moved(connection, f"{SITE}/", NEW, author="essai", at_us=T0)
    rebuild(connection)


def statuses(connection: sa.Connection) -> list[str | None]:
    return list(connection.scalars(sa.select(resolution.c.reason)))


def acts(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(act_states().subquery())) or 0


def test_without_being_declared_the_new_host_is_another_site(before: Ledger) -> None:
    with before.write() as connection:
        take(connection, received(completed(account("39", NEW), site=NEW), "2"))
        assert sorted(map(str, statuses(connection))) == ["None", "cours_inconnu"]


@pytest.mark.parametrize("late", [SITE, NEW])
def test_what_comes_under_either_host_is_of_the_same_people_and_modules(before: Ledger, late: str) -> None:
    with before.write() as connection:
        move(connection)
        take(connection, received(completed(account("39", late), 102, site=late), "2"))
        assert statuses(connection) == [None, None]
        assert connection.scalars(sa.select(evidence.c.site).distinct()).all() == [NEW]
        said = connection.execute(sa.select(journal.c.action, journal.c.subject).order_by(journal.c.id)).all()
        assert tuple(said[-1]) == ("site.adresse", NEW)


def test_one_act_sent_again_from_the_new_host_is_one_act(before: Ledger) -> None:
    with before.write() as connection:
        again = received(completed(account("39", NEW), site=NEW), "2", stored=60)
        take(connection, again)
        move(connection)
        assert acts(connection) == 1
        take(connection, received(completed(account("anne", NEW), site=NEW), "3", stored=90))
        assert acts(connection) == 1


def test_links_accounts_and_rosters_of_the_old_host_are_those_of_the_new_one(before: Ledger) -> None:
    with before.write() as connection:
        link_course(connection, CODE, NEW, COURSE, MODULES)
        move(connection)
        assert connection.execute(sa.select(course.c.site, course.c.course_id)).all() == [(NEW, COURSE)]
        assert not link_course(connection, CODE, SITE, COURSE, MODULES)
        assert bring(connection, row("A", courriel=ANNE, compte_moodle=f"{SITE}|anne")).nothing
        accounts = sa.select(teacher_key.c.value).where(teacher_key.c.kind == "account")
        assert connection.scalars(accounts).all() == [f"{NEW}|anne"]


def test_a_second_move_follows_the_first_and_declaring_again_is_nothing(before: Ledger) -> None:
    with before.write() as connection:
        move(connection)
        assert not declare_moved(connection, SITE, NEW, author="essai", at_us=T0)
        assert declare_moved(connection, NEW, "https://m.exemple.fr", author="essai", at_us=T0)
        assert moved_sites(connection).site(SITE) == "https://m.exemple.fr"
        assert connection.scalars(sa.select(evidence.c.site)).all() == ["https://m.exemple.fr"]


def test_what_is_remembered_of_a_site_moves_with_it_and_what_today_s_remembers_stays(before: Ledger) -> None:
    kept = {
        f"{SITE}#publication-cours:{CODE}": "published",
        f"{SITE}#appel-7": "roll",
        f"{NEW}#appel-7": "roll of today",
        f"moodle:{SITE}": "marks",
        f"relecture:{SITE}": "read",
        f"{SITE}autre#appel-7": "another site",
        "https://lrs.exemple.fr/xAPI": "cursor",
    }
    with before.write() as connection:
        connection.execute(bookmark.insert(), [{"source": name, "body": body} for name, body in kept.items()])
        move(connection)
        assert {row.source: row.body for row in connection.execute(sa.select(bookmark))} == {
            f"{NEW}#publication-cours:{CODE}": "published",
            f"{NEW}#appel-7": "roll of today",
            f"moodle:{NEW}": "marks",
            f"relecture:{NEW}": "read",
            f"{SITE}autre#appel-7": "another site",
            "https://lrs.exemple.fr/xAPI": "cursor",
        }


def test_an_entry_of_the_queue_that_was_closed_stays_closed(before: Ledger) -> None:
    with before.write() as connection:
        elsewhere = completed(account("40"), course=999)
        take(connection, received(elsewhere, "2"), received(completed(account("41")), "3"))
        for entry in entries(connection):
            close_entry(connection, entry.numero, author="essai", at_us=T0)
        assert len(entries(connection, settled=True)) == 2
        move(connection)
        assert entries(connection) == []
        assert {entry.subject for entry in entries(connection, settled=True)} == {f"{NEW}|41", f"{NEW} : cours 999"}


def test_the_configuration_says_it_to_collecter(before: Ledger, tmp_path: Path) -> None:
    said = f'[[moodle]]\nadresse = "{NEW}"\njeton_fichier = "x"\nanciennes_adresses = ["{SITE}"]\n'
    (tmp_path / "parcours.toml").write_text(said, "utf-8")
    (tmp_path / "vide.jsonl").write_bytes(b"")
    gather(before, Settings.load(tmp_path), [tmp_path / "vide.jsonl"])
    with before.write() as connection:
        settle(connection)
        take(connection, received(completed(account("39", NEW), 102, site=NEW), "2"))
        assert statuses(connection) == [None, None]
