"""How people are recognised, today and formerly: whatever asks who is who asks here.

A person's word (`settle_key`) beats the roster's; what the roster said once still names the person, with its dates, as
long as nobody else is given it: a teacher who marries or moves keeps what was done under the former address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger.journal import record
from connector.ledger.schema import MAX_US, teacher, teacher_key
from connector.ledger.upsert import upsert
from xapi.names import normalise_email

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.sql.selectable import NamedFromClause

    from connector.ledger.roster import Key

ROSTER, PERSON = "personnels", "personne"


def keys() -> sa.Select[Any]:
    """Select what names somebody: teacher_id, kind, value, main. Several rows of one value: it names several."""
    own, better = teacher_key.alias("own"), teacher_key.alias("better")
    beaten = sa.exists().where(
        better.c.kind == own.c.kind, better.c.value == own.c.value, _weight(better) > _weight(own)
    )
    return sa.select(*own.c["teacher_id", "kind", "value", "main"]).where(~beaten)


def _weight(key: NamedFromClause) -> sa.ColumnElement[int]:
    return sa.case((key.c.source == PERSON, 2), (key.c.until_us == MAX_US, 1), else_=0)


def replace_roster_keys(connection: sa.Connection, said: Mapping[int, Iterable[Key]], *, at_us: int) -> None:
    """Make the roster say these keys of these teachers (by id) from now on; those that it said before become former."""
    ours = sa.and_(teacher_key.c.source == ROSTER, teacher_key.c.until_us == MAX_US)
    connection.execute(
        teacher_key.update()
        .where(ours, teacher_key.c.teacher_id == sa.bindparam("of"))
        .values(until_us=at_us, main=False),
        [{"of": teacher_id} for teacher_id in said],
    )
    rows = [
        {"teacher_id": teacher_id, **key._asdict(), "source": ROSTER, "since_us": at_us, "until_us": MAX_US}
        for teacher_id, its_keys in said.items()
        for key in its_keys
    ]
    upsert(connection, teacher_key, rows, update=["main", "source", "until_us"])


def settle_key(connection: sa.Connection, identifiant: str, kind: str, value: str, *, author: str, at_us: int) -> None:
    """Keep a person's word, journalled, that a name (`evidence.actor_kind` and `actor_value`) is this teacher's.

    Whoever said so before of somebody else was wrong: the last word stays. Call `resolve.settle` afterwards. Raises
    DataError for an unknown teacher.
    """
    teacher_id = _teacher_id(connection, identifiant)
    same = sa.and_(teacher_key.c.kind == kind, teacher_key.c.value == value)
    connection.execute(teacher_key.delete().where(same, teacher_key.c.source == PERSON))
    row = {"teacher_id": teacher_id, "kind": kind, "value": value, "main": False, "source": PERSON}
    upsert(connection, teacher_key, [row | {"since_us": at_us, "until_us": MAX_US}], update=["source", "until_us"])
    record(connection, at_us, author, "personnels.identifiant", identifiant, genre=kind, valeur=value)


def forget_key(connection: sa.Connection, identifiant: str, value: str, *, author: str, at_us: int) -> int:
    """Forget a former name of a teacher, or one that a person had said; returns how many ways of naming went.

    Raises DataError for an unknown teacher, and for a name that the roster gives today: that is mended there.
    """
    teacher_id = _teacher_id(connection, identifiant)
    named = sa.and_(teacher_key.c.teacher_id == teacher_id, teacher_key.c.value.in_({value, normalise_email(value)}))
    today = sa.and_(named, teacher_key.c.source == ROSTER, teacher_key.c.until_us == MAX_US)
    if connection.scalar(sa.select(sa.exists().where(today))):
        raise DataError(
            f"« {value} » est dans le fichier des personnels pour {identifiant}.",
            remedy="Retirez-le du fichier, puis : parcours personnels importer FICHIER.",
        )
    gone = connection.execute(teacher_key.delete().where(named)).rowcount
    if gone:
        record(connection, at_us, author, "personnels.identifiant_oublie", identifiant, valeur=value)
    return gone


def history(connection: sa.Connection, identifiant: str) -> list[sa.RowMapping]:
    """Return every name that a teacher has borne in the ledger: kind, value, main, source, since_us, until_us.

    Hashes are left out: they are those of the e-mails. Raises DataError for an unknown teacher.
    """
    teacher_id = _teacher_id(connection, identifiant)
    columns = teacher_key.c["kind", "value", "main", "source", "since_us", "until_us"]
    borne = sa.and_(
        teacher_key.c.teacher_id == teacher_id,
        sa.or_(teacher_key.c.kind != "mbox_sha1sum", teacher_key.c.source == PERSON),
    )
    query = sa.select(*columns).where(borne).order_by(teacher_key.c.until_us.desc(), teacher_key.c.value)
    return list(connection.execute(query).mappings())


def _teacher_id(connection: sa.Connection, identifiant: str) -> int:
    found: int | None = connection.scalar(sa.select(teacher.c.id).where(teacher.c.identifiant == identifiant))
    if found is None:
        raise DataError(
            f"« {identifiant} » n'est l'identifiant de personne dans les personnels.",
            remedy="Vérifiez-le, ou importez le fichier à jour : parcours personnels importer FICHIER.",
        )
    return found
