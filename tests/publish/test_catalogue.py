"""Every parcours of the catalogue, with its example session, is published, read back equal and left alone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from connector.cli.main import main
from connector.moodle.functions import PUBLISH
from connector.settings import FILE
from scenarios import catalogue
from scenarios.load import load_session

if TYPE_CHECKING:
    from pathlib import Path

    from connector.moodle.sandbox.sandbox import Sandbox

PEOPLE_WITHOUT_ACCOUNT = 2


@pytest.mark.parametrize("name", catalogue.names())
def test_published_then_unchanged(tmp_path: Path, sandbox: Sandbox, sqlite_ledger: Path, name: str) -> None:
    shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    file = catalogue.folder(name) / "session.yaml"
    session = load_session(file).session
    token = tmp_path / "jeton"
    token.write_text(sandbox.token, encoding="utf-8")
    token.chmod(0o600)
    (tmp_path / FILE).write_text(
        f'[[moodle]]\nadresse = "{sandbox.url}"\njeton_fichier = "jeton"\n'
        f'[[circonscription]]\nuai = "{session.circonscription}"\nnom = "Essai"\nacademie = "Lyon"\n',
        encoding="utf-8",
    )
    assert publish(tmp_path, file) in (0, PEOPLE_WITHOUT_ACCOUNT)
    held = {module.doc.idnumber for course in sandbox.site.courses.values() for module in course.modules.values()}
    wanted = {activity.id for sequence in load_session(file).parcours.sequences for activity in sequence.activites}
    retired = set(session.contextualisation.retirer) if session.contextualisation else set()
    assert {f"{session.code}/{activity}" for activity in wanted - retired} <= held
    sandbox.calls.clear()
    assert publish(tmp_path, file) in (0, PEOPLE_WITHOUT_ACCOUNT)
    assert PUBLISH not in sandbox.calls


def publish(folder: Path, session: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(folder), "publier", str(session)])
    return int(str(ended.value.code))
