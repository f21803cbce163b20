"""An académie of invented people, large enough for sums to be shown: three circonscriptions, a network, 2D, private."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from connector.ledger import schema
from connector.ledger.needs import Wording, put_need
from connector.ledger.schema import MAX_US, MIN_US
from scenarios.fields import UAI_KEYS
from tests.reports.kit import FIGURES, YEAR, us, write_session

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

    from connector.ledger.needs import Need

FIP = "fip@ac-exemple.fr"


def uai(number: int) -> str:
    return f"{number:07d}{UAI_KEYS[number % 23]}"


class Person(NamedTuple):
    """A teacher of the academy; `minutes` in presence, in a virtual class and at a distance are credited to them."""

    number: int
    ecole: str
    circonscription: str
    departement: str
    degre: str
    session: str
    minutes: tuple[int, int, int]
    etat: str


A, B, C = uai(690100), uai(690200), uai(420100)
SCHOOLS = {uai(690101): A, uai(690102): A, uai(690103): A, uai(690201): B, uai(690202): B, uai(420101): C}
PRIVATE = uai(690103)
NETWORK = tuple(list(SCHOOLS)[:5])
TIED = (uai(690101), uai(690201))
SESSIONS = (("MATHS", A, "mathematiques"), ("FRANCAIS", B, "francais"), ("AUTRE", C, None))
MODES = (("presence", "rencontre"), ("distance_synchrone", "classe"), ("distance_asynchrone", "module"))
CONFIGURATION = f"""
[etablissements]
prives = ["{PRIVATE}"]
[[circonscription]]
uai = "{A}"
nom = "Lyon 1"
academie = "Lyon"
[[circonscription]]
uai = "{B}"
nom = "Lyon 2"
academie = "Lyon"
[[circonscription]]
uai = "{C}"
nom = "Saint-Étienne"
academie = "Lyon"
[[reseau]]
nom = "REP Jean-Moulin"
ecoles = {list(NETWORK)!r}
"""


def people() -> list[Person]:
    """Return them: eight of each school; every fifth has nothing, the last of a private school are of 2D."""
    found = []
    for rank, (school, place) in enumerate(SCHOOLS.items()):
        for each in range(8):
            number = 1 + rank * 8 + each
            code = SESSIONS[number % 3][0]
            minutes = (0, 0, 0) if number % 5 == 0 else (90 * (number % 3), 60 * (number % 2), 15 + number)
            degree = "2D" if school == PRIVATE and each > 1 else "1D"
            state = "atteint" if number % 2 else "incomplet"
            found.append(Person(number, school, place, "069" if place != C else "042", degree, code,
                                minutes if degree == "1D" else (0, 0, 0), state))  # fmt: skip
    return found


def write_academy(connection: sa.Connection) -> None:
    """Write everybody, their session, their lines and a trainer who trains in two sessions and designed one."""
    for code, place, theme in SESSIONS:
        write_session(connection, code, place, theme=theme)
    for code, role in (("MATHS", "formateur"), ("FRANCAIS", "formateur"), ("FRANCAIS", "concepteur")):
        connection.execute(schema.trainer.insert().values(code=code, email=FIP, role=role))
    slot = {"activity_id": "rencontre", "since_us": MIN_US, "until_us": MAX_US, "gone_us": MAX_US, "lieu": None}
    for name in ("a1", "b1"):
        times = {"start_us": us(2026, 10, 7), "end_us": us(2026, 10, 7, 15), "minutes": 180, "groupe": name[0].upper()}
        connection.execute(schema.slot.insert().values(code="MATHS", slot_id=name, iri=f"urn:{name}", **slot, **times))
    for person in people():
        _write(connection, person)
    listed = {"code": "MATHS", "origine": "invitation", "cadre": "paf", "groupe": None}
    for number in range(6):
        connection.execute(schema.participant.insert().values(email=f"inconnu{number}@ac-exemple.fr", **listed))


def _write(connection: sa.Connection, person: Person) -> None:
    email, place = f"p{person.number}@ac-exemple.fr", {"uai": person.ecole, "ecole": f"École {person.ecole[4:7]}"}
    place["circonscription"] = person.circonscription
    connection.execute(
        schema.teacher.insert().values(id=person.number, identifiant=f"P{person.number}", nom="Durand", prenom="Alex")
    )
    connection.execute(schema.mailbox.insert().values(email=email, teacher_id=person.number, main=True))
    connection.execute(
        schema.service.insert().values(
            teacher_id=person.number, departement=person.departement, academie="Lyon", degre=person.degre,
            situation="PE_ADJOINT", quotite=100_000, debut=None, fin=date(2027, 8, 31), start_us=MIN_US,
            end_us=us(2027, 8, 31, 22), imputation_min=0, **place,
        )
    )  # fmt: skip
    figures = {
        "presence_min": person.minutes[0], "distance_min": sum(person.minutes[1:]),
        "formation_continue_min": sum(person.minutes), "retenu_min": sum(person.minutes), "etat": person.etat,
        "due_min": 1080 if person.degre == "1D" else 0,
    }  # fmt: skip
    values = {"teacher_id": person.number, "annee_scolaire": YEAR, **place, **FIGURES, **figures}
    connection.execute(schema.balance.insert().values(values))
    listed = {"groupe": None, "origine": "invitation", "cadre": "animation"}
    connection.execute(schema.participant.insert().values(code=person.session, email=email, **listed))
    theme = next(theme for code, _place, theme in SESSIONS if code == person.session)
    for (mode, name), minutes in zip(MODES, person.minutes, strict=True):
        connection.execute(
            schema.line.insert().values(
                teacher_id=person.number, code=person.session, activity_id=name, annee_scolaire=YEAR, minutes=minutes,
                minutes_prevues=180, modalite=mode, nature="formation_continue", theme=theme, decision="credite",
                motif=None, instant_us=us(2026, 10, 7), hors_liste=False, chevauchement=False,
            )
        )  # fmt: skip


CLASSES = {"MATHS": ("oser", "relire"), "FRANCAIS": ("lire",)}
"""The classroom activities of each session; another session has none."""
TRAINS, UNLISTED = 7, 2
"""Somebody of MATHS who trains in it, and somebody of another session who did what MATHS plans."""
SECOND = 1_000_000


class Act(NamedTuple):
    """What was said of one activity of one teacher, at an instant; voided or not."""

    teacher: int
    code: str
    activity: str
    state: str
    at_us: int
    voided: bool = False


def acts() -> list[Act]:
    """Return them: done, un-ticked since, failed, voided, done again, after the session's end too, by turns."""
    found: list[Act] = []
    t, late = us(2026, 11, 3), us(2027, 5, 3)
    for one in people():
        for activity in CLASSES.get(one.session, ()):
            turns = {
                0: [("done", t)], 1: [("done", t), ("undone", t + SECOND)], 2: [("failed", t)], 3: [],
                4: [("undone", t), ("done", t + SECOND)], 5: [("done", late)], 6: [("done", t)],
            }  # fmt: skip
            turn = (one.number * 3 + len(activity)) % 7
            found += [Act(one.number, one.session, activity, *said, voided=turn == 6) for said in turns[turn]]
    return [*found, Act(TRAINS, "MATHS", "oser", "done", t), Act(UNLISTED, "MATHS", "oser", "done", t)]


def write_classroom(connection: sa.Connection) -> None:
    """Write classroom activities into the academy, and what was said of them."""
    position = 10
    for code, names in CLASSES.items():
        for name in names:
            position += 1
            connection.execute(
                schema.activity.insert().values(
                    code=code, activity_id=name, since_us=MIN_US, until_us=MAX_US, position=position, locale=False,
                    type="mise_en_oeuvre", titre=f"En classe : {name}", modalite="en_classe", credite=False,
                    duree_min=60, has_slots=False, gone_us=MAX_US,
                )
            )  # fmt: skip
    connection.execute(schema.session.update().values(window_end_us=us(2027, 1, 18)))
    connection.execute(schema.trainer.insert().values(code="MATHS", email=f"p{TRAINS}@ac-exemple.fr", role="tuteur"))
    connection.execute(
        schema.line.insert().values(
            teacher_id=UNLISTED, code="MATHS", activity_id="oser", annee_scolaire=YEAR, minutes=0,
            minutes_prevues=60, modalite="en_classe", nature="formation_continue", decision="refuse",
            motif="non_credite", hors_liste=True,
        )
    )  # fmt: skip
    for act in acts():
        statement = uuid.uuid4()
        made = connection.execute(
            schema.evidence.insert().values(
                statement_id=statement, source="lrs", sha256=bytes(32), kind="completion", state=act.state, rank=0,
                timestamp_us=act.at_us, stored_us=act.at_us, actor_kind="mbox", actor_value=f"p{act.teacher}@x.fr",
                object_id=f"urn:{act.code}/{act.activity}",
            )
        ).inserted_primary_key  # fmt: skip
        assert made is not None
        connection.execute(
            schema.resolution.insert().values(
                evidence_id=made[0], teacher_id=act.teacher, code=act.code, activity_id=act.activity, status="resolved"
            )
        )
        if act.voided:
            values = {"statement_id": uuid.uuid4(), "target_id": statement, "sha256": bytes(32), "source": "lrs"}
            connection.execute(schema.void.insert().values(values | {"stored_us": act.at_us}))


def write_needs(connection: sa.Connection) -> None:
    """Write a need of each kind: of named people, of a number of them, of a whole school."""
    first, second, third = list(SCHOOLS)[:3]
    for said in (
        Wording(YEAR, first, A, "C2", "mathématiques", "calcul mental", people=frozenset({1, 2, 3})),
        Wording(YEAR, second, A, "C1", "français", duree="3h-6h", effectif=5),
        Wording(YEAR, third, A, "C3", "climat scolaire"),
    ):
        put_need(connection, said, "ien", us(2026, 9, 15))


def answering(needs: Iterable[Need]) -> dict[int, set[str]]:
    """Say that the session on mathematics answers the needs of it, and no other one."""
    return {one.numero: {"26_ACA10_MATHS"} if one.wording.theme == "mathématiques" else set() for one in needs}
