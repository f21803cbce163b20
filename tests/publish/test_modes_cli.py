"""`parcours publier` on a site without the plugin: the mode and why, what it cannot do, the ledger, exit codes."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.cli.ledger_door import author
from connector.cli.main import main
from connector.cli.publishing import alone
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.stage import standing
from connector.publish.journal import DONE, FOUND, INTENT, REFUSED, RESUMED
from connector.publish.modes import CLOSING_FUNCTIONS
from connector.settings import Settings
from tests.publish.stock_world import PLUGIN, restored

if TYPE_CHECKING:
    from pathlib import Path

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox

CODE = "ESSAI-2026A"


@pytest.fixture
def course(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> int:
    return restored(sandbox, transport, wanted)


def run(data: Path, *arguments: str, command: str = "publier") -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), command, *arguments])
    return int(str(ended.value.code))


def test_a_restored_course(data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, CODE, "--cours", str(course), "--oui") == 0
    shown = capsys.readouterr()
    assert f"Mode M : ce site n'a pas l'extension local_parcours, --cours désigne le cours {course}" in shown.err
    assert "Sans l'extension, Moodle ne laisse ni créer une activité" in shown.err
    assert f"{CODE} est à jour dans le cours {sandbox.url}/course/view.php?id={course}" in shown.out
    assert "4 inscriptions" in shown.out
    assert run(data, CODE, "--cours", str(course)) == 0
    assert "était déjà à jour" in capsys.readouterr().out
    assert run(data, CODE) == 0
    shown = capsys.readouterr()
    assert f"Mode M : ce site n'a pas l'extension local_parcours, le registre lie la session au cours {course}" in (
        shown.err
    )
    assert "était déjà à jour" in shown.out
    assert run(data, CODE, command="planifier") == 0
    assert "Rien à faire" in capsys.readouterr().out


def test_the_ledger_knows_session_course_activities_and_people(data: Path, course: int, sandbox: Sandbox) -> None:
    assert run(data, CODE, "--cours", str(course), "--oui") == 0
    with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.read() as connection:
        assert connection.scalars(sa.select(schema.session.c.code)).all() == [CODE]
        assert connection.execute(sa.select(schema.course.c.site, schema.course.c.course_id)).all() == [
            (sandbox.url, course)
        ]
        activities = dict(connection.execute(sa.select(schema.module.c.activity_id, schema.module.c.cmid)).all())
        emails = set(connection.scalars(sa.select(schema.moodle_account.c.email)))
        actions = connection.scalars(sa.select(schema.journal.c.action).order_by(schema.journal.c.id)).all()
    assert activities["accueil"] == sandbox.site.courses[course].modules[f"{CODE}/accueil"].cmid
    assert len(activities) == 13
    assert "camille.arnaud@ac-exemple.fr" in emails
    assert actions == [INTENT, DONE, "session.publier"]


def entries(data: Path) -> list[tuple[str, dict[str, object]]]:
    """Return the actions of the journal, with what is said of each but the site."""
    with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.read() as connection:
        rows = connection.execute(sa.select(schema.journal.c.action, schema.journal.c.detail).order_by("id"))
        return [(action, {key: said for key, said in detail.items() if key != "site"}) for action, detail in rows]


def closed(data: Path) -> bool:
    """Tell whether the ledger knows the session as archived."""
    return stage(data) == "archivee"


def stage(data: Path) -> str | None:
    """Return where the ledger knows the session, None for open."""
    with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.read() as connection:
        known = standing(connection, CODE)
    return known.stage if known else None


FIRST_WRITE = 24
"""The rank of the first call that writes, in a first run."""


@pytest.mark.parametrize(
    ("write", "outcome", "told"),
    [(0, RESUMED, "ce qui manque reste à écrire"), (3, FOUND, "tout était écrit")],
    ids=["at the first write", "after the last"],
)
def test_an_intent_whose_outcome_nobody_heard_stays_and_the_next_run_tells_it(
    data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], write: int, outcome: str, told: str
) -> None:
    sandbox.faults.cut, sandbox.faults.spoil_at = True, FIRST_WRITE + write
    assert run(data, CODE, "--cours", str(course), "--oui") == 1
    assert entries(data) == [(INTENT, {"partie": "cours", "cours": course})]
    sandbox.faults.cut = False
    capsys.readouterr()
    assert run(data, CODE, "--cours", str(course), "--oui") == 0
    assert f"s'était interrompue : {told}" in capsys.readouterr().err
    assert [action for action, _ in entries(data)][1] == outcome
    assert run(data, CODE, "--cours", str(course), "--oui") == 0
    assert "s'était interrompue" not in capsys.readouterr().err


def test_a_refusal_is_kept(data: Path, course: int, sandbox: Sandbox) -> None:
    """A copy that Moodle refuses."""
    model = sandbox.site.courses[course]
    model.idnumber, model.uncopiable = "ESSAI-2025A", True
    model.shortname = "ESSAI-2025A"
    assert run(data, CODE, "--modele", str(course)) == 1
    assert entries(data) == [(INTENT, {"partie": "cours", "modele": course}), (REFUSED, {"partie": "cours"})]


def test_whoever_publishes_the_session_meanwhile_is_named(
    data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.load(data)
    with closing(open_ledger(settings.dsn)) as ledger, alone(settings, ledger, CODE):
        assert run(data, CODE, "--cours", str(course), "--oui") == 1
        told = capsys.readouterr().err
        assert f"La session {CODE} est déjà en cours de publication ({author()} sur " in told
        assert "depuis moins d'une minute). Attendez sa fin." in told
        assert sandbox.calls == []
    with closing(open_ledger(settings.dsn)) as ledger, alone(settings, ledger, "AUTRE-2026A"):
        assert run(data, CODE, "--cours", str(course), "--oui") == 0


def test_asks_before_it_changes_the_course(
    data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, CODE, "--cours", str(course)) == 1
    shown = capsys.readouterr()
    assert f"La publication va modifier le cours {course}" in shown.err
    assert "--oui" in shown.err
    assert not [call for call in sandbox.calls if "_get_" not in call]


def test_what_is_left_by_hand_is_said_before_and_after(
    data: Path, course: int, capsys: pytest.CaptureFixture[str]
) -> None:
    parcours = data / "sessions" / "parcours.yaml"
    parcours.write_text(parcours.read_text(encoding="utf-8").replace("Bienvenue", "Bonjour"), encoding="utf-8")
    assert run(data, CODE, "--cours", str(course), "--oui", "--json") == 2
    shown = capsys.readouterr()
    assert f"« Bonjour » ({CODE}/accueil) : à revoir : titre (« Bienvenue »)" in shown.err
    told = json.loads(shown.out)
    assert (told["mode"], told["cours"]["id"], told["sans_compte"]) == ("M", course, [])
    assert {one["idnumber"] for one in told["a_la_main"]} == {f"{CODE}/accueil", f"{CODE}/accueil~note"}
    assert told["liees"][f"{CODE}/accueil"]


def test_a_copy_of_a_model(data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    session = data / "sessions" / "session.yaml"
    january = session.read_text(encoding="utf-8").replace(CODE, "ESSAI-2027B").replace("2026-10-07T", "2026-10-14T")
    (data / "sessions" / "janvier.yaml").write_text(january, encoding="utf-8")
    assert run(data, "ESSAI-2027B", "--modele", str(course)) == 2
    shown = capsys.readouterr()
    assert f"Mode S : ce site n'a pas l'extension local_parcours, --modele désigne le cours {course}" in shown.err
    assert shown.err.count("À faire à la main dans Moodle") == 1
    assert shown.err.count("« Rencontre » (ESSAI-2027B/rencontre) : à revoir : présentation") == 1
    assert [one.idnumber for one in sandbox.site.courses.values()] == ["", "ESSAI-2027B"]

    made = next(one for one in sandbox.site.courses.values() if one.idnumber)
    made.fullname = "Renommé dans Moodle"
    assert run(data, "ESSAI-2027B", "--modele", str(course), "--ecraser") == 1
    assert f"La publication va modifier le cours {made.id}" in capsys.readouterr().err
    assert run(data, "ESSAI-2027B", "--modele", str(course), "--oui") == 2
    assert made.fullname == "Renommé dans Moodle"
    assert run(data, "ESSAI-2027B", "--modele", str(course), "--oui", "--ecraser") == 2
    assert made.fullname != "Renommé dans Moodle"


def test_without_a_course_three_ways_are_told(data: Path, course: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, CODE) == 1
    told = capsys.readouterr().err
    assert "parcours plugin construire" in told
    assert "parcours exporter" in told
    assert "--modele" in told


def test_the_option_of_the_plugin_is_refused(data: Path, course: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, CODE, "--cours", str(course), "--ecraser", "--deverrouiller", "accueil") == 1
    assert "--deverrouiller : il y faut l'extension" in capsys.readouterr().err


def test_a_session_that_the_nightly_job_would_not_see(
    data: Path, course: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(data / "sessions", tmp_path / "ailleurs")
    assert run(data, str(tmp_path / "ailleurs" / "session.yaml"), "--cours", str(course), "--oui") == 0
    assert "copiez-y ses fichiers" in capsys.readouterr().err


def test_with_the_plugin_the_session_stays_the_plugin_s(
    data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, CODE) == 0
    number = next(iter(sandbox.site.courses))
    capsys.readouterr()
    assert run(data, CODE, "--cours", str(number)) == 0
    assert "Mode M" not in capsys.readouterr().err
    assert "core_course_update_courses" not in sandbox.calls


def test_with_the_plugin_a_restored_course_is_still_mode_m(
    data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults.withheld = frozenset()
    assert run(data, CODE, "--cours", str(course), "--oui") == 0
    assert "Mode M : l'extension n'a pas publié ce cours" in capsys.readouterr().err
    assert "local_parcours_publish" not in sandbox.calls


class TestArchive:
    """`parcours archiver` where the plugin has not published the session."""

    @pytest.mark.parametrize("plugin", [False, True], ids=["no plugin", "a plugin that does not know the session"])
    def test_the_course_is_hidden_once_and_publishing_opens_it_again(
        self, data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], *, plugin: bool
    ) -> None:
        run(data, CODE, "--cours", str(course), "--oui")
        sandbox.faults.withheld = frozenset() if plugin else sandbox.faults.withheld
        sandbox.calls.clear()
        assert run(data, CODE, command="archiver") == 1
        assert "--oui" in capsys.readouterr().err
        assert sandbox.site.courses[course].visible
        assert run(data, CODE, "--oui", command="archiver") == 0
        url = f"{sandbox.url}/course/view.php?id={course}"
        assert f"{CODE} est archivé : le cours est masqué aux participants. {url}" in capsys.readouterr().out
        assert not sandbox.site.courses[course].visible
        assert closed(data)
        assert run(data, CODE, "--oui", "--json", command="archiver") == 0
        shown = json.loads(capsys.readouterr().out)
        assert shown == {"session": CODE, "cours": {"id": course, "url": url}, "ferme": False, "sans_attestation": []}
        assert sandbox.calls.count("core_course_update_courses") == 1
        assert [action for action, _ in entries(data)][-2:] == [INTENT, DONE]
        assert run(data, CODE, "--cours", str(course), "--oui") == 0
        assert sandbox.site.courses[course].visible
        assert not closed(data)

    def test_it_calls_what_the_rights_say(self, data: Path, course: int, sandbox: Sandbox) -> None:
        run(data, CODE, "--cours", str(course), "--oui")
        sandbox.calls.clear()
        run(data, CODE, "--oui", command="archiver")
        assert set(sandbox.calls) == {"core_webservice_get_site_info", *CLOSING_FUNCTIONS}

    def test_what_cannot_be_closed_is_said_in_french(
        self, data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(data, CODE, "--oui", command="archiver") == 1
        assert f"ne connaît pas la session {CODE}, ni le registre" in capsys.readouterr().err
        run(data, CODE, "--cours", str(course), "--oui")
        sandbox.site.courses[course].idnumber = "AUTRE-2026A"
        assert run(data, CODE, "--oui", command="archiver") == 1
        assert "est celui de la session AUTRE-2026A" in capsys.readouterr().err
        sandbox.faults.withheld |= {"core_course_update_courses"}
        assert run(data, CODE, "--oui", command="archiver") == 1
        assert "n'a pas ces fonctions : core_course_update_courses" in capsys.readouterr().err
        sandbox.faults.withheld = PLUGIN
        del sandbox.site.courses[course]
        assert run(data, CODE, "--oui", command="archiver") == 1
        assert f"n'a plus le cours {course} de la session {CODE}" in capsys.readouterr().err
