"""Golden cases: YAML that a person who does not program can read and extend (see golden/LISEZMOI.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from connector.ledger.projection import Published
from connector.ledger.roster import Interval
from connector.obligation.policy import Derogation, LocalRules, Policy
from connector.obligation.rules import regulation
from scenarios.calendar import SchoolYear
from scenarios.durations import parse_duration
from scenarios.snapshot import PlannedActivity, PlannedParticipant, PlannedSlot, PlannedTrainer, Snapshot
from tests.obligation.world import PARIS, Fact, World
from xapi.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).with_name("golden")
CIRCONSCRIPTION = "0693456G"

_STATES = {"fait": "done", "défait": "undone", "échoué": "failed", "présent": "done", "absent": "undone"}
_FACT = re.compile(
    r"(?:(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?) )?(?P<who>\w+) (?P<code>[\w-]+)/(?P<activity>[\w-]+)"
    rf"(?:/(?P<slot>[\w-]+))? (?P<state>{'|'.join(_STATES)})"
    r"(?:, reçu le (?P<stored>\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?))?(?P<void>, retiré)?"
)
_ATTESTATION = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d) (?P<who>\w+) (?P<code>[\w-]+) (?P<state>attesté|attestation retirée)(?P<void>, retiré)?"
)
_DECISION = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d) (?P<who>\w+) (?P<code>[\w-]+)/(?P<activity>[\w-]+) décision: "
    r"(?P<state>accordée|refusée|retirée) \((?P<motif>\w+)\)"
)
_DECISIONS = {"accordée": "done", "refusée": "failed", "retirée": "undone"}
_SLOT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)-(\d\d:\d\d)(?: groupe (\w+))?")
_ACTIVITY = re.compile(r"(\w+) (présence|synchrone|distance|en classe)( sans crédit)?( locale)?")
_MODALITIES = {
    "présence": "presence",
    "synchrone": "distance_synchrone",
    "distance": "distance_asynchrone",
    "en classe": "en_classe",
}


@dataclass(frozen=True)
class Case:
    """A world and what must come of it, as the file writes it."""

    world: World
    lines: Mapping[str, str]
    balances: Mapping[str, Mapping[str, Any]]


def paths() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


def read(path: Path) -> Case:
    # Every scalar stays a text: 18:00 would otherwise be a number of minutes in base 60.
    said = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes only texts
    world = World(SchoolYear.parse(said.get("annee", "2026-2027")))
    world.people = {who: [_interval(row) for row in rows or [{}]] for who, rows in said["personnels"].items()}
    for code, session in said.get("sessions", {}).items():
        world.published[code] = _history(code, session, world)
    world.facts = [_fact(text, number, world) for number, text in enumerate(said.get("faits", []), 1)]
    world.local = LocalRules(
        {(uai, str(world.year)): _policy(p) for uai, p in said.get("politiques", {}).items()},
        {
            (who, str(world.year)): Derogation(parse_duration(du), "decision_ien")
            for who, du in said.get("derogations", {}).items()
        },
    )
    expected = said["attendu"]
    return Case(world, expected.get("lignes", {}), expected.get("bilans", {}))


def _interval(row: Mapping[str, str]) -> Interval:
    known = {"degre", "situation", "quotite", "debut", "fin", "imputation", "circonscription", "ecole"}
    assert set(row) <= known, set(row) - known
    return Interval(
        uai="0690001B",
        ecole=row.get("ecole", "École Jean-Macé"),
        circonscription=row.get("circonscription", CIRCONSCRIPTION),
        departement="069",
        academie="Lyon",
        degre=row.get("degre", "1D"),
        situation=row.get("situation", "PE_ADJOINT"),
        quotite=round(float(row.get("quotite", "100").replace(",", ".")) * 1000),
        debut=_day(row.get("debut")),
        fin=_day(row.get("fin")),
        imputation_min=parse_duration(row.get("imputation", "0min")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def _history(code: str, said: Mapping[str, Any], world: World) -> list[Published]:
    activities = dict(said["activites"])
    history = [Published(0, 1, _snapshot(code, said, activities, world))]
    for number, change in enumerate(said.get("republications", []), 2):
        activities |= change.get("activites", {})
        for gone in change.get("retire", []):
            del activities[gone]
        history.append(Published(to_us(_instant(change["le"])), number, _snapshot(code, said, activities, world)))
    return history


def _snapshot(code: str, said: Mapping[str, Any], activities: Mapping[str, Any], world: World) -> Snapshot:
    cadre = said.get("cadre", "animation")
    listed = said.get("participants", list(world.people))
    listed = listed if isinstance(listed, dict) else {who: {} for who in listed}
    return Snapshot(
        code=code,
        matricule=f"26_ACA10_{said.get('parcours', code)}_{said.get('version', '1.0')}",
        titre=said.get("parcours", code),
        nature=said.get("nature", "formation_continue"),
        theme=said.get("theme"),
        collection=said.get("collection", "action"),
        origine="academie",
        circonscription=CIRCONSCRIPTION,
        annee_scolaire=said.get("annee", str(world.year)),
        cadre=cadre,
        inscription="invitation",
        validation=said.get("validation", "achevement"),
        debut=_day(said.get("debut", "2026-10-05")),
        fin=_day(said.get("fin", "2026-12-18")) if said.get("fin") != "aucune" else None,
        fuseau=said.get("fuseau", "Europe/Paris"),
        formateurs=tuple(
            PlannedTrainer(courriel=world.email(who), role="formateur") for who in said.get("formateurs", [])
        ),
        participants=tuple(
            PlannedParticipant(
                courriel=world.email(who),
                groupe=place.get("groupe"),
                origine="invitation",
                cadre=place.get("cadre", cadre),
            )
            for who, place in listed.items()
        ),
        activites=tuple(_activity(name, activity) for name, activity in activities.items()),
    )


def _activity(name: str, said: str | Mapping[str, Any]) -> PlannedActivity:
    text, slots = (said, {}) if isinstance(said, str) else (said["quoi"], said["creneaux"])
    found = _ACTIVITY.fullmatch(text)
    assert found, f"activity {name}: {text!r}"
    modality = _MODALITIES[found[2]]
    return PlannedActivity(
        id=name,
        sequence="s1",
        type="presence" if slots else "page",
        titre=name,
        modalite=modality,
        credite=not found[3] and modality != "en_classe",
        duree=parse_duration(found[1]),
        achevement="emargement" if slots else "vue",
        locale=bool(found[4]),
        creneaux=tuple(_slot(slot, when) for slot, when in slots.items()),
    )


def _slot(name: str, text: str) -> PlannedSlot:
    found = _SLOT.fullmatch(text)
    assert found, f"slot {name}: {text!r}"
    start, end = (_instant(f"{found[1]} {found[n]}") for n in (2, 3))
    return PlannedSlot(id=name, debut=start, fin=end, lieu="École Jean-Macé, Lyon", groupe=found[4])


def _fact(text: str, number: int, world: World) -> Fact:
    if attested := _ATTESTATION.fullmatch(text):
        at_us = to_us(_instant(f"{attested['at']} 00:00"))
        state = "done" if attested["state"] == "attesté" else "undone"
        said = (attested["who"], attested["code"], None, None, state, at_us, at_us + number, number)
        return Fact(*said, voided=bool(attested["void"]))
    if decided := _DECISION.fullmatch(text):
        at_us = to_us(_instant(f"{decided['at']} 12:00"))
        assert decided["motif"] in regulation().decisions
        said = (decided["who"], decided["code"], decided["activity"], None, _DECISIONS[decided["state"]])
        return Fact(*said, at_us, at_us + number, number, motif=decided["motif"])
    found = _FACT.fullmatch(text)
    assert found, f"fact {number}: {text!r}"
    at = _instant(found["at"]) if found["at"] else _slot_end(world, found["code"], found["activity"], found["slot"])
    timestamp_us = to_us(at)
    stored_us = to_us(_instant(found["stored"])) if found["stored"] else timestamp_us + number
    return Fact(
        teacher=found["who"],
        code=found["code"],
        activity=found["activity"],
        slot=found["slot"],
        state=_STATES[found["state"]],
        timestamp_us=timestamp_us,
        stored_us=stored_us,
        number=number,
        voided=bool(found["void"]),
    )


def _slot_end(world: World, code: str, activity: str, slot: str) -> datetime:
    return next(
        planned.fin
        for published in world.published[code]
        for planned_activity in published.snapshot.activites
        for planned in planned_activity.creneaux
        if (planned_activity.id, planned.id) == (activity, slot)
    )


def _policy(said: Mapping[str, Any]) -> Policy:
    least = said.get("distance_min")
    return Policy(
        said.get("arrondi", "exact"),
        parse_duration(least) if least else None,
        {theme: parse_duration(value) for theme, value in said.get("themes_min", {}).items()},
    )
