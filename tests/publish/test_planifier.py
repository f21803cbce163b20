"""`parcours planifier`: what a trainer sees, what programs read, exit codes, and no write."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from connector.cli.main import main
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.publish.hours import credited
from connector.settings import FILE, Settings
from tests.publish.by_hand import CODE, course, delete, edit

if TYPE_CHECKING:
    from pathlib import Path

    from connector.moodle.sandbox.sandbox import Sandbox

INFO, OBSERVE, PUBLISH = "core_webservice_get_site_info", "local_parcours_observe", "local_parcours_publish"


def run(data: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), *arguments])
    return int(str(ended.value.code))


def rewrite(data: Path, name: str, *changes: tuple[str, str]) -> None:
    path = data / "sessions" / name
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def planned(data: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run(data, "planifier", CODE, *options)
    return code, capsys.readouterr().out


def document(data: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(planned(data, capsys, "--json", *options)[1])
    return found


class TestPlan:
    def test_before_the_first_publication_all_is_to_create(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, shown = planned(data, capsys)
        assert code == 2
        assert f"{CODE} : rien n'est encore publié" in shown
        assert "+ créer l'activité « Bienvenue »" in shown
        assert "+ inscrire 4 personnes : camille.arnaud@ac-exemple.fr (participant)," in shown
        assert shown.splitlines()[-1] == (
            "En tout, à créer : 1 cours, 2 étapes, 13 activités, 1 note aux formateurs, 2 groupes, 4 inscriptions,"
            " 3 événements du calendrier."
        )
        assert sandbox.calls == [INFO, OBSERVE]
        assert sandbox.site.published(CODE) is None

    def test_after_publishing_there_is_nothing_to_do(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(data, "publier", CODE)
        code, shown = planned(data, capsys)
        assert (code, "Rien à faire" in shown) == (0, True)
        assert document(data, capsys)["rien_a_faire"] is True
        assert sandbox.calls.count(PUBLISH) == 1

    def test_fields_are_shown_old_and_new_long_texts_as_a_difference(
        self, data: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(data, "publier", CODE)
        rewrite(
            data, "parcours.yaml",
            ("titre: Un article", "titre: Un bel article"),
            ("duree: 20min", "duree: 25min"), ("distance: 4h35", "distance: 4h45"),
            ("achevement: {messages: 2}", "achevement: {messages: 3}"),
            ("prerequis: [accueil]", "prerequis: [accueil, lien]"),
        )  # fmt: skip
        rewrite(data, "session.yaml", ("echeances: {test-final: J+70}", "echeances: {test-final: J+60}"))
        code, shown = planned(data, capsys)
        assert code == 2
        assert "      titre : Un article → Un bel article\n" in shown
        lines = [" ".join(line.split()) for line in shown.splitlines()]
        assert "- Durée indicative : 20 min · À distance, à votre rythme" in lines
        assert "+ Durée indicative : 25 min · À distance, à votre rythme" in lines
        assert "achèvement : écrire 2 messages → écrire 3 messages" in shown
        assert "restrictions d'accès : après accueil → après accueil, lien" in shown
        assert "date attendue : 14/12/2026 23:59 → 04/12/2026 23:59" in shown

    def test_moves_are_as_few_as_possible(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(data, "publier", CODE)
        path = data / "sessions" / "parcours.yaml"
        text = path.read_text(encoding="utf-8")
        start, end = text.index("      - id: lien"), text.index("      - id: echanges")
        moved = text[:start] + text[end:]
        place = moved.index("  - id: s2")
        path.write_text(moved[:place] + text[start:end] + moved[place:], encoding="utf-8")
        _, shown = planned(data, capsys)
        assert [line for line in shown.splitlines() if "↕" in line] == [
            "  ↕ déplacer « Un article » après « Dans ma classe »"
        ]
        assert shown.splitlines()[-1] == "En tout, à déplacer : 1 activité."
        assert document(data, capsys)["changements"][0]["genre"] == "ordre"

    def test_what_is_removed_is_hidden_and_cancelled(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(data, "publier", CODE)
        slots = "  visio:\n    - {id: v1, debut: 2026-11-12T17:00, fin: 2026-11-12T18:00}\n"
        removed = ("echeances:", "contextualisation: {retirer: [visio]}\necheances:")
        rewrite(data, "session.yaml", (slots, ""), removed)
        _, shown = planned(data, capsys)
        assert "  - masquer l'activité « Point d'étape »" in shown
        assert "  - annuler l'événement « Point d'étape »" in shown

    def test_json_is_the_same_plan(self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        run(data, "publier", CODE)
        rewrite(data, "parcours.yaml", ("titre: Un article", "titre: Un bel article"))
        edit(sandbox, "accueil", name="De Moodle")
        plan = document(data, capsys)
        assert set(plan) == {
            "format", "session", "cours", "rien_a_faire", "changements", "modifie_dans_moodle", "gardees",
            "inchangees", "sans_compte", "heures", "mode", "raison", "a_la_main", "hors_session", "remarques",
            "en_preparation",
        }  # fmt: skip
        (change,) = [one for one in plan["changements"] if one["genre"] == "activite"]
        assert change == {
            "action": "modifier",
            "genre": "activite",
            "cle": f"{CODE}/lien",
            "nom": "Un bel article",
            "champs": [{"champ": "name", "avant": "Un article", "apres": "Un bel article", "origine": "auteur"}],
        }
        (drift,) = plan["modifie_dans_moodle"]
        assert (drift["cle"], drift["champs"][0]["origine"]) == (f"{CODE}/accueil", "moodle")
        assert plan["rien_a_faire"] is False
        assert (plan["mode"], plan["a_la_main"], plan["hors_session"]) == ("P", [], [])

    def test_somebody_taken_off_the_list_stays_enrolled_and_is_told_each_time(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(data, "publier", CODE)
        assert "inscription n'est pas demandée" not in planned(data, capsys)[1]  # negative control
        rewrite(data, "participants.csv", ("hugo.bertin@ac-exemple.fr;A\n", ""))
        for _ in range(2):
            assert "1 inscription n'est pas demandée par la session" in planned(data, capsys)[1].replace("\u00a0", " ")
            assert document(data, capsys)["hors_session"] == ["hugo.bertin@ac-exemple.fr (participant)"]
            run(data, "publier", CODE, "--oui")
            assert "désinscrivez-le dans Moodle" in capsys.readouterr().out
        assert planned(data, capsys)[0] == 0  # it is a person's to decide, no difference that publishing would mend
        hugo = sandbox.site.person_by_email("hugo.bertin@ac-exemple.fr")
        assert hugo is not None
        assert course(sandbox).enrolments[hugo.id] == {"student"}

    def test_drift_is_shown_apart_and_overwritten_on_demand(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(data, "publier", CODE)
        edit(sandbox, "accueil", name="De Moodle")
        delete(sandbox, "lien")
        code, shown = planned(data, capsys)
        assert code == 2
        assert "Rien à publier" in shown
        assert "Modifié dans Moodle depuis la dernière publication (laissé tel quel" in shown
        assert "titre : De Moodle dans Moodle, Bienvenue dans vos fichiers" in shown
        assert "! supprimé dans Moodle : l'activité « Un article »" in shown
        _, shown = planned(data, capsys, "--ecraser")
        assert "titre : De Moodle → Bienvenue" in shown
        assert "+ créer l'activité « Un article »" in shown
        assert run(data, "publier", CODE, "--oui") == 2
        assert "laissé comme dans Moodle : l'activité « Bienvenue » (titre)" in capsys.readouterr().out
        assert run(data, "publier", CODE, "--oui", "--ecraser") == 0
        assert planned(data, capsys)[0] == 0

    def test_offline_nothing_is_called_and_no_site_is_needed(
        self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = (data / FILE).read_text(encoding="utf-8")
        (data / FILE).write_text(settings[settings.index("[[circonscription]]") :], encoding="utf-8")
        code, shown = planned(data, capsys, "--hors-ligne")
        assert code == 2
        assert "+ créer l'activité « Bienvenue »" in shown
        assert sandbox.calls == []
        assert run(data, "planifier", CODE) == 1

    def test_colours_are_for_a_terminal_that_wants_them(
        self, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "\x1b[" not in planned(data, capsys, "--hors-ligne")[1]
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm")
        assert "\x1b[32m" in planned(data, capsys, "--hors-ligne")[1]
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[32m" not in planned(data, capsys, "--hors-ligne")[1]

    def test_people_without_an_account_are_named(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        rewrite(data, "session.yaml", ("anne.martin@", "personne.ici@"))
        assert "1 personne sans compte" in planned(data, capsys)[1]


class TestHours:
    """Whose hours a change touches: counts from the ledger, never names."""

    @pytest.fixture
    def lived(self, data: Path) -> Path:
        """The session published, and hours credited for two of its activities."""
        run(data, "publier", CODE)
        with closing(open_ledger(Settings.load(data).dsn)) as ledger, ledger.write() as connection:
            for number in (1, 2, 3):
                connection.execute(
                    schema.teacher.insert().values(id=number, identifiant=f"E{number}", nom="N", prenom="P")
                )
            for teacher, activity, minutes, decision in (
                (1, "lien", 20, "credite"), (2, "lien", 20, "credite"), (3, "lien", 0, "refuse"),
                (1, "visio", 60, "credite"), (1, "bilan", 20, "credite"),
            ):  # fmt: skip
                connection.execute(schema.line.insert().values(_line(teacher, activity, minutes, decision)))
        return data

    def test_counts(self, lived: Path) -> None:
        with closing(open_ledger(Settings.load(lived).dsn)) as ledger, ledger.read() as connection:
            assert credited(connection, CODE) == {"lien": (2, 40), "visio": (1, 60), "bilan": (1, 20)}
            assert credited(connection, "AUTRE-2026A") == {}

    def test_a_change_a_new_duration_and_a_removal_say_whose(
        self, lived: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        slots = "  visio:\n    - {id: v1, debut: 2026-11-12T17:00, fin: 2026-11-12T18:00}\n"
        rewrite(lived, "session.yaml", (slots, ""), ("echeances:", "contextualisation: {retirer: [visio], modifier: {lien: {duree: 30min}}}\necheances:"))  # fmt: skip  # noqa: E501
        _, shown = planned(lived, capsys)
        assert "« Un article » : 2 personnes, 0:40 ; durée prévue 0:20, désormais 0:30\n" in shown
        assert "« Point d'étape » : 1 personne, 1:00 ; l'activité est retirée\n" in shown
        assert "« Bilan »" not in shown.partition("Heures déjà créditées")[2]
        assert document(lived, capsys)["heures"] == [
            {"activite": "lien", "personnes": 2, "minutes": 40, "duree_avant": 20, "duree_apres": 30},
            {"activite": "visio", "personnes": 1, "minutes": 60, "duree_avant": 60, "duree_apres": None},
        ]

    def test_nothing_changes_nobody_is_touched(self, lived: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert document(lived, capsys)["heures"] == []


def _line(teacher: int, activity: str, minutes: int, decision: str) -> dict[str, Any]:
    return {
        "teacher_id": teacher, "code": CODE, "activity_id": activity, "annee_scolaire": "2026-2027",
        "minutes": minutes, "minutes_prevues": 20, "modalite": "presence", "nature": "formation_continue",
        "decision": decision, "hors_liste": False,
    }  # fmt: skip
