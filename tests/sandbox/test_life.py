"""The simulated life of a session, and the people who live it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.moodle.observation import Observation, ObservedSession
from connector.moodle.sandbox import Kind
from connector.moodle.sandbox.life import live
from connector.moodle.sandbox.plugin_observe import observe
from connector.moodle.sandbox.population import TEACHERS, TRAINERS
from scenarios import catalogue
from scenarios.load import load_session
from tests.sandbox.worlds import CODE, DOCUMENT, NOW, settle

if TYPE_CHECKING:
    from connector.moodle.sandbox import Sandbox


def everybody(sandbox: Sandbox) -> list[str]:
    return [person.email for person in sandbox.site.people.values() if not person.manager]


def observed(sandbox: Sandbox) -> ObservedSession:
    """Enrol all the teachers, then read the session back as `vivre` does."""
    listed = DOCUMENT["enrolments"]
    known = {row["email"] for row in listed}
    others = [{"email": email, "role": "student"} for email in everybody(sandbox) if email not in known]
    settle(sandbox, enrolments=[*listed, *others])
    connector = next(person for person in sandbox.site.people.values() if person.manager)
    query = json.dumps({"format": "parcours-query/1", "code": CODE, "content": True})
    session = Observation.model_validate(observe(sandbox.site, connector, query), extra="ignore").session(CODE)
    assert session is not None
    return session


def test_the_site_is_peopled_with_those_of_the_catalogue(sandbox: Sandbox) -> None:
    emails = everybody(sandbox)
    assert len(emails) == len(set(emails)) == len(TEACHERS) + len(TRAINERS) == 31
    assert all(email.isascii() and email.endswith("@ac-exemple.fr") for email in emails)
    for name in catalogue.names():
        session = load_session(catalogue.folder(name) / "session.yaml")
        assert {row.courriel for row in session.participants} <= set(emails)
        assert {row.courriel for row in session.session.formateurs} <= set(emails)


def test_every_act_of_a_life_is_one_that_the_site_allows(sandbox: Sandbox) -> None:
    orders = live(observed(sandbox), seed=1)
    for order in orders:
        sandbox.act(order.courriel, order.idnumber, order.act())
    assert sandbox.drain()
    kinds = {order.acte for order in orders}
    assert {
        Kind.VIEW,
        Kind.ATTEMPT,
        Kind.SUBMIT,
        Kind.CHOOSE,
        Kind.ANSWER,
        Kind.POST,
        Kind.TICK,
        Kind.VALIDATE,
    } <= kinds


def test_a_seed_gives_one_life_and_another_seed_another(sandbox: Sandbox) -> None:
    session = observed(sandbox)
    assert live(session, seed=7) == live(session, seed=7)
    assert live(session, seed=7) != live(session, seed=8)


def test_lives_differ_and_go_forward(sandbox: Sandbox) -> None:
    orders = live(observed(sandbox), seed=1)
    instants = [order.instant or 0 for order in orders]
    assert instants == sorted(instants)
    assert NOW <= instants[0] <= instants[-1]
    done = {email: sum(order.courriel == email for order in orders) for email in {order.courriel for order in orders}}
    assert len(set(done.values())) > 3
    assert not any(order.idnumber.endswith("/cachee") for order in orders)
