"""`parcours emargement saisir`, on a real LRS and the sandbox."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.sessions import link_course
from tests.attendance.conftest import CAMILLE, CODE, HUGO, SLOT

if TYPE_CHECKING:
    from connector.moodle.sandbox import Sandbox
    from tests.attendance.conftest import Terminal

STRANGER = "anne.martin@ac-exemple.fr"
OTHER_GROUP = "ines.belkacem@ac-exemple.fr"


def state(sandbox: Sandbox, email: str, activity: str = "presence-1") -> int:
    """Moodle's own state: 0 to do, 1 done."""
    module = sandbox.site.module_by_idnumber(f"{CODE}/{activity}")
    person = sandbox.site.person_by_email(email)
    assert module
    assert person
    return sandbox.site.seen(person.id, module.cmid).state


def test_yes_no_yes_again_is_credited(terminal: Terminal) -> None:
    for mark, minutes in (("O", 90), ("N", 0), ("O", 90)):
        terminal.enter((*SLOT, CAMILLE, mark))
        assert terminal.line("E0001", "presence-1")["minutes"] == minutes
    assert state(terminal.stage.sandbox, CAMILLE) == 1


def test_yes_no_yes_again_before_any_collection_is_credited(terminal: Terminal) -> None:
    for mark in "ONO":
        terminal.enter((*SLOT, CAMILLE, mark))
    assert terminal.line("E0001", "presence-1")["minutes"] == 90


def test_the_same_facts_in_other_bytes_change_nothing(terminal: Terminal) -> None:
    first = terminal.enter((*SLOT, CAMILLE, "O"), (*SLOT, HUGO, "N"))
    again = terminal.enter((*SLOT, HUGO.upper(), "non"), (*SLOT, CAMILLE, "oui"))
    assert (first["nouvelles"], first["corrigees"], first["connues"]) == (2, 0, 0)
    assert (again["nouvelles"], again["corrigees"], again["connues"]) == (0, 0, 2)


def test_what_depends_on_the_presence_opens_for_those_who_came_and_closes_when_corrected(terminal: Terminal) -> None:
    sandbox = terminal.stage.sandbox
    done = terminal.enter((*SLOT, CAMILLE, "O"), (*SLOT, HUGO, "N"))
    assert (done["achevements_moodle"], done["non_achevements_moodle"]) == (1, 1)
    assert (state(sandbox, CAMILLE), state(sandbox, HUGO)) == (1, 0)
    terminal.enter((*SLOT, CAMILLE, "N"), (*SLOT, HUGO, "O"))
    assert (state(sandbox, CAMILLE), state(sandbox, HUGO)) == (0, 1)


def two_slots(terminal: Terminal) -> None:
    """Publish the session again, with a second slot for group A in the first meeting."""
    path = terminal.stage.folder / "parcours/calcul-mental/session.yaml"
    text = path.read_text("utf-8")
    more = '    - {id: a9, debut: 2026-10-09T13:30, fin: 2026-10-09T15:00, lieu: "Lyon", groupe: A}\n'
    path.write_text(text.replace("  presence-1:\n", f"  presence-1:\n{more}"), "utf-8")
    assert terminal.run("publier", path, "--oui") == 0


def test_moodle_is_told_of_those_present_at_all_their_slots_whatever_the_sheet(terminal: Terminal) -> None:
    two_slots(terminal)
    sandbox = terminal.stage.sandbox
    terminal.enter((*SLOT, CAMILLE, "O"))
    assert state(sandbox, CAMILLE) == 0
    terminal.enter(("presence-1", "a9", CAMILLE, "O"))
    assert state(sandbox, CAMILLE) == 1
    terminal.enter((*SLOT, CAMILLE, "N"))
    assert state(sandbox, CAMILLE) == 0
    terminal.enter(("presence-1", "b1", OTHER_GROUP, "O"))
    assert state(sandbox, OTHER_GROUP) == 1


def test_somebody_expected_at_no_slot_is_present_when_they_came_and_only_then(terminal: Terminal) -> None:
    path = terminal.stage.folder / "parcours/calcul-mental/session.yaml"
    text = path.read_text("utf-8")
    without = "".join(line for line in text.splitlines(keepends=True) if "{id: b1," not in line)
    assert without != text
    path.write_text(without, "utf-8")
    assert terminal.run("publier", path, "--oui") == 0
    for mark, expected in (("N", 0), ("O", 1), ("N", 0)):
        terminal.enter((*SLOT, OTHER_GROUP, mark))
        assert state(terminal.stage.sandbox, OTHER_GROUP) == expected


def test_somebody_who_signed_at_another_group_s_slot_is_present_as_they_are_credited(terminal: Terminal) -> None:
    sandbox = terminal.stage.sandbox
    terminal.enter((*SLOT, CAMILLE, "N"), ("presence-1", "b1", CAMILLE, "O"))
    assert terminal.line("E0001", "presence-1")["minutes"] == 90
    assert state(sandbox, CAMILLE) == 1
    terminal.enter(("presence-1", "b1", CAMILLE, "N"))
    assert state(sandbox, CAMILLE) == 0


def test_the_good_rows_are_entered_and_the_others_told_with_their_line(terminal: Terminal) -> None:
    sheet = terminal.sheet(
        (*SLOT, "inconnue@ac-exemple.fr", "O"), (*SLOT, CAMILLE, "O"), ("AUTRE", *SLOT, HUGO, "O"), (*SLOT, HUGO, "")
    )
    assert terminal.run("emargement", "saisir", CODE, sheet) == 2
    assert terminal.out == (
        "Marques : 1\u00a0nouvelle, 0\u00a0corrigée, 0\u00a0déjà saisie.\n"
        "Moodle : 1\u00a0présence entière, 0\u00a0autre.\n"
    )
    assert terminal.err == (
        "1\u00a0ligne sans marque attend.\n"
        "feuille.csv:2 : courriel : « inconnue@ac-exemple.fr » n'est ni sur la liste de la session ni dans les"
        " personnels.\n"
        f"feuille.csv:4 : session : « AUTRE » n'est pas la session saisie, {CODE}.\n"
    )
    assert terminal.line("E0001", "presence-1")["decision"] == "credite"


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_the_workbook_as_it_was_printed_has_no_mark_yet(terminal: Terminal, form: str) -> None:
    assert terminal.run("emargement", "imprimer", CODE, "--format", form) == 0
    assert terminal.run("emargement", "saisir", CODE, Path(terminal.out.strip()), "--json") == 0
    done = json.loads(terminal.out)
    assert (done["nouvelles"], done["refusees"]) == (0, [])
    assert done["vides"] == 75


def test_a_moodle_out_of_reach_loses_nothing_and_running_again_completes_it(terminal: Terminal) -> None:
    sheet = terminal.sheet((*SLOT, CAMILLE, "O"))
    with terminal.configured(terminal.stage.sandbox.url, "http://127.0.0.1:9"):
        assert terminal.run("emargement", "saisir", CODE, sheet) == 2
    assert "Marques : 1\u00a0nouvelle" in terminal.out
    assert "Erreur : " in terminal.err
    assert terminal.err.endswith("Les marques sont saisies ; relancez la même commande pour compléter Moodle.\n")
    assert state(terminal.stage.sandbox, CAMILLE) == 0
    assert terminal.run("emargement", "saisir", CODE, sheet) == 0
    assert "1\u00a0déjà saisie" in terminal.out
    assert state(terminal.stage.sandbox, CAMILLE) == 1


def test_a_site_without_its_token_costs_neither_the_marks_nor_the_other_sites(terminal: Terminal) -> None:
    other = '[[moodle]]\nadresse = "https://autre.exemple.fr"\njeton_fichier = "absent"\n'
    with terminal.configured("[[moodle]]", f"{other}[[moodle]]"):
        assert terminal.run("emargement", "saisir", CODE, terminal.sheet((*SLOT, CAMILLE, "O"))) == 2
    assert "absent" in terminal.err
    assert terminal.err.endswith("Les marques sont saisies ; relancez la même commande pour compléter Moodle.\n")
    assert state(terminal.stage.sandbox, CAMILLE) == 1


def test_somebody_who_is_not_in_the_course_is_told_and_entered(terminal: Terminal) -> None:
    walked_in = next(
        row.split(";") for row in (terminal.stage.folder / "personnels.csv").read_text("utf-8").splitlines()[1:]
    )
    (terminal.stage.folder / "personnels.csv").write_text(
        (terminal.stage.folder / "personnels.csv").read_text("utf-8")
        + ";".join(["E0999", "Venu", "Paul", "paul.venu@ac-exemple.fr", *walked_in[4:]]) + "\n",
        "utf-8",
    )  # fmt: skip
    terminal.run("personnels", "importer", terminal.stage.folder / "personnels.csv")
    assert terminal.run("emargement", "saisir", CODE, terminal.sheet((*SLOT, "paul.venu@ac-exemple.fr", "O"))) == 0
    assert (
        terminal.err == "paul.venu@ac-exemple.fr n'est pas dans le cours Moodle : sa présence n'y est pas inscrite.\n"
    )
    assert terminal.line("E0999", "presence-1")["minutes"] == 90


def test_somebody_who_changed_their_name_is_one_person_on_the_sheet_and_in_moodle(terminal: Terminal) -> None:
    """The roster knows both addresses; the list has one, and Moodle either."""
    sandbox = terminal.stage.sandbox
    person = sandbox.site.person_by_email("lucie.garnier@ac-exemple.fr")
    assert person
    person.email = "lucie.hamon@ac-exemple.fr"
    assert terminal.enter((*SLOT, "lucie.garnier@ac-exemple.fr", "O"))["sans_inscription"] == []
    assert state(sandbox, "lucie.hamon@ac-exemple.fr") == 1
    done = terminal.enter((*SLOT, "Lucie.Hamon@ac-exemple.fr", "O"))
    assert (done["nouvelles"], done["connues"]) == (0, 1)


def test_without_an_lrs_to_write_to_it_says_what_to_configure(terminal: Terminal) -> None:
    sheet = terminal.sheet((*SLOT, CAMILLE, "O"))
    with terminal.configured('usage = "lecture-ecriture"', 'usage = "lecture"'):
        assert terminal.run("emargement", "saisir", CODE, sheet) == 1
    assert "Aucun LRS ne reçoit de déclarations" in terminal.err
    assert 'usage = "lecture-ecriture"' in terminal.err
    assert state(terminal.stage.sandbox, CAMILLE) == 0


def test_an_lrs_that_is_only_written_to_knows_what_was_said(terminal: Terminal) -> None:
    with terminal.configured('usage = "lecture-ecriture"', 'usage = "ecriture"'):
        for mark in "ONO":
            terminal.enter((*SLOT, CAMILLE, mark))
    assert terminal.line("E0001", "presence-1")["minutes"] == 90


def test_a_laptop_without_the_ledger_enters_a_sheet_from_the_session_s_file(terminal: Terminal) -> None:
    sheet = terminal.sheet((*SLOT, CAMILLE, "O"))
    (terminal.stage.folder / "registre.db").rename(terminal.stage.folder / "ailleurs.db")
    file = terminal.stage.folder / "parcours/calcul-mental/session.yaml"
    assert terminal.run("emargement", "saisir", CODE, sheet) == 1
    assert f"La session « {CODE} » n'est pas connue" in terminal.err
    assert terminal.run("emargement", "saisir", file, sheet) == 0
    shutil.move(terminal.stage.folder / "ailleurs.db", terminal.stage.folder / "registre.db")
    assert terminal.line("E0001", "presence-1")["minutes"] == 90


def test_a_course_that_was_linked_by_hand_is_told_without_the_plugin(terminal: Terminal) -> None:
    sandbox = terminal.stage.sandbox
    sandbox.faults.withheld = frozenset({"local_parcours_observe", "local_parcours_publish"})
    ledger = open_ledger(f"sqlite:///{terminal.stage.folder}/registre.db")
    with ledger.write() as connection:
        (site, course_id) = connection.execute(sa.select(schema.course.c.site, schema.course.c.course_id)).one()
        link_course(connection, CODE, site, course_id, {})
    terminal.enter((*SLOT, CAMILLE, "O"))
    assert state(sandbox, CAMILLE) == 1
    assert "core_enrol_get_enrolled_users" in sandbox.calls
    with ledger.write() as connection:
        connection.execute(schema.course.delete())
    ledger.close()
    assert terminal.enter((*SLOT, CAMILLE, "N"))["non_achevements_moodle"] == 0


def test_entering_is_journalled(terminal: Terminal) -> None:
    terminal.enter((*SLOT, CAMILLE, "O"))
    ledger = open_ledger(f"sqlite:///{terminal.stage.folder}/registre.db")
    with ledger.read() as connection:
        (entry,) = connection.execute(
            sa.select(schema.journal.c.subject, schema.journal.c.detail).where(
                schema.journal.c.action == "emargement.saisir"
            )
        )
    ledger.close()
    assert entry.subject == CODE
    assert entry.detail == {"fichier": "feuille.csv", "nouvelles": 1, "corrigees": 0}


def test_a_file_that_is_missing_is_a_sentence(terminal: Terminal) -> None:
    assert terminal.run("emargement", "saisir", CODE, "absente.csv") == 1
    assert "absente.csv ne se lit pas" in terminal.err
