"""An académie of invented people, large enough for sums to be shown: three circonscriptions, a network, 2D, private."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from connector.ledger import schema
from connector.ledger.schema import MAX_US, MIN_US
from scenarios.fields import UAI_KEYS
from tests.reports.kit import FIGURES, YEAR, us, write_session

if TYPE_CHECKING:
    import sqlalchemy as sa

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
        schema.teacher.insert().values(id=person.number, identifiant=f"P{person.number}", nom="Nom", prenom="Prénom")
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
