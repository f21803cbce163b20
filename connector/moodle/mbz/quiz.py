"""A quiz in a backup: its settings, and one slot per question. The questions are in `questions.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.moodle.mbz import numbers
from connector.moodle.mbz.xml import Content, node
from scenarios.gift import GiftError, parse_gift

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from connector.moodle.document import ActivitySettings
    from scenarios.gift import Question

_AFTER_THE_ATTEMPT = 0x1110
_ALWAYS = 0x11110
_REVIEWS = ("correctness", "maxmarks", "marks", "specificfeedback", "generalfeedback", "rightanswer", "overallfeedback")


def questions_of(activity: ActivitySettings) -> tuple[Question, ...]:
    """Return the questions of a quiz's GIFT text; none for another module.

    Raises `DataError` when Moodle would refuse the text.
    """
    gift = activity.settings.get("gift")
    if activity.module != "quiz" or not gift:
        return ()
    try:
        return parse_gift(str(gift))
    except GiftError as exc:
        raise DataError(
            _(
                "Les questions de « {name} » ({idnumber}) sont à corriger :\n{exc}",
                name=activity.name,
                idnumber=activity.idnumber,
                exc=exc,
            )
        ) from exc


def quiz(activity: ActivitySettings, cmid: int) -> dict[str, Content]:
    """Return a quiz, marked out of 100; everything is shown after each attempt."""
    questions = questions_of(activity)
    settings = activity.settings
    reviews: dict[str, Content] = {f"review{name}": _AFTER_THE_ATTEMPT for name in _REVIEWS}
    return {
        "timeopen": _instant(settings.get("open")),
        "timeclose": _instant(settings.get("close")),
        "timelimit": 0,
        "overduehandling": "autosubmit",
        "graceperiod": 0,
        "preferredbehaviour": "deferredfeedback",
        "canredoquestions": 0,
        "attempts_number": _instant(settings.get("attempts")),
        "attemptonlast": 0,
        "grademethod": 1,
        "decimalpoints": 2,
        "questiondecimalpoints": -1,
        "reviewattempt": _ALWAYS,
        **reviews,
        "questionsperpage": 1,
        "navmethod": "free",
        "shuffleanswers": 1,
        "sumgrades": sum(question.kind != "description" for question in questions),
        "grade": 100,
        "timecreated": 0,
        "password": "",
        "subnet": "",
        "browsersecurity": "-",
        "delay1": 0,
        "delay2": 0,
        "completionattemptsexhausted": 0,
        "completionminattempts": activity.completion.submit,
        "question_instances": [_slot(cmid, rank, question) for rank, question in enumerate(questions, start=1)],
        "sections": [node("section", {"firstslot": 1, "heading": "", "shufflequestions": 0}, id=cmid)],
    }


def _slot(cmid: int, rank: int, question: Question) -> Element:
    number = numbers.question(cmid, rank)
    reference: dict[str, Content] = {
        "usingcontextid": numbers.context(cmid),
        "component": "mod_quiz",
        "questionarea": "slot",
        "questionbankentryid": number,
        "version": None,
    }
    fields: dict[str, Content] = {
        "quizid": cmid,
        "slot": rank,
        "page": rank,
        "displaynumber": None,
        "requireprevious": 0,
        "maxmark": int(question.kind != "description"),
        "quizgradeitemid": None,
    }
    slot = node("question_instance", fields, id=number)
    slot.append(node("question_reference", reference, id=number))
    return slot


def _instant(value: object) -> int:
    return value if isinstance(value, int) else 0
