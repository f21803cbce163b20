"""How people are recognised, today and formerly: whatever asks who is who asks here.

A person's word (`settle_key`) beats the roster's, stands beside it, and outlives every import; what the roster said
once still names the person, with its dates, as long as nobody else is given it: a teacher who marries or moves keeps
what was done under the former address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import _
from connector.ledger.journal import record
from connector.ledger.one_writer import take_turn
from connector.ledger.roster import email_hashes
from connector.ledger.schema import MAX_US, teacher, teacher_key
from connector.ledger.unsettled import mark
from xapi.names import normalise_email
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.sql.selectable import NamedFromClause

    from connector.ledger.roster import Key

ROSTER, PERSON = "personnels", "personne"


def keys() -> sa.Select[Any]:
    """Select what names somebody: teacher_id, kind, value, main. Several teachers of one value: it names several.

    One teacher may come twice: as the roster and as a person say.
    """
    own, better = teacher_key.alias("own"), teacher_key.alias("better")
    beaten = sa.exists().where(
        better.c.kind == own.c.kind,
        better.c.value == own.c.value,
        better.c.teacher_id != own.c.teacher_id,
        _weight(better) > _weight(own),
    )
    return sa.select(*own.c["teacher_id", "kind", "value", "main"]).where(~beaten)


def _weight(key: NamedFromClause) -> sa.ColumnElement[int]:
    return sa.case((key.c.source == PERSON, 2), (key.c.until_us == MAX_US, 1), else_=0)


def replace_roster_keys(connection: sa.Connection, said: Mapping[int, Iterable[Key]], *, at_us: int) -> None:
    """Make the roster say these keys of these teachers (by id) from now on; those that it said before become former."""
    mark(connection)
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
    upsert(connection, teacher_key, rows, update=["main", "until_us"])


def settle_key(
    connection: sa.Connection, identifiant: str, kind: str, value: str, *, reason: str, author: str, at_us: int
) -> None:
    """Keep a person's word, journalled, that a name (`evidence.actor_kind` and `actor_value`) is this teacher's.

    `reason` is why a person was asked: a code of `queue.REASONS`. Whoever said so before of somebody else was wrong:
    the last word stays. Call `resolve.settle` afterwards. Raises DataError for an unknown teacher.
    """
    teacher_id = teacher_named(connection, identifiant)
    mark(connection)
    same = sa.and_(teacher_key.c.kind == kind, teacher_key.c.value == value)
    connection.execute(teacher_key.delete().where(same, teacher_key.c.source == PERSON))
    row = {"teacher_id": teacher_id, "kind": kind, "value": value, "main": False, "source": PERSON, "reason": reason}
    connection.execute(teacher_key.insert().values(row | {"since_us": at_us, "until_us": MAX_US}))
    record(connection, at_us, author, "personnels.identifiant", identifiant, genre=kind, valeur=value)


def take_back(connection: sa.Connection, value: str) -> None:
    """Take back what persons said of this name: the roster's word is left. Call `resolve.settle` afterwards."""
    mark(connection)
    connection.execute(teacher_key.delete().where(teacher_key.c.value == value, teacher_key.c.source == PERSON))


def settled_names(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
    """Return the names that a person has settled: kind, value, reason, and the identifiant of whose each is."""
    columns = (*teacher_key.c["kind", "value", "reason"], teacher.c.identifiant)
    query = sa.select(*columns).join_from(teacher_key, teacher).where(teacher_key.c.source == PERSON)
    return sorted(connection.execute(query), key=lambda row: (row.value, row.kind))


def forget_key(connection: sa.Connection, identifiant: str, value: str, *, author: str, at_us: int) -> int:
    """Forget a former name of a teacher, or one that a person had said; returns how many ways of naming went.

    The hashes of an e-mail go with it.

    What the roster says today stays: it is mended there. Raises DataError for an unknown teacher, and for a name that
    the roster alone gives.
    """
    take_turn(connection)
    teacher_id = teacher_named(connection, identifiant)
    values = {value, normalise_email(value)} | email_hashes(value)
    named = sa.and_(teacher_key.c.teacher_id == teacher_id, teacher_key.c.value.in_(values))
    today = sa.and_(teacher_key.c.source == ROSTER, teacher_key.c.until_us == MAX_US)
    gone = connection.execute(teacher_key.delete().where(named, ~today)).rowcount
    if not gone and connection.scalar(sa.select(sa.exists().where(named))):
        raise DataError(
            _(
                "« {value} » est dans le fichier des personnels pour {identifiant}, la dernière fois qu'il l'a nommé.",
                value=value,
                identifiant=identifiant,
            ),
            remedy=(
                _(
                    "Importez un fichier qui donne à {identifiant} sa bonne adresse, ou, s'il n'y est plus, "
                    "le fichier de tous : parcours personnels importer FICHIER --complet. Puis recommencez.",
                    identifiant=identifiant,
                )
            ),
        )
    if gone:
        mark(connection)
        record(connection, at_us, author, "personnels.identifiant_oublie", identifiant, valeur=value)
    return gone


def history(connection: sa.Connection, identifiant: str) -> list[sa.RowMapping]:
    """Return every name that a teacher has borne in the ledger: kind, value, main, source, since_us, until_us.

    Hashes are left out: they are those of the e-mails. Raises DataError for an unknown teacher.
    """
    teacher_id = teacher_named(connection, identifiant)
    columns = teacher_key.c["kind", "value", "main", "source", "since_us", "until_us"]
    borne = sa.and_(
        teacher_key.c.teacher_id == teacher_id,
        sa.or_(teacher_key.c.kind != "mbox_sha1sum", teacher_key.c.source == PERSON),
    )
    found = connection.execute(sa.select(*columns).where(borne)).mappings()
    return sorted(found, key=lambda row: (-row["until_us"], row["value"]))


def teacher_named(connection: sa.Connection, identifiant: str) -> int:
    """Return the id of the teacher of this identifiant; raises DataError for an unknown one."""
    found: int | None = connection.scalar(sa.select(teacher.c.id).where(teacher.c.identifiant == identifiant))
    if found is None:
        raise DataError(
            _("« {identifiant} » n'est l'identifiant de personne dans les personnels.", identifiant=identifiant),
            remedy=_("Vérifiez-le, ou importez le fichier à jour : parcours personnels importer FICHIER."),
        )
    return found
