"""A circonscription of invented people with difficult names, written straight into the ledger."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from connector.ledger import schema
from connector.ledger.partitions import open_years
from connector.ledger.schema import MAX_US, MIN_US
from tests.access import access

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

UAI, OTHER = "0693456G", "0381234K"
YEAR = "2026-2027"
CODE, ELSEWHERE = "CM-1", "LA-1"
TRAINER = "anne.martin@ac-exemple.fr"

CONFIGURATION = f"""
[[circonscription]]
uai = "{UAI}"
nom = "Lyon 4"
academie = "Lyon"
{access("ien.lyon4", "ien", UAI)}{access(TRAINER, "formateur")}{access("E0005", "enseignant")}
"""

FIGURES: Mapping[str, Any] = {
    "quotite": 100_000,
    "due_min": 1080,
    "presence_min": 0,
    "distance_min": 555,
    "formation_continue_min": 555,
    "animation_min": 0,
    "fc_requis_min": 540,
    "retenu_min": 555,
    "reste_min": 525,
    "etat": "incomplet",
    "manques": [],
    "alertes": [],
}
LONG = "Échevarría-" + "LONGNOM" * 27
PEOPLE: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("E0001", '=HYPERLINK("http://x")', "Anaïs", {}),
    ("E0002", "O'Brien", "<script>alert(1)</script>", {"etat": "atteint", "due_min": 540, "reste_min": 0}),
    ("E0003", LONG, "Zoé", {"retenu_min": 0, "distance_min": 0, "formation_continue_min": 0, "reste_min": 1080,
     "manques": ["formation continue 0:00/9:00"]}),
    ("E0004", "حداد", "ليلى", {"etat": "dispense", "due_min": 0, "fc_requis_min": 0, "reste_min": 0}),
    ("E0005", "Arnaud", "Camille", {"quotite": 62_500, "due_min": 675, "reste_min": 120,
     "alertes": ["Crédité dans la session CM-1 sans figurer sur sa liste (hors_liste)."]}),
)  # fmt: skip
STRANGER = "E0099"
ACTIVITIES = (
    ("accueil", "Bienvenue", "distance_asynchrone", 15),
    ("module", "Module à distance", "distance_asynchrone", 540),
    ("rencontre", "Rencontre", "presence", 180),
)


def us(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) * 1_000_000


def write_world(connection: sa.Connection) -> None:
    """Five teachers of the circonscription and one of another, a session to attest, one elsewhere."""
    write_session(connection, CODE, UAI, validation="attestation")
    write_session(connection, ELSEWHERE, OTHER)
    for number, (identifiant, nom, prenom, figures) in enumerate(PEOPLE, 1):
        write_teacher(connection, number, identifiant, nom, prenom, UAI, figures)
        write_lines(connection, number, CODE)
        write_participant(connection, CODE, number, groupe="A" if number % 2 else "B", listed=number != 5)
    write_teacher(connection, 99, STRANGER, "Ailleurs", "Paul", OTHER, {})
    write_lines(connection, 99, CODE)
    write_participant(connection, CODE, 99, groupe="A")
    connection.execute(
        schema.participant.insert().values(
            code=CODE, email="inconnu@ac-exemple.fr", groupe=None, origine="invitation", cadre="animation"
        )
    )
    attest(connection, 1, CODE)
    bear_witness(connection, 5, CODE, "completion", us(2026, 11, 12))


def write_session(connection: sa.Connection, code: str, uai: str, **said: Any) -> None:
    values = {
        "code": code, "matricule": f"26_ACA10_{code}_1.0", "parcours_key": f"26_ACA10_{code}",
        "titre": "Enseigner le calcul mental", "nature": "formation_continue", "theme": "mathematiques",
        "collection": "action", "circonscription": uai, "annee_scolaire": YEAR, "cadre": "animation",
        "validation": "achevement", "debut": date(2026, 9, 1), "fin": date(2026, 12, 18), "fuseau": "Europe/Paris",
        "window_start_us": 0, "window_end_us": MAX_US, "revision": 1,
    }  # fmt: skip
    open_years(connection, [YEAR])
    connection.execute(schema.session.insert().values(values | said))
    for position, (name, titre, modalite, minutes) in enumerate(ACTIVITIES):
        connection.execute(
            schema.activity.insert().values(
                code=code, activity_id=name, since_us=MIN_US, until_us=MAX_US, position=position, type="page",
                titre=titre, modalite=modalite, credite=True, duree_min=minutes, locale=False, has_slots=False,
                gone_us=MAX_US,
            )
        )  # fmt: skip
    connection.execute(schema.trainer.insert().values(code=code, email=f"{code}@x.fr".lower(), role="tuteur"))
    if code == CODE:
        connection.execute(schema.trainer.insert().values(code=code, email=TRAINER, role="formateur"))


def write_teacher(
    connection: sa.Connection, number: int, who: str, nom: str, prenom: str, uai: str, figures: Mapping[str, Any]
) -> None:
    connection.execute(schema.teacher.insert().values(id=number, identifiant=who, nom=nom, prenom=prenom))
    place = {"uai": f"069000{number % 2}A", "ecole": f"École {number % 2}", "circonscription": uai}
    values = {"teacher_id": number, "annee_scolaire": YEAR, **place, **FIGURES, **figures}
    connection.execute(schema.balance.insert().values(values))
    service = {
        "departement": "069", "academie": "Lyon", "degre": "1D", "situation": "PE_ADJOINT", "debut": None, "fin": None,
        "start_us": MIN_US, "end_us": MAX_US, "imputation_min": 0, "quotite": values["quotite"],
    }  # fmt: skip
    connection.execute(schema.service.insert().values(teacher_id=number, **place, **service))
    connection.execute(
        schema.mailbox.insert().values(email=f"{who.lower()}@ac-exemple.fr", teacher_id=number, main=True)
    )
    connection.execute(
        schema.teacher_key.insert().values(
            teacher_id=number, kind="mbox", value=f"{who.lower()}@ac-exemple.fr", main=True
        )
    )


def write_participant(
    connection: sa.Connection, code: str, number: int, *, groupe: str | None, listed: bool = True
) -> None:
    if listed:
        identifiant = f"e{number:04}"
        connection.execute(
            schema.participant.insert().values(
                code=code, email=f"{identifiant}@ac-exemple.fr", groupe=groupe, origine="invitation", cadre="animation"
            )
        )


def write_lines(connection: sa.Connection, number: int, code: str) -> None:
    """Write a line credited in P1, one in P2, and a presence that waits; nothing is credited to the third teacher."""
    done = number != 3
    for name, modalite, minutes, decision, motif, instant in (
        # 31 August 2026, 22:30 UTC is 1 September in Paris.
        ("accueil", "distance_asynchrone", 15, "credite", None, us(2026, 8, 31, 22, 30)),
        ("module", "distance_asynchrone", 540, "credite", None, us(2026, 11, 12)),
        ("rencontre", "presence", 180, "en_attente", "non_emarge", None),
    ):
        credited = done and decision == "credite"
        refused = "refuse" if decision == "credite" else decision
        connection.execute(
            schema.line.insert().values(
                teacher_id=number, code=code, activity_id=name, annee_scolaire=YEAR,
                minutes=minutes if credited else 0, minutes_prevues=minutes, modalite=modalite,
                nature="formation_continue", theme=None, decision=decision if credited else refused,
                motif=None if credited else motif or "annule", instant_us=instant, hors_liste=number == 5,
                chevauchement=False,
            )
        )  # fmt: skip


def attest(connection: sa.Connection, number: int, code: str, at_us: int = us(2026, 11, 20)) -> None:
    """Write the trainer's attestation as evidence."""
    bear_witness(connection, number, code, "attestation", at_us)


def bear_witness(connection: sa.Connection, number: int, code: str, kind: str, at_us: int) -> None:
    """Write evidence of a teacher in a session."""
    key = connection.execute(
        schema.evidence.insert().values(
            statement_id=uuid.uuid4(), source="lrs", sha256=bytes(32), kind=kind, state="done",
            timestamp_us=at_us, stored_us=at_us, rank=0, actor_kind="mbox", actor_value=f"e{number:04}@ac-exemple.fr",
            object_id=f"urn:{code}",
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    connection.execute(
        schema.resolution.insert().values(evidence_id=key[0], teacher_id=number, code=code, status="resolved")
    )
