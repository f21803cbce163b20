"""`local_parcours_publish` as `docs/plugin.md` says: compare, then write; all or nothing; learners' work is kept."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.moodle.sandbox import events
from connector.moodle.sandbox.activity_documents import ActivityDoc, CompletionDoc
from connector.moodle.sandbox.document import Publication
from connector.moodle.sandbox.document_reader import read, refusal
from connector.moodle.sandbox.events import Detail, Event
from connector.moodle.sandbox.exceptions import MoodleError, no_permission
from connector.moodle.sandbox.files import refuse_missing
from connector.moodle.sandbox.held import held
from connector.moodle.sandbox.plugin_activities import (
    first_post_kept,
    kept_settings,
    loses_first_post,
    prerequisites_first,
    questions_of,
)
from connector.moodle.sandbox.plugin_observe import present
from connector.moodle.sandbox.plugin_people import Enrolling, group_named
from connector.moodle.sandbox.plugin_state import leave, refuse_more, refuse_stale, remember, set_aside, wipe
from connector.moodle.sandbox.site import CalendarEvent, Category, Course, Group, Module, Section, Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Person, Site


def publish(site: Site, caller: Person, text: str) -> tuple[dict[str, JsonValue], list[Event]]:
    """Apply the document and return the plugin's result and the events that Moodle raises; undo all on an error."""
    document = read(Publication, text)
    if not caller.manager:
        raise no_permission("Publish sessions")
    before = copy.deepcopy((site.courses, site.categories))
    course = site.published(document.code)
    refuse_stale(document, course, present(site, course))
    refuse_missing(site, caller, document, course)
    try:
        publishing = _Publishing(site, caller, document)
        publishing.apply()
    except MoodleError:
        site.courses, site.categories = before
        raise
    return publishing.result(), publishing.raised


@dataclass
class _Publishing:
    site: Site
    caller: Person
    document: Publication
    names: dict[str, list[str]] = field(default_factory=lambda: {"created": [], "updated": [], "unchanged": []})
    kept: list[JsonValue] = field(default_factory=list)
    raised: list[Event] = field(default_factory=list)
    moved: bool = False

    def apply(self) -> None:
        """Write what differs, in the plugin's order."""
        self._categories()
        self.course = self._course()
        self._groups()
        self._sections()
        self._activities()
        self._order()
        self._enrolments()
        self._events()
        self._snapshot()
        remember(self.course, self.document, self.site.clock())

    def result(self) -> dict[str, JsonValue]:
        """Return `parcours-publication-result/1`."""
        course = self.course
        return {
            "format": "parcours-publication-result/1",
            "course": {"id": course.id, "url": f"{self.site.url}/course/view.php?id={course.id}"},
            **{kind: list(names) for kind, names in self.names.items()},
            "kept": self.kept,
            "enrolled": list(self.enrolling.enrolled),
            "unknown_people": list(self.enrolling.unknown),
            "ambiguous_people": list(self.enrolling.ambiguous),
            "snapshot_revision": course.snapshots[-1].revision if course.snapshots else None,
            "revision": course.revision,
        }

    def _note(self, name: str, before: object, after: object) -> None:
        kind = "created" if before is None else "unchanged" if before == after else "updated"
        self.names[kind].append(name)

    def _raise(self, name: str, *, cmid: int | None = None, section_id: int | None = None, person: int = 0) -> None:
        detail = Detail(author_id=self.caller.id)
        self.raised.append(
            Event(name, person or self.caller.id, self.course.id, self.site.clock(), cmid, section_id, detail)
        )

    def _categories(self) -> None:
        parent = None
        for doc in self.document.categories:
            known = self.site.categories.get(doc.idnumber)
            self._note(doc.idnumber, known and known.name, doc.name)
            if known is None:
                known = Category(self.site.next_id("course_categories", 2), doc.idnumber, doc.name, parent)
                self.site.categories[doc.idnumber] = known
            known.name, parent = doc.name, doc.idnumber

    def _course(self) -> Course:
        code, doc = self.document.code, self.document.course
        course = self.site.published(code)
        wanted: dict[str, object] = doc.model_dump(exclude_none=True) if doc else {}
        if course is None:
            if doc is None:
                raise refusal("unknownsession", "$.code", code)
            missing = [key for key, value in doc.model_dump(exclude={"files"}).items() if value is None]
            if missing:
                raise refusal("invaliddocument", "$.course", f'the key "{missing[0]}" is missing')
            if not self.document.categories:
                raise refusal("invaliddocument", "$", 'the key "categories" is missing')
        self._refuse_foreign(course, code, str(wanted.get("shortname", code)))
        if self.document.categories:
            wanted["categories"] = tuple(category.idnumber for category in self.document.categories)
        if wanted:
            self._note(code, course and _settings(course, wanted), wanted)
        if course is None:
            course = Course(self.site.next_id("course", 2), "", "", self.site.clock(), idnumber=code, published=True)
            course.sections = [Section(self.site.next_id("course_sections", 2), "", "General")]
            self.site.courses[course.id] = self.course = course
            self._raise(events.COURSE_CREATED)
            self._raise(events.SECTION_CREATED, section_id=course.sections[0].id)
        for key, value in wanted.items():
            setattr(course, key, value)
        return course

    def _refuse_foreign(self, course: Course | None, code: str, shortname: str) -> None:
        for other in self.site.courses.values():
            if other is not course and (other.shortname == shortname or other.idnumber == code):
                place, value = ("course.shortname", shortname) if other.shortname == shortname else ("code", code)
                raise refusal("foreigncourse", f"$.{place}", value)

    def _groups(self) -> None:
        for doc in self.document.groups:
            known = self.course.groups.get(doc.idnumber)
            self._note(doc.idnumber, known and known.name, doc.name)
            if known is None:
                known = Group(self.site.next_id("groups"), doc.idnumber, doc.name)
                self.course.groups[doc.idnumber] = known
            known.name = doc.name

    def _sections(self) -> None:
        known = {section.key: section for section in self.course.sections if section.key}
        for doc in self.document.sections or ():
            section = known.get(doc.id)
            self._note(
                f"{self.document.code}/section/{doc.id}",
                section and (section.name, section.summary, section.files),
                (doc.name, doc.summary, doc.files),
            )
            if section is None:
                section = Section(self.site.next_id("course_sections", 2), doc.id, "")
                known[doc.id] = section
                self.course.sections.append(section)
                self._raise(events.SECTION_CREATED, section_id=section.id)
            section.name, section.summary, section.files = doc.name, doc.summary, doc.files
        keys = [section.key for section in self.course.sections]
        ordered = in_places(keys, [doc.id for doc in self.document.sections or ()])
        self.moved = self.moved or ordered != keys
        self.course.sections.sort(key=lambda section: ordered.index(section.key))

    def _activities(self) -> None:
        for position, wanted in prerequisites_first(self.document.activities, self.course):
            path = f"$.activities[{position}]"
            known = self.course.modules.get(wanted.idnumber)
            same_type = known is not None and known.modname == wanted.module
            doc = leave(known.doc if known and same_type else wanted, wanted)
            if doc.section not in {section.key for section in self.course.sections} - {""}:
                raise refusal("unknownsection", f"{path}.section", doc.section)
            for rank, name in enumerate(doc.availability.groups):
                group_named(self.course, f"{path}.availability.groups[{rank}]", name)
            self._upsert(path, doc)

    def _upsert(self, path: str, doc: ActivityDoc) -> None:
        module = self.course.modules.get(doc.idnumber)
        if module is not None and module.modname == doc.replaces:
            set_aside(self.site, self.course, module, path)
            module = None
        doc = doc.model_copy(update={"replaces": None})
        if module is None:
            module = self._create(path, doc)
        elif module.modname != doc.module:
            raise refusal("modulechanged", f"{path}.module", module.modname)
        else:
            doc = self._keep(module, doc)
            self._note(doc.idnumber, module.doc, doc)
        if module.doc.section != doc.section:
            self.course.order.remove(doc.idnumber)
            self.course.order.append(doc.idnumber)
        if not module.questions or module.doc.settings != doc.settings:
            module.questions = questions_of(self.site, path, doc)
        if module.doc != doc:
            module.doc, module.modified = doc, self.site.clock()

    def _create(self, path: str, doc: ActivityDoc) -> Module:
        site = self.site
        if doc.module in site.disabled:
            raise refusal("moduledisabled", f"{path}.module", doc.module)
        module = Module(
            site.next_id("course_modules", 2), site.next_id(doc.module), self.course.id, doc, modified=site.clock()
        )
        first_post = doc.settings.model_dump().get("first_post")
        if first_post:
            module.discussion_id, module.discussion_name = site.next_id("forum_discussions"), first_post["subject"]
        self.course.modules[doc.idnumber] = module
        self.course.order.append(doc.idnumber)
        self._note(doc.idnumber, None, doc)
        self._raise(events.MODULE_CREATED, cmid=module.cmid)
        return module

    def _keep(self, module: Module, doc: ActivityDoc) -> ActivityDoc:
        """Return the document as it can be written without wiping what learners have done; note what is kept."""
        reasons = held(self.site, module)
        changes: dict[str, object] = {}
        old, new = module.doc.completion, doc.completion
        unlock = {one.idnumber: one.completions for one in self.document.unlock}
        if doc.idnumber in unlock and old.tracked() != new.tracked():
            refuse_more(self.site, module, unlock[doc.idnumber])
            wipe(self.site, module)
        elif "completion" in reasons and old.tracked() != new.tracked():
            locked = new.locked and old.tracking == "manual"
            changes["completion"] = CompletionDoc.model_validate(old.model_dump() | {"locked": locked})
            self.kept.append({"idnumber": doc.idnumber, "what": "completion", "why": reasons["completion"]})
        settings, what = kept_settings(module.doc, doc)
        if what in reasons:
            changes["settings"] = settings
            self.kept.append({"idnumber": doc.idnumber, "what": what, "why": reasons[what]})
        if loses_first_post(module.doc, doc):
            changes |= first_post_kept(module.doc, doc)
            self.kept.append({"idnumber": doc.idnumber, "what": "settings.first_post", "why": "neverdeleted"})
        return doc.model_copy(update=changes)

    def _order(self) -> None:
        named = self.document.order or ()
        for position, idnumber in enumerate(named):
            if idnumber not in self.course.modules:
                raise refusal("unknownactivity", f"$.order[{position}]", idnumber)
        before = [module.doc.idnumber for module in self.course.ordered_modules()]
        after: list[str] = []
        for section in self.course.sections:
            inside = [key for key in before if self.course.modules[key].doc.section == section.key]
            after += in_places(inside, [key for key in named if key in inside])
        self.course.order = after
        self.moved = self.moved or after != before
        if self.document.order is not None or self.document.sections is not None:
            self.names["updated" if self.moved else "unchanged"].append(f"{self.document.code}/order")

    def _enrolments(self) -> None:
        self.enrolling = Enrolling(self.site, self.course)
        self.enrolling.put(self.document.enrolments)
        for person in self.enrolling.new:
            self._raise(events.ENROLLED, person=person)

    def _events(self) -> None:
        for position, doc in enumerate(self.document.events):
            if doc.group is not None:
                group_named(self.course, f"$.events[{position}].group", doc.group)
            known = self.course.events.get(doc.uuid)
            self._note(doc.uuid, known and known.doc, doc)
            identifier = known.id if known else self.site.next_id("event")
            self.course.events[doc.uuid] = CalendarEvent(identifier, doc)

    def _snapshot(self) -> None:
        body, known = self.document.snapshot, self.course.snapshots
        if body is not None and (not known or known[-1].body != body):
            known.append(Snapshot(len(known) + 1, self.site.clock(), body))


def _settings(course: Course, wanted: dict[str, object]) -> dict[str, object]:
    return {key: getattr(course, key) for key in wanted}


def in_places(current: Sequence[str], named: Sequence[str]) -> list[str]:
    """Return `current` with the named ones put, in their order, in the places that they hold together."""
    queue = iter(named)
    return [next(queue) if key in named else key for key in current]
