"""A session in preparation, open, archived: what each stage allows, with the plugin and without it."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from connector.errors import DataError
from connector.ledger.db import open_ledger
from connector.ledger.stage import not_open, note_stage, standing
from connector.publish.stage import staged
from connector.settings import Settings
from tests.publish.by_hand import CODE, course
from tests.publish.conftest import FILES, wanted_from
from tests.publish.stock_world import PLUGIN, restored
from tests.publish.test_planifier import PUBLISH, document, planned, rewrite, run

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.stage import Stage
    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.moodle.sandbox.site import Course
    from connector.publish.stage import Asked

WANTED = wanted_from(FILES)
REACHED: dict[tuple[Stage | None, Asked | None], str | None] = {
    (None, None): "ouverte",
    (None, "preparation"): "preparation",
    (None, "ouverte"): "ouverte",
    ("preparation", None): "preparation",
    ("preparation", "preparation"): "preparation",
    ("preparation", "ouverte"): "ouverte",
    ("ouverte", None): "ouverte",
    ("ouverte", "preparation"): None,
    ("ouverte", "ouverte"): "ouverte",
    ("archivee", None): "ouverte",
    ("archivee", "preparation"): None,
    ("archivee", "ouverte"): "ouverte",
}
"""Where publishing brings a session, by where it is and what is asked; None for what is refused."""


def known(data: Path) -> str | None:
    """Return where the ledger knows the session, None for open."""
    with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.read() as connection:
        found = standing(connection, CODE)
    return found.stage if found else None


def empty_list(data: Path) -> None:
    (data / "sessions" / "participants.csv").write_text("courriel;groupe\n", encoding="utf-8")


def fill_list(data: Path) -> None:
    (data / "sessions" / "participants.csv").write_bytes((FILES / "participants.csv").read_bytes())


@pytest.mark.parametrize(("found", "asked"), list(REACHED))
def test_every_transition_is_made_or_refused(found: Stage | None, asked: Asked | None) -> None:
    reached = REACHED[found, asked]
    if reached is None:
        with pytest.raises(DataError, match="ne revient pas en préparation"):
            staged(WANTED, found, asked)
        return
    course = staged(WANTED, found, asked).course
    assert course is not None
    assert course.visible is (reached == "ouverte")
    if reached == "ouverte":
        with pytest.raises(DataError, match="ne s'ouvre pas encore : personne"):
            staged(WANTED, found, asked, ("personne",))
    else:
        staged(WANTED, found, asked, ("personne",))


def test_a_site_says_one_stage_and_another_session_s_name_is_not_this_one_s(data: Path) -> None:
    with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.write() as connection:
        site, other = "https://a.exemple.fr", "https://b.exemple.fr"
        note_stage(connection, site, "S_1", "preparation", 5)
        note_stage(connection, site, "S_1", "preparation", 9)
        assert standing(connection, "S_1") == ("preparation", 5)
        assert standing(connection, "S_1", other) is None
        assert standing(connection, "SX1") is standing(connection, "1") is None
        note_stage(connection, site, "S_1", "archivee", 7)
        note_stage(connection, other, "SX1", "preparation", 7)
        assert standing(connection, "S_1", site) == ("archivee", 7)
        assert not_open(connection) == {"S_1": "archivee", "SX1": "preparation"}
        note_stage(connection, site, "S_1", "ouverte", 8)
        assert not_open(connection) == {"SX1": "preparation"}


class TestPreparation:
    def test_it_is_hidden_until_somebody_opens_it(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        empty_list(data)
        assert run(data, "publier", CODE) == 1
        said = capsys.readouterr().err
        assert f"La session {CODE} ne s'ouvre pas encore" in said
        assert "personne n'est sur la liste" in said
        assert PUBLISH not in sandbox.calls
        assert run(data, "publier", CODE, "--preparation") == 0
        assert "En préparation" in capsys.readouterr().out
        assert (course(sandbox).visible, course(sandbox).prepared, known(data)) == (False, True, "preparation")

        assert planned(data, capsys)[0] == 0
        assert document(data, capsys)["en_preparation"] is True
        rewrite(data, "parcours.yaml", ("titre: Un article", "titre: Un bel article"))
        assert run(data, "publier", CODE, "--oui") == 0
        assert (course(sandbox).visible, known(data)) == (False, "preparation"), "publishing again opens nothing"
        assert run(data, "publier", CODE, "--ouvrir", "--oui") == 1
        assert "personne n'est sur la liste" in capsys.readouterr().err

        fill_list(data)
        assert "+ ouvrir le cours" in planned(data, capsys, "--ouvrir")[1]
        assert run(data, "publier", CODE, "--ouvrir") == 1, "opening is asked for"
        assert run(data, "publier", CODE, "--ouvrir", "--oui") == 0
        assert "1 cours ouvert" in capsys.readouterr().out
        assert (course(sandbox).visible, course(sandbox).prepared, known(data)) == (True, False, None)
        assert planned(data, capsys)[0] == 0
        assert run(data, "publier", CODE, "--ouvrir", "--json") == 0
        assert json.loads(capsys.readouterr().out)["ouvertes"] == []

    def test_a_tutor_opens_nothing(self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        rewrite(data, "session.yaml", ("role: formateur", "role: tuteur"))
        for option in ((), ("--ouvrir",)):
            assert run(data, "publier", CODE, *option) == 1
            assert "personne n'a le rôle" in capsys.readouterr().err
        assert PUBLISH not in sandbox.calls
        assert "upload.php" not in sandbox.calls

    def test_it_is_neither_archived_nor_reopened_as_it_was(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(data, "publier", CODE, "--preparation")
        assert run(data, "archiver", CODE, "--oui") == 1
        assert "elle n'a jamais été ouverte" in capsys.readouterr().err
        assert course(sandbox).archived_at == 0
        assert run(data, "publier", CODE, "--ouvrir", "--oui") == 0
        for before in ((), ("archiver", CODE, "--oui")):
            if before:
                assert run(data, *before) == 0
            calls = sandbox.calls.count(PUBLISH)
            assert run(data, "publier", CODE, "--preparation", "--oui") == 1
            assert "ne revient pas en préparation" in capsys.readouterr().err
            assert sandbox.calls.count(PUBLISH) == calls
        assert known(data) == "archivee"

    def test_somebody_who_shows_the_course_in_moodle_is_told_and_opening_it_still_counts(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(data, "publier", CODE, "--preparation")
        course(sandbox).visible = True
        (change,) = document(data, capsys)["modifie_dans_moodle"]
        assert (change["genre"], [one["champ"] for one in change["champs"]]) == ("cours", ["visible"])
        assert run(data, "publier", CODE, "--ecraser", "--oui") == 0
        assert not course(sandbox).visible
        course(sandbox).visible = True
        assert run(data, "publier", CODE, "--ouvrir", "--oui") == 0
        assert (course(sandbox).visible, course(sandbox).prepared) == (True, False)
        assert document(data, capsys)["modifie_dans_moodle"] == []

    def test_another_machine_learns_each_stage_by_collecting(
        self, data: Path, tmp_path: Path, sqlite_ledger: Path
    ) -> None:
        for command, stage in (
            (("publier", "--preparation"), "preparation"),
            (("publier", "--ouvrir"), None),
            (("archiver",), "archivee"),
        ):
            assert run(data, command[0], CODE, *command[1:], "--oui") == 0
            assert collected(data, tmp_path / "serveur", sqlite_ledger) == stage


def collected(data: Path, server: Path, ledger: Path) -> str | None:
    """Collect on a machine that shares nothing but the site with `data`; return where it knows the session."""
    if not server.exists():
        server.mkdir()
        for name in ("parcours.toml", "jeton"):
            (server / name).write_bytes((data / name).read_bytes())
            (server / name).chmod(0o600)
        (server / "registre.db").write_bytes(ledger.read_bytes())
    assert run(server, "collecter") == 0
    return known(server)


class TestWithoutThePlugin:
    @pytest.fixture
    def number(self, sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> int:
        return restored(sandbox, transport, wanted)

    @pytest.mark.parametrize("option", ["--cours", "--modele"])
    def test_the_ledger_keeps_what_the_site_does_not(
        self, data: Path, sandbox: Sandbox, number: int, option: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert sandbox.faults.withheld >= PLUGIN
        where = (option, str(number))
        empty_list(data)
        assert run(data, "publier", CODE, *where, "--oui") == 1
        assert "ne s'ouvre pas encore" in capsys.readouterr().err
        assert run(data, "publier", CODE, *where, "--preparation", "--oui") == 0
        assert "En préparation" in capsys.readouterr().out
        assert known(data) == "preparation"
        where = () if option == "--cours" else where
        assert not made(sandbox).visible
        assert run(data, "publier", CODE, *where, "--oui") == 0
        assert (made(sandbox).visible, known(data)) == (False, "preparation")
        assert run(data, "archiver", CODE, "--oui") == 1
        assert "elle n'a jamais été ouverte" in capsys.readouterr().err

        fill_list(data)
        assert run(data, "planifier", CODE, *where, "--ouvrir") == 2
        assert run(data, "publier", CODE, *where, "--ouvrir", "--oui") == 0
        assert (made(sandbox).visible, known(data)) == (True, None)
        assert run(data, "publier", CODE, *where, "--preparation", "--oui") == 1
        assert "ne revient pas en préparation" in capsys.readouterr().err
        assert run(data, "archiver", CODE, "--oui") == 0
        assert (made(sandbox).visible, known(data)) == (False, "archivee")


def made(sandbox: Sandbox) -> Course:
    """Return the course that bears the session's code."""
    return next(one for one in sandbox.site.courses.values() if one.idnumber == CODE)


class TestArchive:
    def test_the_course_is_hidden_and_nothing_else_changes(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(data, "publier", CODE)
        before = course(sandbox)
        kept = (dict(before.modules), dict(before.enrolments), list(before.snapshots))
        assert run(data, "archiver", CODE, "--oui") == 0
        after = course(sandbox)
        assert not after.visible
        assert after.archived_at
        assert (after.modules, after.enrolments, after.snapshots) == kept
        assert "est archivé" in capsys.readouterr().out

        sandbox.calls.clear()
        assert run(data, "archiver", str(data / "sessions" / "session.yaml"), "--oui") == 0
        assert "était déjà archivé" in capsys.readouterr().out
        assert PUBLISH not in sandbox.calls

    def test_it_is_asked_for(self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        run(data, "publier", CODE)
        assert run(data, "archiver", CODE) == 1
        assert "Rien n'a été changé : ceci demande votre accord. Relancez avec --oui." in capsys.readouterr().err
        assert course(sandbox).visible

    def test_publishing_opens_it_again_when_agreed(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(data, "publier", CODE)
        run(data, "archiver", CODE, "--oui")
        code, shown = planned(data, capsys)
        assert (code, "+ rouvrir le cours" in shown) == (2, True)
        assert document(data, capsys)["modifie_dans_moodle"] == []
        assert run(data, "publier", CODE) == 1
        assert "rouvrir" in capsys.readouterr().err
        assert not course(sandbox).visible
        assert run(data, "publier", CODE, "--oui") == 0
        assert course(sandbox).visible
        assert not course(sandbox).archived_at
        assert planned(data, capsys)[0] == 0

    def test_json(self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        run(data, "publier", CODE)
        capsys.readouterr()
        assert run(data, "archiver", CODE, "--oui", "--json") == 0
        shown = json.loads(capsys.readouterr().out)
        assert shown == {
            "session": CODE,
            "cours": {"id": 2, "url": f"{sandbox.url}/course/view.php?id=2"},
            "ferme": True,
            "sans_attestation": [],
        }

    def test_who_has_no_attestation_is_named_before_it_is_asked(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rewrite(data, "session.yaml", ("code:", "validation: attestation\ncode:"))
        run(data, "publier", CODE)
        capsys.readouterr()
        assert run(data, "archiver", CODE) == 1
        said = capsys.readouterr().err
        assert "3\N{NO-BREAK SPACE}personnes n'ont pas d'attestation" in said
        assert "  camille.arnaud@ac-exemple.fr\n" in said
        assert course(sandbox).visible
        assert run(data, "archiver", CODE, "--oui", "--json") == 0
        shown = capsys.readouterr()
        assert "camille.arnaud@ac-exemple.fr" in shown.err
        assert "camille.arnaud@ac-exemple.fr" in json.loads(shown.out)["sans_attestation"]
        assert not course(sandbox).visible

    def test_a_session_that_was_never_published_is_refused(
        self, data: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(data, "archiver", "JAMAIS-2026A", "--oui") == 1
        assert "ne connaît pas la session JAMAIS-2026A" in capsys.readouterr().err
