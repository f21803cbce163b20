"""What the ledger's tests are made of: a small roster, a published session, and statements as emitters send them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from connector.ledger.ingest import Tally, ingest
from connector.ledger.people import Imported, import_roster
from connector.ledger.reading import Received
from connector.ledger.resolve import settle
from connector.ledger.roster import COLUMNS, parse_roster
from connector.ledger.sessions import absorb_snapshot, link_course
from connector.moodle.observation import Observation
from scenarios.snapshot import PlannedActivity, PlannedParticipant, PlannedSlot, PlannedTrainer, Snapshot
from xapi import emit, vocabulary
from xapi.instants import format_us
from xapi.statement import Actor, decode_statement
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    import sqlalchemy as sa

SITE = "https://moodle.exemple.fr"
CODE = "CM-69L4-2026A"
COURSE = 12
MODULES = {101: "accueil", 102: "test-final", 103: "presence-1"}
SITUATIONS = ("PE_ADJOINT", "TR")
NAMESPACE = UUID("00000000-0000-0000-0000-00000000cafe")
SECOND = 1_000_000
T0 = int(datetime(2026, 10, 7, 12, 0, tzinfo=UTC).timestamp()) * SECOND

SLOT = OwnActivity(CODE, "presence-1", "a1").iri
ANNE, BRUNO, TRAINER = "anne@ac-exemple.fr", "bruno@ac-exemple.fr", "formatrice@ac-exemple.fr"


def row(identifiant: str = "E1", **cells: str) -> str:
    """One line of a roster, right unless told otherwise."""
    values = {
        "identifiant": identifiant,
        "nom": "Martin",
        "prenom": "Anne",
        "courriel": f"{identifiant.lower()}@ac-exemple.fr",
        "uai": "0690001B",
        "ecole": "École Jean-Macé",
        "circonscription": "0693456G",
        "departement": "069",
        "academie": "Lyon",
        "degre": "1D",
        "situation": "PE_ADJOINT",
        "quotite": "100",
    } | cells
    return ";".join(values.get(column, "") for column in COLUMNS)


def roster(*rows: str) -> bytes:
    return "\n".join([";".join(COLUMNS), *rows, ""]).encode()


def bring(connection: sa.Connection, *rows: str, complete: bool = False, today: date = date(2026, 10, 1)) -> Imported:
    read = parse_roster(roster(*rows), "personnels.csv", SITUATIONS)
    done = import_roster(connection, read, author="essai", today=today, at_us=T0, complete=complete)
    settle(connection)
    return done


def activity(activity_id: str = "accueil", **said: Any) -> PlannedActivity:
    values: dict[str, Any] = {
        "id": activity_id,
        "sequence": "s1",
        "type": "page",
        "titre": activity_id,
        "modalite": "distance_asynchrone",
        "credite": True,
        "duree": 30,
        "achevement": "vue",
    }
    return PlannedActivity(**(values | said))


def slot(slot_id: str = "a1", day: int = 7) -> PlannedSlot:
    start = datetime(2026, 10, day, 11, 30, tzinfo=UTC)
    return PlannedSlot(id=slot_id, debut=start, fin=start + timedelta(hours=3))


def snapshot(**said: Any) -> Snapshot:
    values: dict[str, Any] = {
        "code": CODE,
        "matricule": "26_ACA10_CALCMENTAL_1.0",
        "titre": "Enseigner le calcul mental",
        "nature": "formation_continue",
        "collection": "action",
        "origine": "academie",
        "circonscription": "0693456G",
        "annee_scolaire": "2026-2027",
        "cadre": "animation",
        "inscription": "invitation",
        "validation": "achevement",
        "debut": date(2026, 10, 5),
        "fin": date(2026, 12, 18),
        "fuseau": "Europe/Paris",
        "formateurs": (PlannedTrainer(courriel=TRAINER, role="formateur"),),
        "participants": (PlannedParticipant(courriel=ANNE, origine="invitation", cadre="animation"),),
        "activites": (
            activity("accueil"),
            activity("test-final", type="test"),
            activity("presence-1", type="presence", modalite="presence", duree=180, creneaux=(slot(),)),
        ),
    }
    return Snapshot(**(values | said))


def publish(connection: sa.Connection, **said: Any) -> None:
    """Make the session known, linked to its course, with everything that waits tried again."""
    absorb_snapshot(connection, snapshot(**said), at_us=T0)
    link_course(connection, CODE, SITE, COURSE, MODULES)
    settle(connection)


def observation(*snapshots: Any, code: str = CODE, people: Any = (), activities: Any = None) -> Observation:
    published = [
        {"revision": n, "published_at": T0 // SECOND + n, "snapshot": said} for n, said in enumerate(snapshots, 1)
    ]
    here = activities if activities is not None else MODULES
    session = {
        "code": code,
        "course": {"id": COURSE, "url": f"{SITE}/course/view.php?id={COURSE}"},
        "activities": [{"idnumber": f"{code}/{name}", "cmid": cmid, "modname": "page"} for cmid, name in here.items()],
        "people": people,
        "snapshots": published,
    }
    return Observation.model_validate({"sessions": [session]})


def as_json(said: Snapshot) -> Any:
    return said.model_dump(mode="json")


def mbox(email: str) -> dict[str, Any]:
    return {"mbox": f"mailto:{email}"}


def account(name: str, homepage: str = SITE) -> dict[str, Any]:
    return {"account": {"homePage": homepage, "name": name}}


def completed(actor: dict[str, Any], cmid: int = 101, at: int = 0, **said: Any) -> dict[str, Any]:
    """A module completion as logstore_xapi sends it; `at` in seconds after T0, `state` done, failed or undone."""
    state = said.pop("state", "done")
    course = said.pop("course", COURSE)
    site = said.pop("site", SITE)
    idnumber = said.pop("idnumber", None)
    definition = {"extensions": {vocabulary.EXT_EXTERNAL_ID: idnumber}} if idnumber is not None else {}
    parents = [{"id": f"{site}/course/view.php?id={course}", "definition": {"type": vocabulary.TYPE_COURSE}}]
    results = {"done": {"completion": True}, "failed": {"completion": True, "success": False}}
    statement = {
        "actor": actor,
        "verb": {"id": vocabulary.UNCOMPLETED if state == "undone" else vocabulary.COMPLETED},
        "object": {"id": f"{site}/mod/page/view.php?id={cmid}", "definition": definition},
        "timestamp": format_us(T0 + at * SECOND),
        "context": {
            "contextActivities": {"parent": parents if course is not None else []},
            "extensions": {vocabulary.EXT_EVENT_INFO: {"event_name": vocabulary.EVENT_MODULE_COMPLETION}},
        },
    }
    if state in results:
        statement["result"] = results[state]
    return statement | said


def attended(actor: dict[str, Any], iri: str, *, present: bool = True, at: int = 0) -> dict[str, Any]:
    return {
        "actor": actor,
        "verb": {"id": vocabulary.ATTENDED},
        "object": {"id": iri},
        "timestamp": format_us(T0 + at * SECOND),
        "result": {"completion": present},
    }


def attested(email: str, code: str = CODE) -> dict[str, Any]:
    return emit.attestation(Actor("mbox", email), code=code, at_us=T0, attested=True)


def received(statement: dict[str, Any], name: str, stored: int = 0, rank: int = 0) -> Received:
    """`name` makes the id; `stored` is in seconds after T0."""
    return Received(uuid5(NAMESPACE, name), decode_statement(statement), T0 + stored * SECOND, rank)


def take(connection: sa.Connection, *items: Received) -> Tally:
    tally = ingest(connection, "https://lrs.exemple.fr", items, seen_us=T0)
    settle(connection)
    return tally
