"""`parcours planifier` without the plugin: the plan of modes M and S, told as that of the plugin, and no write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from connector.cli.main import main
from tests.publish.stock_world import CODE, JANUARY, restored, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox

    Change = Callable[..., None]
    Planning = Callable[..., tuple[int, str]]

HUGO = "hugo.bertin@ac-exemple.fr"


@pytest.fixture
def course(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> int:
    return restored(sandbox, transport, wanted)


@pytest.fixture
def change(data: Path) -> Change:
    """Return a function that changes texts of one of the session's files."""

    def apply(name: str, *changes: tuple[str, str]) -> None:
        path = data / "sessions" / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    return apply


@pytest.fixture
def planning(data: Path, capsys: pytest.CaptureFixture[str]) -> Planning:
    """Return a function that runs a command and gives its exit code and what it said."""

    def run(*arguments: str, command: str = "planifier", code: str = CODE) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--donnees", str(data), command, code, *arguments])
        return int(str(ended.value.code)), capsys.readouterr().out.replace("\u00a0", " ")

    return run


def changes(shown: str) -> set[tuple[str, str, str]]:
    """Return (action, kind, name) of the changes of a plan in JSON."""
    return {(one["action"], one["genre"], one["nom"]) for one in json.loads(shown)["changements"]}


class TestRestoredCourse:
    def test_before_and_after_the_publication(self, planning: Planning, course: int, sandbox: Sandbox) -> None:
        code, shown = planning("--cours", str(course))
        assert code == 2
        assert f"{CODE} : {sandbox.url}/course/view.php?id={course}\nMode M : " in shown
        assert "Sans l'extension, Moodle ne laisse ni créer une activité" in shown
        assert "  ~ modifier le cours « Observer des calculs (Lyon 4, 2026-2027) »\n      nom abrégé : " in shown
        assert "  + créer l'événement « Rencontre (groupe A) »" in shown
        assert "  + inscrire 4 personnes : anne.martin@ac-exemple.fr (formateur), camille" in shown
        assert written(sandbox) == []
        assert planning("--cours", str(course), "--oui", command="publier")[0] == 0
        code, shown = planning("--cours", str(course))
        assert (code, "Rien à faire" in shown) == (0, True)

    def test_every_kind_of_change_is_told_with_its_values(
        self, planning: Planning, course: int, sandbox: Sandbox, change: Change
    ) -> None:
        del sandbox.site.courses[course].groups[f"{CODE}/groupe/B"]
        assert ("creer", "groupe", "B") in changes(planning("--cours", str(course), "--json")[1])
        planning("--cours", str(course), "--oui", command="publier")
        slots = "  visio:\n    - {id: v1, debut: 2026-11-12T17:00, fin: 2026-11-12T18:00}\n"
        change(
            "session.yaml",
            ("2026-10-07T13:30", "2026-10-07T13:00"),
            (slots, ""),
            ("fin: 2026-12-18", "fin: 2026-12-17"),
        )
        change("session.yaml", ("echeances:", "contextualisation: {retirer: [visio]}\necheances:"))
        change("participants.csv", (f"{HUGO};A", f"{HUGO};B"))
        change("parcours.yaml", ("J+21", "J+28"))
        code, shown = planning("--cours", str(course))
        assert code == 2
        lines = [line.strip() for line in shown.splitlines()]
        assert "fin : 18/12/2026 23:59 → 17/12/2026 23:59" in lines
        assert "date : 07/10/2026 13:30 → 07/10/2026 13:00" in lines
        assert "durée (minutes) : 180 → 210" in lines
        assert f"~ modifier l'inscription de {HUGO} (participant)" in lines
        assert "groupes : A → B" in lines
        assert "- annuler l'événement « Point d'étape »" in lines
        assert "- masquer l'activité « Point d'étape »" in lines
        assert "échéance : 26/10/2026 23:59 → 02/11/2026 23:59" in lines
        planning("--cours", str(course), "--oui", command="publier")
        assert json.loads(planning("--cours", str(course), "--json")[1])["changements"] == []

    def test_what_is_left_by_hand_is_a_difference(self, planning: Planning, course: int, change: Change) -> None:
        planning("--cours", str(course), "--oui", command="publier")
        change("parcours.yaml", ("titre: Un article", "titre: Un bel article"))
        code, shown = planning("--cours", str(course))
        assert code == 2
        assert "Rien à publier : ce qui diffère est à faire à la main." in shown
        assert "À faire à la main dans Moodle :\n  « Un bel article »" in shown
        code, shown = planning("--cours", str(course), "--json")
        plan: dict[str, Any] = json.loads(shown)
        assert (code, plan["mode"], plan["rien_a_faire"], plan["cours"]["id"]) == (2, "M", True, course)
        assert plan["a_la_main"] == [
            {
                "idnumber": f"{CODE}/lien",
                "nom": "Un bel article",
                "champs": ["titre (« Un article »)"],
                "absente": False,
            }
        ]

    def test_somebody_taken_off_the_list_is_told(self, planning: Planning, course: int, change: Change) -> None:
        planning("--cours", str(course), "--oui", command="publier")
        change("participants.csv", (f"{HUGO};A\n", ""))
        code, shown = planning("--cours", str(course))
        assert code == 0
        assert "1 inscription n'est pas demandée par la session" in shown
        assert f"  {HUGO} (participant)" in shown
        assert f"  {HUGO} (participant)" in planning("--cours", str(course), command="publier")[1]

    def test_what_planning_so_cannot_do_is_refused(
        self, data: Path, course: int, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for options, told in ((("--cours", str(course), "--hors-ligne"), "--cours : --hors-ligne ne lit aucun site"),):
            with pytest.raises(SystemExit) as ended:
                main(["--donnees", str(data), "planifier", CODE, *options])
            assert ended.value.code == 1
            assert told in capsys.readouterr().err
        assert written(sandbox) == []

    @pytest.mark.usefixtures("course")
    def test_without_a_course_three_ways_are_told(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["--donnees", str(data), "planifier", CODE])
        assert ended.value.code == 1
        assert "relancer avec --cours NUMÉRO" in capsys.readouterr().err


class TestCopyOfAModel:
    @pytest.fixture
    def january(self, data: Path, course: int, planning: Planning) -> str:
        """The code of a second session, the first being published."""
        planning("--cours", str(course), "--oui", command="publier")
        session = data / "sessions" / "session.yaml"
        text = session.read_text(encoding="utf-8")
        for old, new in JANUARY:
            text = text.replace(old, new)
        (data / "sessions" / "janvier.yaml").write_text(text, encoding="utf-8")
        return "ESSAI-2027B"

    def test_what_the_copy_will_be(self, planning: Planning, course: int, sandbox: Sandbox, january: str) -> None:
        sandbox.calls.clear()
        code, shown = planning("--modele", str(course), code=january)
        assert code == 2
        assert f"{january} : rien n'est encore publié\nMode S : " in shown
        assert "  + créer le cours « Observer des calculs (Lyon 4, 2026-2027) »" in shown
        assert "  + inscrire 4 personnes : " in shown
        assert "  - retirer l'événement « Rencontre (groupe A) »" in shown  # the model's own slot, which a copy brings
        assert f"({january}/sequence) : à revoir : " in shown
        assert written(sandbox) == []
        assert len(sandbox.site.courses) == 1

    def test_after_the_copy_it_is_the_course(
        self, planning: Planning, course: int, sandbox: Sandbox, january: str
    ) -> None:
        planning("--modele", str(course), command="publier", code=january)
        code, shown = planning("--modele", str(course), "--json", code=january)
        plan = json.loads(shown)
        made = next(one for one in sandbox.site.courses.values() if one.idnumber == january)
        assert (code, plan["mode"], plan["cours"]["id"], plan["rien_a_faire"]) == (2, "S", made.id, True)
        assert plan["a_la_main"]

    def test_a_name_that_is_taken_is_told_before_anything(
        self, planning: Planning, course: int, sandbox: Sandbox, january: str
    ) -> None:
        sandbox.site.courses[course].shortname = january
        assert planning("--modele", str(course), code=january)[0] == 1
