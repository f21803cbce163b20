"""Who made a difference: the author, somebody in Moodle, or both; and what publishing then does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DataError, FatalError
from connector.moodle.sandbox.acts import Act, Kind
from connector.publish.apply import Choices, observe, publish
from connector.publish.drift import Reference, fingerprint, prints_of
from connector.publish.plan import Wishes, make_plan
from tests.publish.by_hand import CODE, course, delete, edit, edit_settings, rename_group
from tests.publish.conftest import SUPPLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.publish.changes import Change, Plan
    from connector.publish.journal import PublicationJournal

ALL = Wishes(overwrite=True)


@given(last=st.integers(0, 2), wanted=st.integers(0, 2), found=st.integers(0, 2))
def test_three_states_tell_who_made_a_difference(last: int, wanted: int, found: int) -> None:
    prints = {"objects": {"activite": {"a": {"name": _print(last)}}}}
    origin = Reference(prints).origin("activite", "a", "name", wanted, found)  # type: ignore[arg-type]
    if last == found:
        assert origin == "auteur"
    elif last == wanted:
        assert origin == "moodle"
    else:
        assert origin == "deux"


def _print(value: int) -> str:
    return fingerprint(value)


def test_without_a_reference_all_is_the_authors() -> None:
    nothing = Reference(None)
    assert nothing.origin("activite", "a", "name", 1, 2) == "auteur"
    assert nothing.order_origin("activite", ["a", "b"], ["b", "a"]) == "auteur"
    assert not nothing.published("activite", "a")
    assert not nothing.withdrawn("activite", "a")


def test_no_e_mail_is_in_the_prints(wanted: Publication) -> None:
    emails = [one.email for one in wanted.enrolments or ()]
    said = json.dumps(prints_of(wanted, emails))
    assert len(emails) == 4
    assert "@" not in said
    assert len(prints_of(wanted, emails)["objects"]["inscription"]) == 4  # type: ignore[call-overload,index,arg-type]


@pytest.fixture
def published(
    sandbox: Sandbox, transport: RestTransport, journal: PublicationJournal, wanted: Publication
) -> Callable[..., Plan]:
    """Publish the session, then return a function that plans against what the site has become."""
    publish(transport, wanted, journal, SUPPLY)

    def plan(wished: Publication = wanted, wishes: Wishes | None = None) -> Plan:
        return make_plan(wished, observe(transport, wished), wishes or Wishes())

    return plan


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(one.action, one.kind, one.name, one.fields) for one in changes]


EDITS: dict[str, tuple[Callable[[Sandbox], Any], tuple[str, str, str, tuple[str, ...]]]] = {
    "activity": (
        lambda box: edit(box, "lien", name="Corrigé"),
        ("modifier", "activite", "Un article", ("name",)),
    ),
    "two fields": (
        lambda box: (edit(box, "lien", visible=False), edit_settings(box, "lien", url="https://exemple.fr/b")),
        ("modifier", "activite", "Un article", ("visible", "settings.url")),
    ),
    "questions": (
        lambda box: edit_settings(box, "test-final", gift=None),
        ("modifier", "activite", "Vérifier", ("settings.gift",)),
    ),
    "moved to another section": (
        lambda box: edit(box, "test-final", section="s1"),
        ("deplacer", "activite", "Vérifier", ("section",)),
    ),
    "course": (
        lambda box: setattr(course(box), "visible", False),
        ("modifier", "cours", "Observer des calculs (Lyon 4, 2026-2027)", ("visible",)),
    ),
    "section": (
        lambda box: setattr(course(box).sections[1], "name", "Un début"),
        ("modifier", "section", "Se situer", ("name",)),
    ),
    "group": (lambda box: rename_group(box, "A", "Groupe A"), ("modifier", "groupe", "A", ("name",))),
    "somebody in another group": (
        lambda box: _regroup(box, "hugo.bertin@ac-exemple.fr", "A", "B"),
        ("modifier", "inscription", "hugo.bertin@ac-exemple.fr (participant)", ("groups",)),
    ),
    "somebody unenrolled": (
        lambda box: course(box).enrolments.pop(_person(box, "hugo.bertin@ac-exemple.fr")),
        ("creer", "inscription", "hugo.bertin@ac-exemple.fr (participant)", ()),
    ),
    "deleted": (lambda box: delete(box, "lien"), ("creer", "activite", "Un article", ())),
    "order": (
        lambda box: course(box).order.sort(),
        ("deplacer", "ordre", "ordre des activités", ("order",)),
    ),
}


def _person(box: Sandbox, email: str) -> int:
    person = box.site.person_by_email(email)
    assert person is not None
    return person.id


def _regroup(box: Sandbox, email: str, old: str, new: str) -> None:
    groups = {group.name: group.members for group in course(box).groups.values()}
    groups[old].remove(_person(box, email))
    groups[new].add(_person(box, email))


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_in_moodle_is_told_apart_left_alone_and_overwritten_on_demand(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    wanted: Publication,
    published: Callable[..., Plan],
    case: str,
) -> None:
    by_hand, expected = EDITS[case]
    assert published().drift == ()
    by_hand(sandbox)
    plan = published()
    assert plan.changes == ()
    assert plan.publication is None
    assert expected in told(plan.drift)
    assert {detail.origin for change in plan.drift for detail in change.details} <= {"moodle"}

    sandbox.calls.clear()
    outcome = publish(transport, wanted, journal, SUPPLY)
    assert outcome is not None
    assert outcome.left == plan.drift
    assert "local_parcours_publish" not in sandbox.calls

    assert publish(transport, wanted, journal, SUPPLY, wishes=ALL) is not None
    after = published()
    assert (after.changes, after.drift) == ((), ())


@pytest.mark.parametrize("case", [case for case in EDITS if case != "deleted"])
def test_what_the_author_changes_goes_beside_an_edit_in_moodle(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    published: Callable[..., Plan],
    edited: Callable[..., Publication],
    case: str,
) -> None:
    EDITS[case][0](sandbox)
    drift = published().drift
    wanted = edited("parcours.yaml", ("Lisez l'introduction", "Lisez tout"))
    plan = published(wanted)
    assert ("modifier", "activite", "Un article", ("intro",)) in told(plan.changes)
    assert plan.drift == drift
    outcome = publish(transport, wanted, journal, SUPPLY)
    assert outcome is not None
    after = published(wanted)
    assert after.changes == ()
    assert after.drift == drift
    assert "Lisez tout" in course(sandbox).modules[f"{CODE}/lien"].doc.intro


def test_both_changed_the_same_field(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    published: Callable[..., Plan],
    edited: Callable[..., Publication],
) -> None:
    edit(sandbox, "lien", name="De Moodle")
    wanted = edited("parcours.yaml", ("titre: Un article", "titre: De l'auteur"))
    plan = published(wanted)
    (change,) = [one for one in plan.drift if one.kind == "activite"]
    (detail,) = change.details
    assert (detail.before, detail.after, detail.origin) == ("De Moodle", "De l'auteur", "deux")
    assert [one for one in plan.changes if one.kind == "activite"] == []
    publish(transport, wanted, journal, SUPPLY)
    assert course(sandbox).modules[f"{CODE}/lien"].doc.name == "De Moodle"
    assert told(published(wanted).drift) == told(plan.drift)
    publish(transport, wanted, journal, SUPPLY, choices=Choices(overwrite=lambda _: True))
    assert course(sandbox).modules[f"{CODE}/lien"].doc.name == "De l'auteur"


def test_an_edit_that_the_author_makes_too_is_no_difference(
    sandbox: Sandbox, published: Callable[..., Plan], edited: Callable[..., Publication]
) -> None:
    edit(sandbox, "lien", name="Corrigé")
    plan = published(edited("parcours.yaml", ("titre: Un article", "titre: Corrigé")))
    assert [one for one in plan.drift if one.kind == "activite"] == []
    assert "Corrigé" not in {one.name for one in plan.changes if "name" in one.fields and one.kind == "activite"}


def test_questions_edited_by_hand_survive_the_removal_of_their_quiz(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    published: Callable[..., Plan],
    edited: Callable[..., Publication],
) -> None:
    edit_settings(sandbox, "test-final", gift=None)
    questions = course(sandbox).modules[f"{CODE}/test-final"].questions
    wanted = edited(
        "session.yaml",
        ("echeances: {test-final: J+70}", "contextualisation: {retirer: [test-final]}"),
    )
    publish(transport, wanted, journal, SUPPLY)
    module = course(sandbox).modules[f"{CODE}/test-final"]
    assert not module.doc.visible
    assert module.questions == questions
    assert questions

    edit(sandbox, "test-final", visible=True)
    plan = published(wanted)
    assert told(plan.drift) == [("masquer", "activite", "Vérifier", ("visible",))]
    assert plan.changes == ()


def test_an_event_renamed_again_after_its_slot_was_removed_is_left(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    published: Callable[..., Plan],
    edited: Callable[..., Publication],
) -> None:
    slot = (
        '    - {id: b1, debut: 2026-11-04T13:30, fin: 2026-11-04T16:30, lieu: "École des Tilleuls, Lyon", groupe: B}\n'
    )
    wanted = edited("session.yaml", (slot, ""))
    publish(transport, wanted, journal, SUPPLY)
    (event,) = [one for one in course(sandbox).events.values() if one.doc.name.startswith("Annulé : ")]
    event.doc = event.doc.model_copy(update={"name": "Maintenu"})
    plan = published(wanted)
    assert told(plan.drift) == [("annuler", "evenement", "Maintenu", ("name",))]
    assert plan.changes == ()


def test_what_needs_something_removed_in_moodle_is_refused_and_names_it(
    sandbox: Sandbox,
    transport: RestTransport,
    journal: PublicationJournal,
    published: Callable[..., Plan],
    edited: Callable[..., Publication],
) -> None:
    delete(sandbox, "lien")
    wanted = edited("parcours.yaml", ("prerequis: [accueil]", "prerequis: [accueil, lien]"))
    with pytest.raises(DataError, match=f"« Vos calculs » a besoin de l'activité « {CODE}/lien »") as caught:
        published(wanted)
    assert "--ecraser" in str(caught.value)
    publish(transport, wanted, journal, SUPPLY, wishes=ALL)
    assert f"{CODE}/lien" in course(sandbox).modules


class TestUnlock:
    """`completionunlocked` is for whoever asks for it, and no more is wiped than they were told."""

    @pytest.fixture
    def wanted_otherwise(
        self,
        sandbox: Sandbox,
        transport: RestTransport,
        journal: PublicationJournal,
        wanted: Publication,
        edited: Callable[..., Publication],
    ) -> Publication:
        publish(transport, wanted, journal, SUPPLY)
        for person in ("camille.arnaud", "ines.belkacem"):
            sandbox.act(f"{person}@ac-exemple.fr", f"{CODE}/accueil", Act(Kind.VIEW))
        return edited("parcours.yaml", ('achevement: vue\n        consigne: "Lisez cette', 'achevement: manuel\n        consigne: "Lisez cette'))  # fmt: skip  # noqa: E501

    UNLOCK = Wishes(unlock=frozenset({f"{CODE}/accueil"}))

    def states(self, sandbox: Sandbox) -> int:
        cmid = course(sandbox).modules[f"{CODE}/accueil"].cmid
        return sum(1 for (_, where), progress in sandbox.site.progress.items() if where == cmid and progress.state)

    def test_it_is_kept_unless_asked_for(
        self,
        sandbox: Sandbox,
        transport: RestTransport,
        journal: PublicationJournal,
        wanted_otherwise: Publication,
    ) -> None:
        outcome = publish(transport, wanted_otherwise, journal, SUPPLY)
        assert outcome is not None
        assert [(one.idnumber, one.why) for one in outcome.kept] == [(f"{CODE}/accueil", "hascompletions")]
        assert self.states(sandbox) == 2

    def test_the_plan_says_how_many_and_publishing_wipes_them(
        self,
        sandbox: Sandbox,
        transport: RestTransport,
        journal: PublicationJournal,
        published: Callable[..., Plan],
        wanted_otherwise: Publication,
    ) -> None:
        plan = published(wanted_otherwise, self.UNLOCK)
        assert plan.publication is not None
        assert [(one.idnumber, one.completions) for one in plan.publication.unlock or ()] == [(f"{CODE}/accueil", 2)]
        outcome = publish(transport, wanted_otherwise, journal, SUPPLY, wishes=self.UNLOCK)
        assert outcome is not None
        assert outcome.kept == ()
        assert self.states(sandbox) == 0

    def test_a_completion_that_came_since_is_not_wiped(
        self,
        sandbox: Sandbox,
        transport: RestTransport,
        journal: PublicationJournal,
        wanted_otherwise: Publication,
    ) -> None:
        def meanwhile(_: Plan) -> bool:
            sandbox.act("hugo.bertin@ac-exemple.fr", f"{CODE}/accueil", Act(Kind.VIEW))
            return True

        with pytest.raises(FatalError, match="Rien n'a été publié"):
            publish(transport, wanted_otherwise, journal, SUPPLY, wishes=self.UNLOCK, choices=Choices(accept=meanwhile))
        assert self.states(sandbox) == 3

    def test_nothing_to_unlock_is_said(self, published: Callable[..., Plan], wanted: Publication) -> None:
        with pytest.raises(DataError, match="rien à déverrouiller"):
            published(wanted, self.UNLOCK)
