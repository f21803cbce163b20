"""Records what real Moodle exports of the session that the plugin published: `python -m tests.mbz.record 4.5 FILE.mbz`.

The session is that of tests/mbz/conftest.py, published by `parcours publier`; FILE is the site's own backup of its
course (`admin/cli/backup.php --courseid=N --destination=FOLDER`), without people.
"""

from __future__ import annotations

import json
import sys
import tarfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

from tests.mbz.flat import files_of, flat, questions

DATA = Path(__file__).parents[1] / "data" / "mbz"
CODE = "ESSAI-2026A"


def unpacked(path: Path) -> dict[str, bytes]:
    """Return the XML files of a backup, which Moodle makes a zip or a tar."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist() if name.endswith(".xml")}
    with tarfile.open(path) as archive:
        members = [member for member in archive.getmembers() if member.name.endswith(".xml")]
        return {member.name: found.read() for member in members if (found := archive.extractfile(member)) is not None}


def recorded(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the parts of a backup that the tests compare, flattened."""
    activities: dict[str, Any] = {}
    sections: dict[str, Any] = {}
    for path, data in files.items():
        folder = path.rpartition("/")[0]
        if path.endswith("/module.xml"):
            module = folder.removeprefix("activities/").rpartition("_")[0]
            found: dict[str, Any] = {}
            for name in ("module", module, "grades", "roles"):
                found |= flat(ET.fromstring(files[f"{folder}/{name}.xml"]), CODE)  # noqa: S314 - a site of one's own
            activities[found["module/idnumber"][0]] = found
        elif path.endswith("/section.xml"):
            root = ET.fromstring(data)  # noqa: S314 - a site of one's own
            section = flat(root, CODE)
            section["section/sequence"] = [str(len(section["section/sequence"][0].split(",")))]
            sections[str(root.findtext("number"))] = section
    return {
        "activities": activities,
        "questions": questions(files["questions.xml"], CODE),
        "groups": flat(ET.fromstring(files["groups.xml"]), CODE),  # noqa: S314 - a site of one's own
        "sections": sections,
        "files": files_of(files["files.xml"]),
    }


if __name__ == "__main__":
    text = json.dumps(recorded(unpacked(Path(sys.argv[2]))), ensure_ascii=False, indent=0, sort_keys=True)
    (DATA / f"{sys.argv[1]}.json").write_text(text + "\n", encoding="utf-8")
