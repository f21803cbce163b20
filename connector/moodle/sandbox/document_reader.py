"""Reads the plugin's documents and refuses them in the plugin's own words: error code, JSON path, problem."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from connector.moodle.sandbox.activity_documents import (
    ActivityDoc,
    ChoiceSettings,
    CompletionDoc,
    FeedbackSettings,
    H5pSettings,
    QuizSettings,
)
from connector.moodle.sandbox.document import Publication
from connector.moodle.sandbox.exceptions import MoodleError
from connector.moodle.sandbox.queries import CompletionsQuery, FiguresDocument, Query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from connector.moodle.sandbox.document_parts import FileDoc

_D = TypeVar("_D", Publication, Query, CompletionsQuery, FiguresDocument)

_SENTENCES = {
    "foreigncourse": '{path}: "{value}" already belongs to a course that was not published from parcours.',
    "invaliddocument": "{path}: {value}",
    "invalidgift": "{path}: the GIFT text cannot be imported. {value}",
    "missingfile": '{path}: the content of "{value}" was not uploaded.',
    "stale": '{path}: "{value}" was published or edited since it was last read.',
    "moduledisabled": '{path}: the activity type "{value}" is switched off on this site.',
    "modulechanged": '{path}: the published activity is of another type ("{value}").',
    "unknownactivity": '{path}: no published activity "{value}".',
    "unknowngroup": '{path}: no published group "{value}".',
    "unknownmodule": '{path}: the activity type "{value}" is not known.',
    "unknownprerequisite": '{path}: no published activity "{value}".',
    "unknownsection": '{path}: no published section "{value}".',
    "unknownsession": '{path}: "{value}" was never published: the document must describe the course.',
}
_PROBLEMS = {
    "missing": 'the key "{key}" is missing',
    "extra_forbidden": 'the key "{key}" is unknown',
    "string_type": 'must be: "…"',
    "string_pattern_mismatch": "is not an http or https address",
    "string_too_short": "must not be empty",
    "string_too_long": "is longer than {max_length} characters",
    "bool_type": "must be: true, false",
    "int_type": "must be: 0, 1, 2…",
    "float_type": "must be: 0, 1, 2…",
    "tuple_type": "must be: []",
    "dict_type": "must be: {{}}",
    "model_type": "must be: {{}}",
}
LEAVABLE = ("section", "name", "intro", "files", "showdescription", "visible", "completion", "availability", "expected")
_ABOUT_THE_OBJECT = ("missing", "extra_forbidden")


def refusal(errorcode: str, path: str, value: str) -> MoodleError:
    """Return one of the plugin's own exceptions about what stands at a JSON path."""
    message = _SENTENCES[errorcode].format(path=path, value=value)
    kind = "invalid_document" if errorcode == "invaliddocument" else "refusal"
    return MoodleError(f"local_parcours\\local\\{kind}", errorcode, message)


def read(kind: type[_D], text: str) -> _D:
    """Return the checked document; raise the plugin's `invaliddocument` or `unknownmodule`."""
    try:
        document = kind.model_validate_json(text)
    except ValidationError as error:
        raise _of_shape(error.errors(include_url=False)[0]) from None
    if isinstance(document, Publication):
        for path, problem in _problems(document):
            raise refusal("invaliddocument", path, problem)
    return document


def _of_shape(error: ErrorDetails) -> MoodleError:
    kind, location, context = error["type"], error["loc"], error.get("ctx", {})
    if kind == "union_tag_invalid":
        return refusal("unknownmodule", f"{_path(location)}.module", str(error["input"]["module"]))
    if kind == "json_invalid":
        return refusal("invaliddocument", "$", "is not JSON: Syntax error")
    place = location[:-1] if kind in _ABOUT_THE_OBJECT else location
    if kind == "literal_error":
        expected = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return refusal("invaliddocument", _path(place), f"must be one of: {expected}")
    problem = _PROBLEMS.get(kind, error["msg"]).format(key=location[-1] if location else "", **context)
    return refusal("invaliddocument", _path(place), problem)


def _path(location: tuple[int | str, ...]) -> str:
    """Spell a location as a JSON path; the tag that the discriminated union adds is no key."""
    path = "$"
    for position, part in enumerate(location):
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (position == 2 and location[0] == "activities"):
            path += f".{part}"
    return path


def _problems(document: Publication) -> Iterable[tuple[str, str]]:
    """Yield what no single field can tell: doubles, prefixes, rules that do not fit."""
    yield from _doubles("categories", [doc.idnumber for doc in document.categories])
    yield from _doubles("sections", [doc.id for doc in document.sections or ()])
    yield from _doubles("activities", [doc.idnumber for doc in document.activities])
    yield from _doubles("order", document.order or ())
    yield from _doubles("groups", [doc.idnumber for doc in document.groups])
    yield from _doubles("groups", [doc.name for doc in document.groups])
    yield from _doubles("enrolments", [f"{doc.email.lower()} {doc.role}" for doc in document.enrolments])
    yield from _doubles("events", [doc.uuid for doc in document.events])
    yield from _doubles("unlock", [doc.idnumber for doc in document.unlock])
    for list_name, idnumbers in (
        ("groups", [doc.idnumber for doc in document.groups]),
        ("activities", [doc.idnumber for doc in document.activities]),
    ):
        for position, idnumber in enumerate(idnumbers):
            if not idnumber.startswith(f"{document.code}/"):
                yield f"$.{list_name}[{position}].idnumber", f'must begin with "{document.code}/"'
    for position, activity in enumerate(document.activities):
        yield from _completion_problems(f"$.activities[{position}]", activity)
        yield from _settings_problems(f"$.activities[{position}].settings", activity)
        yield from _area_problems(f"$.activities[{position}].files", activity.files, activity.areas)
        yield from _leave_problems(f"$.activities[{position}].leave", activity)
    for position, section in enumerate(document.sections or ()):
        yield from _area_problems(f"$.sections[{position}].files", section.files, ("summary",))
    course = document.course
    yield from _area_problems("$.course.files", (course and course.files) or (), ("summary",))
    if course and course.startdate and course.enddate and course.enddate < course.startdate:
        yield "$.course.enddate", f"must be between {course.startdate} and …"


def _area_problems(path: str, files: Iterable[FileDoc], areas: Iterable[str]) -> Iterable[tuple[str, str]]:
    for rank, file in enumerate(files):
        if file.area not in areas:
            yield f"{path}[{rank}].area", f"must be one of: {', '.join(areas)}"
    for place, problem in _doubles("files", [f"{file.area}/{file.name}" for file in files]):
        yield place.replace("$.files", path, 1), problem


def _leave_problems(path: str, activity: ActivityDoc) -> Iterable[tuple[str, str]]:
    allowed = [*LEAVABLE, *(f"settings.{key}" for key in type(activity.settings).model_fields)]
    for rank, name in enumerate(activity.leave):
        if name not in allowed:
            yield f"{path}[{rank}]", f"must be one of: {', '.join(allowed)}"


def _doubles(name: str, values: Iterable[str]) -> Iterable[tuple[str, str]]:
    seen: Counter[str] = Counter()
    for position, value in enumerate(values):
        seen[value] += 1
        if seen[value] > 1:
            yield f"$.{name}[{position}]", f'"{value}" appears twice'


def _completion_problems(path: str, activity: ActivityDoc) -> Iterable[tuple[str, str]]:
    completion: CompletionDoc = activity.completion
    allowed = activity.allowed_rules if completion.tracking == "automatic" else frozenset[str]()
    for rule in completion.rules():
        if rule not in allowed:
            yield f"{path}.completion.{rule}", f'the rule "{rule}" does not apply here'
    if completion.tracking == "automatic" and not completion.rules():
        yield f"{path}.completion", "automatic completion needs at least one rule"
    if completion.locked and completion.tracking != "manual":
        yield f"{path}.completion.locked", 'the rule "locked" does not apply here'
    settings = activity.settings
    if completion.passgrade and isinstance(settings, QuizSettings | H5pSettings) and settings.grade_pass <= 0:
        yield f"{path}.completion.passgrade", "passing needs a grade_pass above 0"


def _settings_problems(path: str, activity: ActivityDoc) -> Iterable[tuple[str, str]]:
    settings = activity.settings
    if isinstance(settings, ChoiceSettings):
        for place, problem in _doubles("options", settings.options):
            yield place.replace("$", path, 1), problem
    elif isinstance(settings, FeedbackSettings):
        for rank, item in enumerate(settings.items):
            if (item.type == "text") == bool(item.options) or len(item.options) == 1:
                yield f"{path}.items[{rank}].options", "a choice or a scale takes two options or more, a text none"
