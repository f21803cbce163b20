"""Worlds and services for hypothesis: small, and full of what makes rules meet (ties, overlaps, doubles)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from connector.ledger.projection import Published
from connector.ledger.roster import Interval
from connector.obligation.rules import regulation
from scenarios.calendar import SchoolYear
from scenarios.snapshot import PlannedActivity, PlannedParticipant, PlannedSlot, PlannedTrainer, Snapshot
from tests.obligation.world import PARIS, Fact, World
from xapi.instants import to_us

YEAR = SchoolYear(2026)
WHO = ("E1", "E2", "E3", "E4")
"""A world costs its queries, whatever its size: each judges several people, who have nothing to do with one another."""


def rarely(usual: object, *others: object) -> st.SearchStrategy[object]:
    """One of `others` now and then: what refuses a line must leave enough lines for the later rules."""
    return st.sampled_from((usual,) * (9 * len(others)) + others)


START, END = date(2026, 10, 5), date(2026, 10, 9)
_OPENS, _SHUTS = (datetime(2026, *day, tzinfo=PARIS) for day in ((10, 5), (11, 10)))
EDGES = tuple(to_us(edge) - just for edge in (_OPENS, _SHUTS) for just in (0, 1))
"""The instants on either side of the window of `START` to `END`."""
DAYS = st.dates(YEAR.start, YEAR.end)


@st.composite
def intervals(draw: st.DrawFn, **fixed: object) -> Interval:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    values = {
        "uai": draw(st.sampled_from(("0690001B", "0690002C"))),
        "ecole": "École",
        "circonscription": draw(st.sampled_from(("0693456G", "0691111H"))),
        "departement": "069",
        "academie": "Lyon",
        "degre": draw(rarely("1D", "2D")),
        "situation": draw(st.sampled_from(sorted(regulation().situations))),
        "quotite": draw(st.integers(1, 100_000)),
        "debut": draw(st.none() | st.just(first)),
        "fin": draw(st.none() | st.just(last)),
        "imputation_min": draw(st.integers(0, 400)),
    }
    return Interval(**(values | fixed))


def _at(day: int, hour: int) -> datetime:
    return datetime.combine(START + timedelta(days=day), datetime.min.time(), PARIS) + timedelta(hours=hour)


@st.composite
def slots(draw: st.DrawFn, name: str) -> PlannedSlot:
    day, hour, length = draw(st.integers(0, 1)), draw(st.integers(8, 10)), draw(st.integers(1, 3))
    group = draw(st.sampled_from((None, "A", "B")))
    return PlannedSlot(id=name, debut=_at(day, hour), fin=_at(day, hour + length), groupe=group)


@st.composite
def activities(draw: st.DrawFn, name: str) -> PlannedActivity:
    signed = draw(st.booleans())
    modality = "presence" if signed else draw(rarely("distance_asynchrone", "en_classe"))
    return PlannedActivity(
        id=name,
        sequence="s1",
        type="presence" if signed else "page",
        titre=name,
        modalite=modality,
        credite=draw(rarely(True, False)),
        duree=draw(st.sampled_from((30, 60, 180))),
        achevement="emargement" if signed else "vue",
        locale=draw(rarely(False, True)),
        creneaux=tuple(draw(slots(slot)) for slot in ("x", "y")) if signed else (),
    )


@st.composite
def histories(draw: st.DrawFn, code: str) -> list[Published]:
    names = ("a", "b")
    cadre = draw(rarely("animation", "paf"))
    listed = draw(st.lists(st.sampled_from(WHO), unique=True))
    trainers = draw(rarely((), ("E2",)))
    common = {
        "code": code,
        "matricule": f"26_ACA10_{draw(rarely('CALC', code))}_1.0",
        "titre": code,
        "nature": draw(st.sampled_from(("formation_continue", "animation_pedagogique"))),
        "collection": "action",
        "origine": "academie",
        "circonscription": "0693456G",
        "annee_scolaire": str(YEAR),
        "cadre": cadre,
        "inscription": "invitation",
        "validation": draw(st.sampled_from(("achevement", "achevement", "attestation"))),
        "debut": START,
        "fin": END,
        "fuseau": "Europe/Paris",
        "formateurs": tuple(PlannedTrainer(courriel=f"{who.lower()}@ac-exemple.fr", role="tuteur") for who in trainers),
        "participants": tuple(
            PlannedParticipant(
                courriel=f"{who.lower()}@ac-exemple.fr",
                groupe=draw(st.sampled_from((None, "A", "B"))),
                origine="invitation",
                cadre=draw(st.sampled_from((cadre, "pdf"))),
            )
            for who in listed
        ),
    }
    first = Snapshot(**common, activites=tuple(draw(activities(name)) for name in names))
    history = [Published(0, 1, first)]
    if draw(st.booleans()):
        kept = draw(st.sampled_from(((0,), (0, 1))))
        again = tuple(draw(activities(names[n])) if draw(st.booleans()) else first.activites[n] for n in kept)
        history.append(Published(to_us(_at(1, 9)), 2, Snapshot(**common, activites=again)))
    return history


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World(YEAR)
    world.people = {who: draw(st.lists(intervals(situation="PE_ADJOINT"), min_size=1, max_size=2)) for who in WHO}
    world.published = {code: draw(histories(code)) for code in draw(st.permutations(("S1", "S2")))}
    world.facts = [draw(facts(world, number)) for number in range(draw(st.integers(6, 24)))]
    return world


@st.composite
def facts(draw: st.DrawFn, world: World, number: int) -> Fact:
    code = draw(st.sampled_from(sorted(world.published)))
    newest = world.published[code][-1].snapshot
    if newest.validation == "attestation" and draw(st.booleans()):
        return draw(attestations(code, number))
    planned = [activity for one in world.published[code] for activity in one.snapshot.activites]
    activity = draw(st.sampled_from(planned))
    if draw(rarely(False, True)):
        return draw(decisions(code, activity.id, number))
    slot = draw(rarely(*activity.creneaux, None)) if activity.creneaux else None
    if slot is None:
        late = draw(rarely(0, 90))
        timestamp = _at(late + draw(st.integers(-1, 2)), draw(st.integers(8, 10))).astimezone(UTC)
    else:
        timestamp = slot.fin
    timestamp_us = draw(rarely(to_us(timestamp), draw(st.sampled_from(EDGES)))) if slot is None else to_us(timestamp)
    return Fact(
        teacher=draw(st.sampled_from(WHO)),
        code=code,
        activity=activity.id,
        slot=slot.id if slot else None,
        state=draw(
            st.sampled_from(
                ("done", "done", "done", "undone") if slot else ("done", "done", "done", "undone", "failed")
            )
        ),
        timestamp_us=timestamp_us,
        stored_us=timestamp_us + draw(st.sampled_from((1, 2, 60_000_000))),
        number=number,
        voided=draw(rarely(False, True)),
    )


@st.composite
def decisions(draw: st.DrawFn, code: str, activity: str, number: int) -> Fact:
    timestamp_us = to_us(_at(draw(st.sampled_from((0, 2, 90))), draw(st.integers(8, 10))).astimezone(UTC))
    return Fact(
        teacher=draw(st.sampled_from(WHO)),
        code=code,
        activity=activity,
        slot=None,
        state=draw(st.sampled_from(("done", "failed", "undone"))),
        timestamp_us=timestamp_us,
        stored_us=timestamp_us + draw(st.sampled_from((1, 2))),
        number=number,
        voided=draw(rarely(False, True)),
        motif="erreur_de_saisie",
    )


@st.composite
def attestations(draw: st.DrawFn, code: str, number: int) -> Fact:
    timestamp_us = to_us(_at(draw(st.sampled_from((0, 2, 90))), draw(st.integers(8, 10))).astimezone(UTC))
    return Fact(
        teacher=draw(st.sampled_from(WHO)),
        code=code,
        activity=None,
        slot=None,
        state=draw(st.sampled_from(("done", "done", "undone"))),
        timestamp_us=timestamp_us,
        stored_us=timestamp_us + draw(st.sampled_from((1, 2))),
        number=number,
        voided=draw(rarely(False, True)),
    )
