"""Publishing: observe, plan, send what differs in one call, observe again and check that nothing is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import ConfigError, FatalError, UncertainError
from connector.moodle import functions
from connector.moodle.observation import Query
from connector.publish.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import Kept, Publication
    from connector.moodle.functions import SiteInfo
    from connector.moodle.observation import Observation, ObservedSession
    from connector.moodle.transport import Transport
    from connector.publish.plan import Plan


@dataclass(frozen=True)
class Outcome:
    """What publishing did: the plan that was carried out, what the site now holds, what it keeps as it was."""

    plan: Plan
    observation: Observation
    session: ObservedSession
    kept: tuple[Kept, ...] = ()


def check_site(transport: Transport) -> SiteInfo:
    """Return what the site says of itself; raise `ConfigError` when our plugin's functions are not there to call."""
    info = functions.get_site_info(transport)
    missing = info.lacks(functions.PUBLISH, functions.OBSERVE)
    if missing:
        raise ConfigError(
            f"{transport.address} n'offre pas {' ni '.join(missing)} au compte « {info.username} ».",
            remedy="« parcours plugin construire » fait le zip de l'extension à installer ;"
            " ajoutez ensuite ses fonctions au service du jeton.",
        )
    return info


def observe(transport: Transport, wanted: Publication) -> Observation:
    """Return what the site holds of the session, and which of its people have an account there."""
    emails = tuple(dict.fromkeys(one.email for one in wanted.enrolments or ()))
    return functions.observe(transport, Query(code=wanted.code, content=True, accounts=emails))


def publish(
    transport: Transport,
    wanted: Publication,
    *,
    accept: Callable[[Plan], bool] = lambda _: True,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome | None:
    """Bring the site to `wanted`, in one write or none; None when `accept` refuses the plan.

    A write whose outcome is unknown is looked up before anything else: done, publishing goes on; not done, the
    `UncertainError` is raised, since the site may still be at work. Raises `FatalError` when the site does not hold
    what was sent.
    """
    say("Lecture du cours…")
    before = observe(transport, wanted)
    plan = make_plan(wanted, before)
    if plan.publication is None:
        return Outcome(plan, before, _held(before, wanted.code), plan.kept)
    if not accept(plan):
        return None
    say("Publication…")
    doubt = _send(transport, plan.publication)
    say("Vérification…")
    after = observe(transport, wanted)
    remaining = make_plan(wanted, after)
    left = [f"{change.name} ({', '.join(change.fields) or change.kind})" for change in remaining.changes]
    if left and doubt is not None:
        raise doubt
    if left:
        raise FatalError(
            f"{transport.address} ne rend pas ce qui vient d'être publié : {', '.join(left[:5])}.",
            remedy="Quelqu'un modifie peut-être le cours en ce moment : relancez la publication.",
        )
    return Outcome(plan, after, _held(after, wanted.code), remaining.kept)


def _send(transport: Transport, publication: Publication) -> UncertainError | None:
    """Publish; return the doubt there is about it, if any."""
    try:
        functions.publish(transport, publication)
    except UncertainError as doubt:
        return doubt
    return None


def _held(observation: Observation, code: str) -> ObservedSession:
    session = observation.session(code)
    if session is None:
        raise FatalError(f"La session {code} a disparu du site pendant la publication.", remedy="Relancez-la.")
    return session
