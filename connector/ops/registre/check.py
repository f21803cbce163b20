"""Is the ledger whole? What the database can tell, what refers to nothing, what no longer comes out as it is stored."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.language import N_, _, listed, ngettext
from connector.ledger import schema
from connector.ledger.hidden import names_in_clear
from connector.ledger.rebuild import rebuild
from connector.obligation.reconcile import reconcile
from connector.ops.doctor.finding import About, Level

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from connector.ledger.db import Ledger
    from connector.ledger.pseudonyms import Pseudonyms
    from connector.obligation.policy import LocalRules
    from connector.ops.doctor.finding import Finding
    from scenarios.calendar import SchoolYear

ABOUT = About(N_("Registre : intégrité"))
RESTORE = N_("Reprenez une sauvegarde (parcours registre restaurer), puis collectez : rien de ce qui suit n'est perdu.")
_REBUILD = N_("Refaites ce qui est dérivé : parcours rapprocher --complet. Si l'écart revient, signalez-le.")
_LEAK = N_("Un programme l'a ouvert en clair : arrêtez-le, reprenez une sauvegarde, et signalez-le.")
_DERIVED = (schema.line, schema.balance)


def check(ledger: Ledger, local: LocalRules, year: SchoolYear) -> list[Finding]:
    """Return what was found; nothing is changed: what is derived again to be compared is rolled back.

    It reads everything, and on SQLite nobody else writes meanwhile.
    """
    findings = [_database(ledger)]
    with ledger.read() as connection:
        findings.append(_orphans(connection))
        if not ledger.nameless:
            findings.append(_snapshots(connection))
        if ledger.pseudonyms is not None:
            findings.append(_hidden(connection, ledger.pseudonyms))
    if findings[0].level is Level.MEND:
        return [
            *findings,
            ABOUT.untold("integrite.totaux", _("Les totaux d'un registre abîmé ne se refont pas."), RESTORE),
        ]
    return [*findings, _rebuilt(ledger, local, year)]


def _database(ledger: Ledger) -> Finding:
    """What the engine itself finds; PostgreSQL checks its pages and its references as it goes."""
    if ledger.engine.dialect.name != "sqlite":
        return ABOUT.ok("integrite.base", _("PostgreSQL vérifie lui-même ses références."))
    with ledger.read() as connection:
        said = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if said != ["ok"]:
        return ABOUT.mend("integrite.base", _("Le fichier est abîmé : {said}.", said=said[0]), RESTORE)
    if loose:
        tables = ", ".join(sorted({row[0] for row in loose}))
        lines = ngettext("{n} ligne ne renvoie", "{n} lignes ne renvoient", len(loose))
        return ABOUT.mend("integrite.base", _("{lines} à rien (tables {tables}).", lines=lines, tables=tables), RESTORE)
    return ABOUT.ok("integrite.base", _("Le fichier est entier, et chaque référence mène quelque part."))


def _orphans(connection: sa.Connection) -> Finding:
    """Rows that no constraint ties, and that must name something all the same."""
    resolution, evidence, line = schema.resolution, schema.evidence, schema.line
    session, teacher = schema.session, schema.teacher
    questions = {
        N_("preuves rattachées qui n'existent pas"): sa.select(sa.func.count())
        .select_from(resolution.outerjoin(evidence, evidence.c.id == resolution.c.evidence_id))
        .where(evidence.c.id.is_(None)),
        N_("preuves ni rattachées ni en attente"): sa.select(sa.func.count())
        .select_from(evidence.outerjoin(resolution, resolution.c.evidence_id == evidence.c.id))
        .where(resolution.c.evidence_id.is_(None), evidence.c.id.not_in(sa.select(schema.pending.c.evidence_id))),
        N_("lignes de personnes inconnues"): sa.select(sa.func.count())
        .select_from(line.outerjoin(teacher, teacher.c.id == line.c.teacher_id))
        .where(teacher.c.id.is_(None)),
        N_("lignes de sessions inconnues"): sa.select(sa.func.count())
        .select_from(line.outerjoin(session, session.c.code == line.c.code))
        .where(session.c.code.is_(None)),
    }
    found = {what: connection.scalar(query) or 0 for what, query in questions.items()}
    wrong = [f"{number} {_(what)}" for what, number in found.items() if number]
    if wrong:
        return ABOUT.mend("integrite.orphelins", listed(wrong) + ".", _REBUILD)
    return ABOUT.ok("integrite.orphelins", _("Chaque preuve est rattachée ou en attente, chaque ligne a sa session."))


def _snapshots(connection: sa.Connection) -> Finding:
    """Publications say what they said when they came: their fingerprint is that of their text."""
    kept = schema.snapshot.c
    query = sa.select(kept.code, kept.revision, kept.body, kept.sha256)
    bad = [
        _("{code} (révision {revision})", code=row.code, revision=row.revision)
        for row in connection.execute(query)
        if hashlib.sha256(row.body.encode()).hexdigest() != row.sha256
    ]
    if bad:
        sentence = _("Publications modifiées depuis leur arrivée : {bad}.", bad=", ".join(bad))
        return ABOUT.mend("integrite.publications", sentence, RESTORE)
    return ABOUT.ok("integrite.publications", _("Chaque publication a encore son empreinte."))


def _hidden(connection: sa.Connection, by: Pseudonyms) -> Finding:
    """A pseudonymised ledger names nobody."""
    found = names_in_clear(connection, by)
    if found:
        said = _("Des noms en clair restent dans le registre : {colonnes}.", colonnes=", ".join(sorted(found)))
        return ABOUT.mend("integrite.pseudonymes", said, _LEAK)
    return ABOUT.ok("integrite.pseudonymes", _("Le registre est pseudonymisé : il ne nomme personne."))


def _rebuilt(ledger: Ledger, local: LocalRules, year: SchoolYear) -> Finding:
    """Derive lines and balances again, compare, undo. What is new and not yet counted is counted first."""
    with ledger.write() as connection:
        undone = connection.begin_nested()
        try:
            reconcile(connection, local, year)
            before = _digests(connection)
            rebuild(connection)
            reconcile(connection, local, year, complete=True)
            after = _digests(connection)
        finally:
            undone.rollback()
    different = [name for name, digest in before.items() if after[name] != digest]
    if different:
        said = ", ".join(f"{name} {before[name][0]} → {after[name][0]}" for name in different)
        return ABOUT.mend(
            "integrite.totaux", _("Refaits, les totaux diffèrent (lignes : {said}).", said=said), _REBUILD
        )
    rows = ngettext("{n} ligne", "{n} lignes", before["line"][0])
    balances = ngettext("{n} bilan", "{n} bilans", before["balance"][0])
    return ABOUT.ok(
        "integrite.totaux",
        _("Refaits à partir des preuves, {rows} et {balances} sont les mêmes.", rows=rows, balances=balances),
    )


def _digests(connection: sa.Connection) -> dict[str, tuple[int, bytes]]:
    """Return, by table, how many rows it has and a digest of them that does not depend on their order."""
    return {table.name: digest(connection.execute(table.select())) for table in _DERIVED}


def digest(rows: Iterable[sa.Row[Any]]) -> tuple[int, bytes]:
    """Return how many rows there are, and a digest of them that does not depend on their order."""
    number, total = 0, 0
    for row in rows:
        total = (total + int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest())) % 2**256
        number += 1
    return number, total.to_bytes(32)
