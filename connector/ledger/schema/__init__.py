"""The ledger's tables.

Facts (`evidence`, `void`, `conflict`, `snapshot`, `moodle_account`, `journal`) are only ever added to.
`mailbox`, `resolution`, `line` and `balance` are derived from them and from the roster: they may be thrown away and
rebuilt.
Instants are integers, microseconds since 1970 UTC: the same on SQLite and PostgreSQL, ordered, exact.
An open bound is `MIN_US` or `MAX_US`, so that no comparison meets a NULL. Durations are whole minutes.
"""

from __future__ import annotations

from connector.ledger.schema.base import MAX_US, MIN_US, metadata
from connector.ledger.schema.decided import closed_year, pacte_hours, pacte_mission
from connector.ledger.schema.derived import balance, line, resolution, touched, unsettled
from connector.ledger.schema.doors import contestation, entry_link, password, web_session
from connector.ledger.schema.erased import erased, pseudonymised
from connector.ledger.schema.facts import (
    actor,
    bookmark,
    closed_entry,
    conflict,
    dropped,
    evidence,
    pending,
    rejected,
    void,
)
from connector.ledger.schema.gaia import gaia_formation, gaia_intervenant, gaia_stagiaire
from connector.ledger.schema.journal import journal
from connector.ledger.schema.needs import need, need_person
from connector.ledger.schema.people import mailbox, moodle_account, service, teacher, teacher_key
from connector.ledger.schema.readback import lost
from connector.ledger.schema.sessions import (
    activity,
    course,
    module,
    participant,
    session,
    site_alias,
    slot,
    snapshot,
    trainer,
)
from connector.ledger.schema.suivi import accompagnement

__all__ = [
    "MAX_US",
    "MIN_US",
    "accompagnement",
    "activity",
    "actor",
    "balance",
    "bookmark",
    "closed_entry",
    "closed_year",
    "conflict",
    "contestation",
    "course",
    "dropped",
    "entry_link",
    "erased",
    "evidence",
    "gaia_formation",
    "gaia_intervenant",
    "gaia_stagiaire",
    "journal",
    "line",
    "lost",
    "mailbox",
    "metadata",
    "module",
    "moodle_account",
    "need",
    "need_person",
    "pacte_hours",
    "pacte_mission",
    "participant",
    "password",
    "pending",
    "pseudonymised",
    "rejected",
    "resolution",
    "service",
    "session",
    "site_alias",
    "slot",
    "snapshot",
    "teacher",
    "teacher_key",
    "touched",
    "trainer",
    "unsettled",
    "void",
    "web_session",
]
