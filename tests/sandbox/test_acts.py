"""What each act leads to: statements in the order captured on the real chain, completion, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import DataError
from connector.moodle.sandbox import Act, Kind, completion
from connector.moodle.sandbox.site import Progress
from tests.sandbox.worlds import CODE, NOW, OTHER, TEACHER, TRAINER

if TYPE_CHECKING:
    from connector.moodle.sandbox import Sandbox


def told(sandbox: Sandbox, *acts: tuple[str, Act], email: str = TEACHER) -> list[tuple[str, str, Any]]:
    """Have the acts done; return verb, kind of object and success of each statement."""
    for key, act in acts:
        sandbox.act(email, f"{CODE}/{key}", act)
    return [_brief(statement) for statement in sandbox.drain()]


def _brief(statement: Any) -> tuple[str, str, Any]:
    page = statement["object"]["id"].split("?")[0].rsplit("/", 2)
    kind = "/".join(page[-2:]) + ("#submission" if "#submission" in statement["object"]["id"] else "")
    return statement["verb"]["display"]["en"], kind, statement.get("result", {}).get("success")


def state(sandbox: Sandbox, key: str, email: str = TEACHER) -> int:
    person = sandbox.site.person_by_email(email)
    module = sandbox.site.module_by_idnumber(f"{CODE}/{key}")
    assert person is not None
    assert module is not None
    return sandbox.site.seen(person.id, module.cmid).state


def test_first_view_says_uncompleted_then_completed_in_one_second(sandbox: Sandbox) -> None:
    assert told(sandbox, ("page", Act(Kind.VIEW))) == [
        ("Viewed", "page/view.php", None),
        ("Uncompleted", "page/view.php", None),
        ("Completed", "page/view.php", None),
    ]
    assert told(sandbox, ("page", Act(Kind.VIEW))) == [("Viewed", "page/view.php", None)]


def test_quiz_completes_the_module_then_the_attempt(sandbox: Sandbox) -> None:
    assert told(sandbox, ("quiz", Act(Kind.ATTEMPT, score=100))) == [
        ("Viewed", "quiz/view.php", None),
        ("Started", "quiz/attempt.php", None),
        ("Completed", "quiz/view.php", True),
        ("Completed", "quiz/attempt.php", True),
        ("Answered", "question/question.php", None),
        ("Received", "127.0.0.1:" + sandbox.url.rsplit(":", 1)[1] + "/review.php", None),
    ]


def test_failed_quiz_is_completed_without_success_until_it_is_passed(sandbox: Sandbox) -> None:
    modules = [
        [line for line in told(sandbox, ("quiz", Act(Kind.ATTEMPT, score=score))) if line[:2] == (
            "Completed", "quiz/view.php")]
        for score in (20, 80, 10)
    ]  # fmt: skip
    assert modules == [[("Completed", "quiz/view.php", False)], [("Completed", "quiz/view.php", True)], []]
    assert state(sandbox, "quiz") == 2


def test_assignment_completes_before_it_is_submitted_and_once(sandbox: Sandbox) -> None:
    assert told(sandbox, ("depot", Act(Kind.SUBMIT)), ("depot", Act(Kind.SUBMIT))) == [
        ("Viewed", "assign/view.php", None),
        ("Completed", "assign/view.php", None),
        ("Submitted", "assign/view.php#submission", None),
        ("Viewed", "assign/view.php", None),
        ("Submitted", "assign/view.php#submission", None),
    ]


def test_choice_feedback_and_forum_in_the_captured_order(sandbox: Sandbox) -> None:
    acts = (
        ("choix", Act(Kind.CHOOSE)),
        ("bilan", Act(Kind.ANSWER, text="Bien")),
        ("forum", Act(Kind.POST, text="Moi")),
    )
    assert told(sandbox, *acts) == [
        ("Viewed", "choice/view.php", None),
        ("Completed", "choice/view.php", None),
        ("Answered", "choice/view.php", None),
        ("Viewed", "feedback/view.php", None),
        ("Submitted", "feedback/view.php", None),
        ("Answered", "feedback/edit_item.php", None),
        ("Completed", "feedback/view.php", None),
        ("Replied", "forum/discuss.php", None),
        ("Completed", "forum/view.php", None),
        ("Subscribed", "forum/discuss.php", None),
    ]


def test_a_forum_without_discussion_gets_one(sandbox: Sandbox) -> None:
    acts = (("salon", Act(Kind.POST, text="Une question")), ("salon", Act(Kind.POST, text="Une autre")))
    assert [verb for verb, _, _ in told(sandbox, *acts)] == ["Created", "Subscribed", "Replied", "Subscribed"]


def test_the_trainer_validates_and_the_statement_names_only_the_learner(sandbox: Sandbox) -> None:
    sandbox.act(TEACHER, f"{CODE}/presence", Act(Kind.VALIDATE, by=TRAINER))
    (statement,) = sandbox.drain()
    assert statement["actor"]["name"] == "Camille Arnaud"  # type: ignore[index,call-overload]
    assert "Anne" not in str(statement)
    assert told(sandbox, ("presence", Act(Kind.VALIDATE, by=TRAINER))) == []
    assert told(sandbox, ("presence", Act(Kind.INVALIDATE, by=TRAINER))) == [("Uncompleted", "label/view.php", None)]


def test_an_overridden_automatic_activity_holds_until_it_is_withdrawn(sandbox: Sandbox) -> None:
    assert told(sandbox, ("quiz", Act(Kind.VALIDATE, by=TRAINER))) == [("Completed", "quiz/view.php", None)]
    told(sandbox, ("quiz", Act(Kind.ATTEMPT, score=0)))
    assert state(sandbox, "quiz") == 1
    told(sandbox, ("quiz", Act(Kind.INVALIDATE, by=TRAINER)), ("quiz", Act(Kind.ATTEMPT, score=90)))
    assert state(sandbox, "quiz") == 2


def test_a_view_after_a_withdrawal_says_both_again(sandbox: Sandbox) -> None:
    told(sandbox, ("page", Act(Kind.VIEW)), ("page", Act(Kind.INVALIDATE, by=TRAINER)))
    again = [verb for verb, _, _ in told(sandbox, ("page", Act(Kind.VIEW)))]
    assert again == ["Viewed", "Uncompleted", "Completed"]


def test_ticks_and_unticks(sandbox: Sandbox) -> None:
    acts = (("manuel", Act(Kind.TICK)), ("manuel", Act(Kind.TICK)), ("manuel", Act(Kind.UNTICK)))
    assert [verb for verb, _, _ in told(sandbox, *acts)] == ["Completed", "Uncompleted"]


def test_acts_take_place_when_they_say(sandbox: Sandbox) -> None:
    sandbox.act(TEACHER, f"{CODE}/datee", Act(Kind.VIEW, at=NOW + 15))
    (statement,) = sandbox.drain()
    assert statement["timestamp"] == "2026-11-22T01:00:15.000Z"


def test_the_course_itself_can_be_viewed(sandbox: Sandbox) -> None:
    sandbox.act(TEACHER, CODE, Act(Kind.VIEW))
    (statement,) = sandbox.drain()
    assert statement["object"]["id"] == f"{sandbox.url}/course/view.php?id=2"  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("email", "key", "act", "why"),
    [
        ("inconnu@ac-exemple.fr", "page", Act(Kind.VIEW), "pas de compte actif"),
        ("ines.belkacem@ac-exemple.fr", "page", Act(Kind.VIEW), "n'est pas inscrit"),
        (TEACHER, "absente", Act(Kind.VIEW), "pas d'activité"),
        (TEACHER, "presence", Act(Kind.TICK), "seul un formateur"),
        (TEACHER, "page", Act(Kind.TICK), "coché à la main"),
        (TEACHER, "cachee", Act(Kind.VIEW), "cachée"),
        (TEACHER, "suite", Act(Kind.VIEW), "is marked complete"),
        (TEACHER, "reservee", Act(Kind.VIEW), "You belong to"),
        (TEACHER, "datee", Act(Kind.VIEW), "Not available yet"),
        (TEACHER, "datee", Act(Kind.VIEW, at=NOW + 20), "Not available any more"),
        (TEACHER, "ferme", Act(Kind.ATTEMPT), "n'est pas ouvert"),
        (TEACHER, "ferme", Act(Kind.ATTEMPT, at=NOW + 20), "n'est pas ouvert"),
        (TEACHER, "page", Act(Kind.SUBMIT), "on ne peut pas remettre"),
        (TEACHER, "presence", Act(Kind.VIEW), "on ne peut pas consulter"),
        (TEACHER, "presence", Act(Kind.VALIDATE, by=OTHER), "pas le droit de valider"),
    ],
)
def test_refuses_what_moodle_would_not_let_do(sandbox: Sandbox, email: str, key: str, act: Act, why: str) -> None:
    with pytest.raises(DataError, match=why):
        sandbox.act(email, f"{CODE}/{key}", act)
    assert sandbox.drain() == []


def test_a_quiz_counts_its_attempts(sandbox: Sandbox) -> None:
    inside = Act(Kind.ATTEMPT, score=0, at=NOW + 15)
    told(sandbox, ("ferme", inside))
    with pytest.raises(DataError, match="toutes les tentatives"):
        sandbox.act(TEACHER, f"{CODE}/ferme", inside)


def test_staff_meets_no_restriction(sandbox: Sandbox) -> None:
    keys = ("cachee", "suite", "reservee", "datee")
    assert len(told(sandbox, *((key, Act(Kind.VIEW)) for key in keys), email=TRAINER)) >= len(keys)


def test_a_restriction_lifts_when_its_prerequisite_is_passed(sandbox: Sandbox) -> None:
    told(sandbox, ("quiz", Act(Kind.ATTEMPT, score=90)))
    assert told(sandbox, ("suite", Act(Kind.VIEW)))[-1] == ("Completed", "page/view.php", None)
    assert told(sandbox, ("reservee", Act(Kind.VIEW)), email=OTHER) == [("Viewed", "page/view.php", None)]


def test_an_attempt_moves_nothing_where_completion_is_set_by_hand(sandbox: Sandbox) -> None:
    course = next(iter(sandbox.site.courses.values()))
    by_hand = next(one for one in course.modules.values() if one.doc.completion.tracking == "manual")
    progress = Progress()
    assert completion.update(by_hand.doc, progress, completion.RECOMPUTE, NOW) == []
    assert progress.state == completion.INCOMPLETE
    assert completion.update(by_hand.doc, progress, completion.COMPLETE, NOW) == [completion.COMPLETE]
