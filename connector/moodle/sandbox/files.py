"""Files of the site: what people upload to their draft areas, and what a publication may take from there."""

from __future__ import annotations

import hashlib
import json
from email import message_from_bytes
from typing import TYPE_CHECKING

from connector.moodle.sandbox.document_parts import FileDoc
from connector.moodle.sandbox.document_reader import refusal
from connector.moodle.sandbox.exceptions import moodle_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.moodle.sandbox.document import Publication
    from connector.moodle.sandbox.site import Course, Person, Site

PATH = "/webservice/upload.php"


def form_of(body: bytes) -> dict[str, tuple[str, bytes]]:
    """Return the parts of a `multipart/form-data` body by name: the file name, if any, and the content."""
    boundary = body.partition(b"\r\n")[0].removeprefix(b"--").decode("latin-1")
    head = f'Content-Type: multipart/form-data; boundary="{boundary}"\r\n\r\n'.encode("latin-1")
    found = {}
    for part in message_from_bytes(head + body).walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = (part.get_filename() or "", content)
    return found


def upload(site: Site, caller: Person, form: dict[str, tuple[str, bytes]]) -> str:
    """Put a file in the caller's draft area and return what `upload.php` answers, as JSON."""
    draft = int(form.get("itemid", ("", b"0"))[1])
    name, content = next((part for key, part in form.items() if key not in {"token", "itemid", "filepath"}), ("", b""))
    if len(content) > site.upload_limit:
        raise moodle_error("upload_error_ini_size", "The uploaded file exceeded the upload_max_filesize directive.")
    area = site.drafts.setdefault((caller.id, draft), {})
    if name in area:
        said = f"File name already exists: {name}"
        return json.dumps([{"filename": name, "errortype": "filenameexist", "error": said}])
    area[name] = content
    return json.dumps([{"component": "user", "filearea": "draft", "itemid": draft, "filename": name}])


def refuse_missing(site: Site, caller: Person, document: Publication, course: Course | None) -> None:
    """Refuse a document that names a file whose content is neither in its draft area nor in the course already."""
    draft = site.drafts.get((caller.id, document.draft or 0), {}).values()
    known = {(hashlib.sha1(data, usedforsecurity=False).hexdigest(), len(data)) for data in draft}
    known |= {(file.sha1, file.size) for file in _of_course(course)} if course else set()
    for path, files in _named(document):
        for rank, file in enumerate(files):
            if (file.sha1, file.size) not in known:
                raise refusal("missingfile", f"{path}.files[{rank}]", file.name)


def _named(document: Publication) -> Iterator[tuple[str, Iterable[FileDoc]]]:
    if document.course is not None:
        yield "$.course", document.course.files or ()
    for rank, section in enumerate(document.sections or ()):
        yield f"$.sections[{rank}]", section.files
    for rank, activity in enumerate(document.activities):
        yield f"$.activities[{rank}]", () if "files" in activity.leave else activity.files


def _of_course(course: Course) -> Iterator[FileDoc]:
    yield from (FileDoc.model_validate(file) for file in course.files)
    for section in course.sections:
        yield from section.files
    for module in course.modules.values():
        yield from module.doc.files
