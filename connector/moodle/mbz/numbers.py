"""The ids inside a backup, by arithmetic: nothing to remember, the same session gives the same numbers.

They mean nothing outside the file: Moodle gives its own when it restores.
"""

from __future__ import annotations

COURSE = 1
SYSTEM_CONTEXT, COURSE_CONTEXT = 1, 2
STUDENT_ROLE = 5
GENERAL_SECTION = 1

MAX_ACTIVITIES = 1_000
MAX_QUESTIONS = 900
MAX_ANSWERS = 99


def context(cmid: int) -> int:
    """Return the context of an activity."""
    return 10_000 + cmid


def question(cmid: int, rank: int) -> int:
    """Return a question of a quiz, `rank` from 1; the same number serves its bank entry, version and slot."""
    return cmid * 1_000 + rank


def answer(question_id: int, rank: int) -> int:
    """Return an answer or a pair of a question, `rank` from 1."""
    return question_id * 100 + rank


def top_category(cmid: int) -> int:
    """Return the root of a quiz's question categories."""
    return question(cmid, 998)


def category(cmid: int) -> int:
    """Return the category that holds a quiz's questions."""
    return question(cmid, 999)
