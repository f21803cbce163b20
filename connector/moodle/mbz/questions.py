"""The question bank of a backup: for each quiz a category of its own, which holds its questions.

The shape is that of Moodle 4.0 and later (entries, versions); values are those that Moodle's GIFT import gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.mbz import numbers
from connector.moodle.mbz.xml import Content, node

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from scenarios.gift import Answer, Question, Text

Fields = dict[str, Content]

_FORMATS = {"moodle": 0, "html": 1, "plain": 2, "markdown": 4}
_THIRD = "0.3333333"


def categories(cmid: int, name: str, code: str, questions: tuple[Question, ...]) -> list[Element]:
    """Return the two categories of a quiz: the root that Moodle wants, and the one that holds the questions."""
    top, own = numbers.top_category(cmid), numbers.category(cmid)
    entries = [_entry(numbers.question(cmid, rank), own, code, one) for rank, one in enumerate(questions, start=1)]
    return [
        node("question_category", _category(cmid, "top", f"{code}+{top}", parent=0, entries=[]), id=top),
        node("question_category", _category(cmid, name, f"{code}+{own}", parent=top, entries=entries), id=own),
    ]


def _category(cmid: int, name: str, stamp: str, *, parent: int, entries: list[Element]) -> Fields:
    return {
        "name": name,
        "contextid": numbers.context(cmid),
        "contextlevel": 70,
        "contextinstanceid": cmid,
        "info": "",
        "infoformat": 0,
        "stamp": stamp,
        "parent": parent,
        "sortorder": 999 if parent else 0,
        "idnumber": None,
        "question_bank_entries": entries,
    }


def _entry(number: int, category: int, code: str, question: Question) -> Element:
    versions: Fields = {"version": 1, "status": "ready", "questions": [_question(number, code, question)]}
    fields: Fields = {
        "questioncategoryid": category,
        "idnumber": None,
        "ownerid": 0,
        "nextversion": 2,
        "question_version": [node("question_versions", versions, id=number)],
    }
    return node("question_bank_entry", fields, id=number)


def _question(number: int, code: str, question: Question) -> Element:
    mark = int(question.kind != "description")
    fields: Fields = {
        "parent": 0,
        "name": question.name,
        **_text("questiontext", question.text),
        **_text("generalfeedback", question.general_feedback),
        "defaultmark": mark,
        "penalty": 1 if question.kind == "truefalse" else _THIRD,
        "qtype": question.kind,
        "length": mark,
        "stamp": f"{code}+{number}",
        "timecreated": 0,
        "timemodified": 0,
        "createdby": 0,
        "modifiedby": 0,
        **_options(number, question),
        "question_hints": [],
        "tags": [],
    }
    return node("question", fields, id=number)


def _text(name: str, text: Text) -> Fields:
    return {name: text.text, f"{name}format": _FORMATS[text.format]}


def _answers(number: int, question: Question) -> list[Element]:
    return [
        node("answer", _answer(one), id=numbers.answer(number, rank))
        for rank, one in enumerate(question.answers, start=1)
    ]


def _answer(answer: Answer) -> Fields:
    return {
        "answertext": answer.text.text,
        "answerformat": _FORMATS[answer.text.format],
        "fraction": f"{answer.weight:.7f}",
        **_text("feedback", answer.feedback),
    }


def _combined_feedback(question: Question) -> Fields:
    """Return the comments for right, partly right and wrong answers: GIFT has none."""
    used = _FORMATS[question.text.format]
    fields: Fields = {}
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        fields |= {name: "", f"{name}format": used}
    return fields


def _true_false(number: int, question: Question) -> Fields:
    options = {
        "trueanswer": numbers.answer(number, 1),
        "falseanswer": numbers.answer(number, 2),
        "showstandardinstruction": 0,
    }
    return {"answers": _answers(number, question), "truefalse": node("truefalse", options, id=number)}


def _multichoice(number: int, question: Question) -> Fields:
    options = {
        "layout": 0,
        "single": question.single,
        "shuffleanswers": 1,
        **_combined_feedback(question),
        "answernumbering": "abc",
        "shownumcorrect": 0,
        "showstandardinstruction": 0,
    }
    return {"answers": _answers(number, question), "multichoice": node("multichoice", options, id=number)}


def _short_answer(number: int, question: Question) -> Fields:
    return {"answers": _answers(number, question), "shortanswer": node("shortanswer", {"usecase": 0}, id=number)}


def _numerical(number: int, question: Question) -> Fields:
    units = {"showunits": 3, "unitsleft": 0, "unitgradingtype": 0, "unitpenalty": 1}
    records = [
        node(
            "numerical_record",
            {"answer": numbers.answer(number, rank), "tolerance": str(one.tolerance)},
            id=numbers.answer(number, rank),
        )
        for rank, one in enumerate(question.answers, start=1)
    ]
    return {
        "answers": _answers(number, question),
        "numerical_units": [],
        "numerical_options": [node("numerical_option", units, id=number)],
        "numerical_records": records,
    }


def _match(number: int, question: Question) -> Fields:
    options = {"shuffleanswers": 1, **_combined_feedback(question), "shownumcorrect": 0}
    matches = [
        node(
            "match",
            {**_text("questiontext", pair.question), "answertext": pair.answer},
            id=numbers.answer(number, rank),
        )
        for rank, pair in enumerate(question.pairs, start=1)
    ]
    return {"matchoptions": node("matchoptions", options, id=number), "matches": matches}


def _essay(number: int, _question: Question) -> Fields:
    options: Fields = {
        "responseformat": "editor",
        "responserequired": 1,
        "responsefieldlines": 15,
        "minwordlimit": None,
        "maxwordlimit": None,
        "attachments": 0,
        "attachmentsrequired": 0,
        "graderinfo": "",
        "graderinfoformat": 1,
        "responsetemplate": "",
        "responsetemplateformat": 1,
        "maxbytes": 0,
        "filetypeslist": None,
    }
    return {"essay": node("essay", options, id=number)}


def _options(number: int, question: Question) -> Fields:
    """Return what a question's type says of it; a description says nothing more."""
    options = _OPTIONS.get(question.kind)
    return {f"plugin_qtype_{question.kind}_question": options(number, question)} if options else {}


_OPTIONS: dict[str, Callable[[int, Question], Fields]] = {
    "truefalse": _true_false,
    "multichoice": _multichoice,
    "shortanswer": _short_answer,
    "numerical": _numerical,
    "match": _match,
    "essay": _essay,
}
