"""A publication document as the files of a Moodle backup: the same document gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.moodle.mbz import activity as activities
from connector.moodle.mbz import numbers, questions
from connector.moodle.mbz.course import course_files, groups_file, roles_file, section_file
from connector.moodle.mbz.files import clashes, content_path, files_file, kept_files, references
from connector.moodle.mbz.manifest import manifest
from connector.moodle.mbz.modules import MODULES
from connector.moodle.mbz.quiz import questions_of
from connector.moodle.mbz.xml import document, node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connector.moodle.document import ActivitySettings, CourseSettings, Publication
    from connector.moodle.mbz.files import Kept

MAX_BYTES = 200 * 1024 * 1024


def backup_files(publication: Publication, content: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return the files of the backup, by path, of a publication with every key filled in.

    `content` gives what a file of the publication holds, by its SHA-1; it is asked for each content once.
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
    _refuse_size(publication.code, sum(one.size for one in {file.sha1: file for file in publication.files()}.values()))
    places = _places(publication, ordered, course)
    kept = kept_files(course, publication.sections or (), ordered, places)
    files = {
        **course_files(publication.code, course),
        "groups.xml": groups_file(publication.groups or (), course.startdate),
        "roles.xml": roles_file(locked=any(one.completion.locked for one in ordered)),
        "questions.xml": _questions(publication.code, ordered, places),
        **_sections(publication, ordered, places, course.startdate),
        "files.xml": files_file(kept, course.startdate),
        **_references(publication, kept),
    }
    for one in ordered:
        files |= activities.files(one, places[one.idnumber], references(kept, one.idnumber))
    files["moodle_backup.xml"] = manifest(publication.code, course, _outline(publication), ordered, places)
    files |= {content_path(sha1): content(sha1) for sha1 in sorted({one.file.sha1 for one in kept})}
    _refuse_size(publication.code, sum(map(len, files.values())))
    return files


def _ordered(publication: Publication) -> list[ActivitySettings]:
    """Return the activities as the course shows them: section by section, in the order of the publication."""
    ranks = {section.id: rank for rank, section in enumerate(publication.sections or ())}
    order = {idnumber: rank for rank, idnumber in enumerate(publication.order or ())}
    return sorted(publication.activities or (), key=lambda one: (ranks[one.section], order[one.idnumber]))


def _refusals(ordered: list[ActivitySettings]) -> Iterator[str]:
    if len(ordered) > numbers.MAX_ACTIVITIES:
        yield _(
            "Cette session a {nombre} activités : une sauvegarde en contient {max_activities} au plus.",
            nombre=len(ordered),
            max_activities=numbers.MAX_ACTIVITIES,
        )
    for one in ordered:
        where = _("activité « {name} » ({idnumber})", name=one.name, idnumber=one.idnumber)
        if one.module not in MODULES:
            yield _(
                "{where} : le module « {module} » ne peut pas être mis dans une sauvegarde.",
                where=where,
                module=one.module,
            )
            continue
        for name in clashes(one):
            yield _(
                "{where} : deux fichiers différents s'y appelleraient « {name} » ; renommez l'un des deux.",
                where=where,
                name=name,
            )
        held = questions_of(one)
        if len(held) > numbers.MAX_QUESTIONS:
            yield _(
                "{where} : {nombre} questions, et {max_questions} au plus dans une sauvegarde.",
                where=where,
                nombre=len(held),
                max_questions=numbers.MAX_QUESTIONS,
            )
        for question in held:
            if len(question.answers) + len(question.pairs) > numbers.MAX_ANSWERS:
                yield _(
                    "{where} : la question « {name} » a plus de {max_answers} réponses.",
                    where=where,
                    name=question.name,
                    max_answers=numbers.MAX_ANSWERS,
                )


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


def _references(publication: Publication, kept: Sequence[Kept]) -> dict[str, bytes]:
    """Return what the course and its sections say of the files that they keep."""
    owners = {"course": ""}
    for rank, section in enumerate(publication.sections or (), start=1):
        owners[f"sections/section_{numbers.GENERAL_SECTION + rank}"] = section.id
    found = {folder: references(kept, owner) for folder, owner in owners.items()}
    return {f"{folder}/inforef.xml": document(node("inforef", held)) for folder, held in found.items() if held}


def _refuse_size(code: str, size: int) -> None:
    if size > MAX_BYTES:
        raise DataError(
            _(
                "La sauvegarde de {code} ferait {size} Mo : {limit} Mo au plus.",
                code=code,
                size=size // 1024 // 1024,
                limit=MAX_BYTES // 1024 // 1024,
            ),
            remedy=_("Allégez ses fichiers ou partagez le parcours en deux."),
        )
