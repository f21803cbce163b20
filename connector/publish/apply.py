"""Publishing: observe, plan, send what differs in one call, observe again and check that nothing is left to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.errors import ConfigError, FatalError, UncertainError
from connector.language import _
from connector.moodle import functions
from connector.moodle.observation import Query
from connector.publish.outcome import Outcome
from connector.publish.plan import NO_WISHES, make_plan
from connector.publish.sending import send
from connector.publish.uploads import Supply, hand_over, needed, refuse_untaken
from connector.publish.wording import with_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import Publication, PublicationResult
    from connector.moodle.observation import Observation, ObservedSession
    from connector.moodle.transport import Transport
    from connector.publish.changes import Plan
    from connector.publish.journal import PublicationJournal
    from connector.publish.plan import Wishes

OLDEST_PLUGIN = 2026122700
"""The first version of the plugin that knows sessions in preparation, and tells where each one is."""


@dataclass(frozen=True)
class Choices:
    """What a person decides once the plan is known, and how they are kept informed."""

    accept: Callable[[Plan], bool] = lambda _: True
    overwrite: Callable[[Plan], bool] = lambda _: False
    say: Callable[[str], None] = lambda _: None


def observe(transport: Transport, wanted: Publication) -> Observation:
    """Return what the site holds of the session, and which of its people have an account there.

    Raises `ConfigError` when the site's plugin is too old.
    """
    emails = tuple(dict.fromkeys(one.email for one in wanted.enrolments or ()))
    observation = functions.observe(transport, Query(code=wanted.code, content=True, accounts=emails))
    if not observation.plugin.isdecimal() or int(observation.plugin) < OLDEST_PLUGIN:
        raise ConfigError(
            _("L'extension local_parcours de {address} est d'une version trop ancienne.", address=transport.address),
            remedy=_("« parcours plugin construire » fait le zip de celle qu'il faut installer."),
        )
    return observation


def publish(
    transport: Transport,
    wanted: Publication,
    journal: PublicationJournal,
    supply: Supply,
    *,
    wishes: Wishes = NO_WISHES,
    choices: Choices | None = None,
) -> Outcome | None:
    """Bring the site to `wanted`, in one write or none; None when the plan is not accepted.

    A write whose outcome is unknown, now or in an earlier run, is looked up before anything else: done, publishing
    goes on; not done, the `UncertainError` is raised, since the site may still be at work. Contents of files go before
    it, to where nobody sees them. Raises `FatalError` when the site does not hold what was sent, or was changed by
    somebody since it was observed.
    """
    choices = choices or Choices()
    choices.say(_("Lecture du cours…"))
    before = observe(transport, wanted)
    revision = _revision(before, wanted.code)
    if (earlier := journal.settle(wanted.code, revision=revision)) is not None:
        choices.say(_resumed(done=earlier))
    plan = _decided(wanted, before, wishes, choices)
    if plan.publication is None:
        return Outcome(plan, before, _session(before, wanted.code), plan.kept)
    contents = needed(plan.publication, before.session(wanted.code))
    refuse_untaken(contents, supply)
    if not choices.accept(plan):
        return None
    draft = hand_over(transport, contents, supply, choices.say)
    choices.say(_("Publication…"))
    sent = send(transport, plan.publication.model_copy(update={"draft": draft}), journal, revision=revision)
    choices.say(_("Vérification…"))
    return _verified(transport, wanted, plan, sent, journal)


def _verified(
    transport: Transport,
    wanted: Publication,
    plan: Plan,
    sent: PublicationResult | UncertainError,
    journal: PublicationJournal,
) -> Outcome:
    """Observe again; raise what `publish` says where something of the plan is left, or may be."""
    after = observe(transport, wanted)
    remaining = make_plan(wanted, after)
    left = _left(plan, remaining)
    if isinstance(sent, UncertainError):
        if left or not journal.settle(wanted.code, revision=_revision(after, wanted.code)):
            raise sent
    elif left:
        raise FatalError(
            _(
                "{address} ne rend pas ce qui vient d'être publié : {left}.",
                address=transport.address,
                left=", ".join(left[:5]),
            ),
            remedy=_("Quelqu'un modifie peut-être le cours en ce moment : relancez la publication."),
        )
    return Outcome(plan, after, _session(after, wanted.code), remaining.kept)


def _decided(wanted: Publication, before: Observation, wishes: Wishes, choices: Choices) -> Plan:
    """Return the plan, what was edited in Moodle being overwritten where a person says so."""
    plan = make_plan(wanted, before, wishes)
    if plan.drift and not plan.overwrites and choices.overwrite(plan):
        return make_plan(wanted, before, replace(wishes, overwrite=True))
    return plan


def _resumed(*, done: bool) -> str:
    found = _("elle avait été faite") if done else _("elle n'avait pas été faite")
    return _("La publication précédente s'était interrompue : {found}.", found=found)


def _revision(observation: Observation, code: str) -> int:
    session = observation.session(code)
    return session.publication.revision if session is not None else 0


def _session(observation: Observation, code: str) -> ObservedSession:
    session = observation.session(code)
    if session is None:
        raise FatalError(
            _("La session {code} a disparu du site pendant la publication.", code=code), remedy=_("Relancez-la.")
        )
    return session


def _left(plan: Plan, remaining: Plan) -> list[str]:
    """Return what still differs, but for what the plan left to Moodle."""
    held = set() if plan.overwrites else {place for change in plan.drift for place in change.places()}
    return [with_fields(change) for change in (*remaining.changes, *remaining.drift) if change.places() - held]
