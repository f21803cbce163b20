"""A publication document as the files of a Moodle backup. Pure: the same document gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.moodle.mbz import activity as activities
from connector.moodle.mbz import numbers, questions
from connector.moodle.mbz.course import course_files, groups_file, roles_file, section_file
from connector.moodle.mbz.manifest import manifest
from connector.moodle.mbz.modules import MODULES
from connector.moodle.mbz.quiz import questions_of
from connector.moodle.mbz.xml import document, node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.moodle.document import ActivitySettings, CourseSettings, Publication

MAX_BYTES = 200 * 1024 * 1024


def backup_files(publication: Publication) -> dict[str, bytes]:
    """Return the files of the backup, by path, of a publication with every key filled in.

    Enrolments, calendar events and the snapshot are not in them: a backup cannot hold people whom the other site may
    not know. Raises `DataError` with everything that cannot be exported, one sentence a line.
    """
    course = publication.course
    if course is None:
        message = "a backup needs the course's settings"
        raise ValueError(message)
    ordered = _ordered(publication)
    refused = [*_refusals(ordered)]
    if refused:
        raise DataError("\n".join(refused))
    places = _places(publication, ordered, course)
    files = {
        **course_files(publication.code, course),
        "groups.xml": groups_file(publication.groups or (), course.startdate),
        "roles.xml": roles_file(locked=any(one.completion.locked for one in ordered)),
        "questions.xml": _questions(publication.code, ordered, places),
        **_sections(publication, ordered, places, course.startdate),
    }
    for one in ordered:
        files |= activities.files(one, places[one.idnumber])
    files["moodle_backup.xml"] = manifest(publication.code, course, _outline(publication), ordered, places)
    return _bounded(publication.code, files)


def _ordered(publication: Publication) -> list[ActivitySettings]:
    """Return the activities as the course shows them: section by section, in the order of the publication."""
    ranks = {section.id: rank for rank, section in enumerate(publication.sections or ())}
    order = {idnumber: rank for rank, idnumber in enumerate(publication.order or ())}
    return sorted(publication.activities or (), key=lambda one: (ranks[one.section], order[one.idnumber]))


def _refusals(ordered: list[ActivitySettings]) -> Iterator[str]:
    if len(ordered) > numbers.MAX_ACTIVITIES:
        yield f"Cette session a {len(ordered)} activités : une sauvegarde en contient {numbers.MAX_ACTIVITIES} au plus."
    for one in ordered:
        where = f"activité « {one.name} » ({one.idnumber})"
        if one.module not in MODULES:
            yield f"{where} : le module « {one.module} » ne peut pas être mis dans une sauvegarde."
            continue
        held = questions_of(one)
        if len(held) > numbers.MAX_QUESTIONS:
            yield f"{where} : {len(held)} questions, et {numbers.MAX_QUESTIONS} au plus dans une sauvegarde."
        for question in held:
            if len(question.answers) + len(question.pairs) > numbers.MAX_ANSWERS:
                yield f"{where} : la question « {question.name} » a plus de {numbers.MAX_ANSWERS} réponses."


def _outline(publication: Publication) -> list[tuple[int, str]]:
    """Return the sections, the general one first, with their numbers and titles."""
    titles = ["0", *(section.name for section in publication.sections or ())]
    return [(numbers.GENERAL_SECTION + rank, title) for rank, title in enumerate(titles)]


def _places(
    publication: Publication, ordered: list[ActivitySettings], course: CourseSettings
) -> dict[str, activities.Place]:
    ranks = {section.id: rank for rank, section in enumerate(publication.sections or (), start=1)}
    cmids = {one.idnumber: cmid for cmid, one in enumerate(ordered, start=1)}
    groups = {group.name: number for number, group in enumerate(publication.groups or (), start=1)}
    return {
        one.idnumber: activities.Place(
            cmid=cmids[one.idnumber],
            section=numbers.GENERAL_SECTION + ranks[one.section],
            section_rank=ranks[one.section],
            added=course.startdate,
            cmids=cmids,
            groups=groups,
        )
        for one in ordered
    }


def _sections(
    publication: Publication, ordered: list[ActivitySettings], places: dict[str, activities.Place], at: int
) -> dict[str, bytes]:
    files = {}
    for rank, section in enumerate((None, *(publication.sections or ()))):
        number = numbers.GENERAL_SECTION + rank
        inside = [places[one.idnumber].cmid for one in ordered if section and one.section == section.id]
        files[f"sections/section_{number}/section.xml"] = section_file(number, rank, section, inside, at)
    return files


def _questions(code: str, ordered: list[ActivitySettings], places: dict[str, activities.Place]) -> bytes:
    held = [
        category
        for one in ordered
        if one.settings.get("gift")
        for category in questions.categories(places[one.idnumber].cmid, one.name, code, questions_of(one))
    ]
    return document(node("question_categories", held))


def _bounded(code: str, files: dict[str, bytes]) -> dict[str, bytes]:
    size = sum(map(len, files.values()))
    if size > MAX_BYTES:
        raise DataError(
            f"La sauvegarde de {code} ferait {size // 1024 // 1024} Mo : {MAX_BYTES // 1024 // 1024} Mo au plus.",
            remedy="Raccourcissez ses textes ou partagez le parcours en deux.",
        )
    return files
