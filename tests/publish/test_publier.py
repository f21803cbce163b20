"""`parcours publier`: what a trainer sees, exit codes, and what the ledger keeps."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.cli.main import main
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.moodle.sandbox.acts import Act, Kind
from connector.settings import FILE, Settings
from tests.publish.by_hand import course, edit

if TYPE_CHECKING:
    from pathlib import Path

    from connector.moodle.sandbox.sandbox import Sandbox

CODE = "ESSAI-2026A"


def run(data: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), "publier", *arguments])
    return int(str(ended.value.code))


def test_publishes_then_has_nothing_to_do(data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    session = str(data / "sessions" / "session.yaml")
    assert run(data, session) == 0
    shown = capsys.readouterr()
    assert f"{CODE} est publié : {sandbox.url}/course/view.php?id=" in shown.out
    assert "13 activités créées" in shown.out
    assert "1 note aux formateurs créée" in shown.out
    assert "3 événements du calendrier créés" in shown.out
    assert shown.err == ""  # no progress where nobody watches
    assert run(data, CODE) == 0
    shown = capsys.readouterr()
    assert f"{CODE} est déjà à jour" in shown.out
    assert "13 activités inchangées" in shown.out
    assert sandbox.calls.count("local_parcours_publish") == 1


def test_the_ledger_knows_the_session_its_course_and_its_people(data: Path, sandbox: Sandbox) -> None:
    assert run(data, CODE) == 0
    with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.read() as connection:
        assert connection.scalars(sa.select(schema.session.c.code)).all() == [CODE]
        sites = set(connection.scalars(sa.select(schema.course.c.site)))
        modules = set(connection.scalars(sa.select(schema.module.c.activity_id)))
        emails = set(connection.scalars(sa.select(schema.moodle_account.c.email)))
        journal = schema.journal.c
        entries = connection.execute(sa.select(journal.action, journal.subject).order_by(journal.id)).all()
    assert sites == {sandbox.url}
    assert {"accueil", "test-final"} <= modules
    assert "camille.arnaud@ac-exemple.fr" in emails
    assert [tuple(entry) for entry in entries] == [("publication.intention", CODE), ("publication.faite", CODE)]


def test_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, CODE, "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["session"] == CODE
    assert {one["genre"] for one in shown["creees"]} >= {"cours", "section", "activite", "groupe", "evenement"}
    assert shown["sans_compte"] == []


def test_people_without_account_are_left_to_a_person(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = data / "sessions" / "participants.csv"
    people.write_text(people.read_text(encoding="utf-8") + "personne.ici@ac-exemple.fr;A\n", encoding="utf-8")
    assert run(data, CODE) == 2
    assert "1 personne sans compte" in capsys.readouterr().out
    assert run(data, CODE) == 2


def test_a_change_on_a_published_course_is_asked_for(
    data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(data, CODE) == 0
    parcours = data / "sessions" / "parcours.yaml"
    parcours.write_text(parcours.read_text(encoding="utf-8").replace("Bienvenue", "Bonjour"), encoding="utf-8")
    assert run(data, CODE) == 1
    shown = capsys.readouterr()
    assert "modifier l'activité « Bonjour »\n      titre : Bienvenue → Bonjour\n" in shown.err
    assert "--oui" in shown.err
    assert sandbox.calls.count("local_parcours_publish") == 1

    for answer, code in (("non\n", 1), ("oui\n", 0)):
        monkeypatch.setattr("sys.stdin", _Terminal(answer))
        assert run(data, CODE) == code
    assert "1 activité modifiée" in capsys.readouterr().out


def test_oui_does_not_ask(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, CODE) == 0
    parcours = data / "sessions" / "parcours.yaml"
    parcours.write_text(parcours.read_text(encoding="utf-8").replace("Bienvenue", "Bonjour"), encoding="utf-8")
    assert run(data, CODE, "--oui") == 0
    assert "1 activité modifiée" in capsys.readouterr().out


class TestDrift:
    """What was edited in Moodle is overwritten by `--ecraser` or a yes, never by `--oui`."""

    @pytest.fixture
    def drifted(self, data: Path, sandbox: Sandbox) -> Path:
        assert run(data, CODE) == 0
        edit(sandbox, "lien", name="Corrigé dans Moodle")
        return data

    def name(self, sandbox: Sandbox) -> str:
        return course(sandbox).modules[f"{CODE}/lien"].doc.name

    def test_a_pipe_and_oui_leave_it_and_say_so(
        self, drifted: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for options in ((), ("--oui",)):
            assert run(drifted, CODE, *options) == 2
            assert "laissé comme dans Moodle : l'activité « Un article » (titre)" in capsys.readouterr().out
        assert run(drifted, CODE, "--json") == 2
        assert [one["cle"] for one in json.loads(capsys.readouterr().out)["laissees"]] == [f"{CODE}/lien"]
        assert self.name(sandbox) == "Corrigé dans Moodle"

    def test_ecraser_overwrites_it(self, drifted: Path, sandbox: Sandbox) -> None:
        assert run(drifted, CODE, "--ecraser", "--oui") == 0
        assert self.name(sandbox) == "Un article"

    def test_a_person_is_asked(
        self,
        drifted: Path,
        sandbox: Sandbox,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("sys.stdin", _Terminal("non\n"))
        assert run(drifted, CODE) == 2
        assert "Corrigé dans Moodle dans Moodle, Un article dans vos fichiers" in capsys.readouterr().err
        assert self.name(sandbox) == "Corrigé dans Moodle"
        monkeypatch.setattr("sys.stdin", _Terminal("oui\n"))
        assert run(drifted, CODE) == 0
        assert self.name(sandbox) == "Un article"


class TestUnlock:
    @pytest.fixture
    def completed(self, data: Path, sandbox: Sandbox) -> Path:
        """Somebody has completed an activity whose rule the author then changes."""
        assert run(data, CODE) == 0
        sandbox.act("camille.arnaud@ac-exemple.fr", f"{CODE}/lien", Act(Kind.VIEW))
        path = data / "sessions" / "parcours.yaml"
        head, _, tail = path.read_text(encoding="utf-8").partition("- id: lien")
        path.write_text(
            head + "- id: lien" + tail.replace("achevement: vue", "achevement: manuel", 1), encoding="utf-8"
        )
        return data

    def test_it_is_kept_unless_asked_for(
        self, completed: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(completed, CODE, "--oui") == 2
        assert "achèvement de" in capsys.readouterr().out
        assert course(sandbox).modules[f"{CODE}/lien"].doc.completion.tracking == "automatic"

    def test_the_confirmation_says_how_many(
        self,
        completed: Path,
        sandbox: Sandbox,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert run(completed, CODE, "--deverrouiller", "lien") == 1
        assert "Déverrouiller « Un article » efface 1 achèvement dans Moodle" in capsys.readouterr().err
        monkeypatch.setattr("sys.stdin", _Terminal("oui\n"))
        assert run(completed, CODE, "--deverrouiller", "lien") == 0
        assert course(sandbox).modules[f"{CODE}/lien"].doc.completion.tracking == "manual"

    def test_nothing_to_unlock(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(data, CODE) == 0
        assert run(data, CODE, "--deverrouiller", "lien", "--oui") == 1
        assert "rien à déverrouiller" in capsys.readouterr().err


class _Terminal:
    """A standard input where somebody types."""

    encoding = "utf-8"

    def __init__(self, typed: str) -> None:
        self._typed = typed

    def isatty(self) -> bool:
        return True

    def readline(self, *_: object) -> str:
        return self._typed


class TestRefusals:
    """Bad input of issue 2: one French sentence that says where and what to do, exit code 1."""

    def refused(self, data: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
        assert run(data, *(arguments or (CODE,))) == 1
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.startswith("Erreur : ")
        assert "Traceback" not in shown.err
        return shown.err

    def test_no_such_session(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "ni un fichier, ni le code d'une session" in self.refused(data, capsys, "ABSENT-2026")

    def test_two_files_of_one_code(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        shutil.copy(data / "sessions" / "session.yaml", data / "sessions" / "copie.yaml")
        assert "Plusieurs fichiers portent le code" in self.refused(data, capsys)

    def test_a_session_with_errors(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        session = data / "sessions" / "session.yaml"
        session.write_text(session.read_text(encoding="utf-8").replace("2026-12-18", "2026-13-18"), encoding="utf-8")
        assert f"{session}:" in self.refused(data, capsys)

    def test_no_site(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        settings = (data / FILE).read_text(encoding="utf-8")
        (data / FILE).write_text(settings[settings.index("[[circonscription]]") :], encoding="utf-8")
        assert "bac-a-sable" in self.refused(data, capsys)

    def test_an_unknown_site(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "n'est pas dans" in self.refused(data, capsys, CODE, "--site", "https://ailleurs.exemple.fr")

    def test_a_wrong_token(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (data / "jeton").write_text("0" * 32, encoding="utf-8")
        shown = self.refused(data, capsys)
        assert "ne reconnaît pas le jeton" in shown
        assert "0" * 32 not in shown

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            ("maintenance", "est en maintenance"),
            ("maintenance_cli", "est en maintenance"),
            ("services_off", "n'accepte pas les services web"),
            ("html", "une page web est arrivée à la place"),
            ("truncate", "tronquée"),
        ],
    )
    def test_a_site_in_trouble(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], fault: str, said: str
    ) -> None:
        setattr(sandbox.faults, fault, True)
        assert said in self.refused(data, capsys)
        setattr(sandbox.faults, fault, False)
        assert run(data, CODE) == 0

    def test_a_site_without_the_plugin(self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        sandbox.faults.withheld = frozenset({"local_parcours_publish"})
        assert "parcours plugin construire" in self.refused(data, capsys)
