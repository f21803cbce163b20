"""Who is who, as somebody types it: roster, queue, names, TRAX's actors, a session tied to a course."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.ledger import real_chain
from tests.ledger.kit import ANNE, account, completed, mbox, roster, row

if TYPE_CHECKING:
    from tests.terminal import Terminal

UUID = "0b7f3c1e-9a4d-4c58-8f0e-3d1f6a2b9c77"
MODULE = {"site": real_chain.SITE, "course": 35}


def cmid() -> int:
    return next(module["cmid"] for module in real_chain.truth()["modules"] if module["course"] == 35)


def start(terminal: Terminal, *statements: dict[str, Any]) -> None:
    """Import E1 and E2, tie the first session to its course, collect these statements."""
    terminal.run("personnels", "importer", terminal.write("p.csv", roster(row("E1", courriel=ANNE), row("E2"))))
    pages = terminal.folder / "correspondance-35.csv"
    terminal.run("lier", terminal.folder / "session-1.yaml", "--correspondance", pages)
    file = terminal.write("d.jsonl", "\n".join(map(json.dumps, statements)))
    assert terminal.run("collecter", "--fichier", file) == 0


def waiting(terminal: Terminal) -> list[dict[str, Any]]:
    assert terminal.run("collecter", "--file-d-attente", "--json") == 0
    found: list[dict[str, Any]] = json.loads(terminal.out)
    assert terminal.run("file", "--json") == 0
    assert json.loads(terminal.out) == found
    return found


def test_a_person_says_who_somebody_unknown_is(terminal: Terminal) -> None:
    start(terminal, completed(mbox("x@ac-exemple.fr"), cmid(), **MODULE))
    (entry,) = waiting(terminal)
    assert (entry["motif"], entry["sujet"]) == ("personne_inconnue", "x@ac-exemple.fr")
    assert terminal.run("file", "--resoudre", entry["numero"], "--enseignant", "E9") == 1
    assert "« E9 » n'est l'identifiant de personne" in terminal.err
    assert len(waiting(terminal)) == 1
    assert terminal.run("file", "--resoudre", entry["numero"], "--enseignant", "E1") == 0
    assert terminal.out == f"Attribuée à E1 : {entry['numero']}  x@ac-exemple.fr\n"
    assert waiting(terminal) == []
    assert terminal.run("personnels", "identites", "E1", "--json") == 0
    assert {(key["valeur"], key["source"]) for key in json.loads(terminal.out)} == {
        (ANNE, "personnels"),
        ("x@ac-exemple.fr", "personne"),
    }


def test_what_is_about_no_person_is_given_to_nobody(terminal: Terminal) -> None:
    start(terminal, completed(mbox(ANNE), site=real_chain.SITE, course=99))
    (entry,) = waiting(terminal)
    assert terminal.run("file", "--resoudre", entry["numero"], "--enseignant", "E1") == 1
    assert "ne dit pas qui est quelqu'un" in terminal.err
    assert terminal.run("file", "--enseignant", "E1") == 1
    assert "--enseignant se donne avec --resoudre" in terminal.err


def test_a_former_address_is_shown_and_forgotten(terminal: Terminal) -> None:
    start(terminal, completed(mbox(ANNE), cmid(), **MODULE))
    terminal.run("personnels", "importer", terminal.write("p.csv", roster(row("E1", courriel="e1@ac-exemple.fr"))))
    assert waiting(terminal) == []
    assert terminal.run("personnels", "identites", "E1") == 0
    shown = terminal.out.splitlines()
    assert shown[0].startswith("courriel  e1@ac-exemple.fr  (personnels, principal, depuis le ")
    assert ", jusqu'au " in shown[1]
    assert terminal.run("personnels", "identites", "E1", "--oublier", ANNE) == 0
    assert ANNE not in terminal.out
    assert [entry["sujet"] for entry in waiting(terminal)] == [ANNE]
    assert terminal.run("personnels", "identites", "E1", "--oublier", ANNE) == 1
    assert "n'est pas un nom de E1" in terminal.err


def test_the_actor_table_of_trax_logs_says_who_each_uuid_is(terminal: Terminal) -> None:
    start(terminal, completed(account(UUID, real_chain.SITE), cmid(), **MODULE))
    assert len(waiting(terminal)) == 1
    with (terminal.folder / "parcours.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[[moodle]]\nadresse = "{real_chain.SITE}"\njeton_fichier = "jeton"\n')
    table = terminal.write("acteurs.csv", f"id;mid;email;type;uuid\n1;39;{ANNE};user;{UUID}\n")
    assert terminal.run("personnels", "acteurs", table) == 0
    assert terminal.out == f"Acteurs de {real_chain.SITE} : 1\u00a0connu.\n"
    assert waiting(terminal) == []
    assert terminal.run("personnels", "acteurs", terminal.write("a.csv", "mid;uuid\n1;x\n")) == 1
    assert "a.csv:2 : uuid" in terminal.err


def test_an_import_and_a_link_are_told_in_json(terminal: Terminal) -> None:
    file = terminal.write("p.csv", roster(row("E1"), row("E2", autres_courriels="e1@ac-exemple.fr")))
    assert terminal.run("personnels", "importer", file, "--json") == 2
    assert "parcours personnels retirer IDENTIFIANT" in terminal.err
    said = json.loads(terminal.out)
    assert (said["ajoutees"], said["inchangees"]) == (["E1", "E2"], 0)
    assert said["avertissements"][0].startswith("p.csv:2, 3 : « e1@ac-exemple.fr » désigne plusieurs personnes")
    pages = terminal.folder / "correspondance-35.csv"
    assert terminal.run("lier", terminal.folder / "session-1.yaml", "--correspondance", pages, "--json") == 0
    linked = json.loads(terminal.out)
    assert (linked["session"], linked["cours"], linked["change"]) == ("CALCMENT-2026-S1", 35, True)
    assert len(linked["activites"]) == 16


def test_who_somebody_was_said_to_be_is_listed_and_reopened(terminal: Terminal) -> None:
    start(terminal, completed(mbox("x@ac-exemple.fr"), cmid(), **MODULE))
    (entry,) = waiting(terminal)
    terminal.run("file", "--resoudre", entry["numero"], "--enseignant", "E1")
    assert terminal.run("file", "--tout") == 0
    assert f"{entry['numero']}  x@ac-exemple.fr (attribuée à E1)" in terminal.out
    assert terminal.run("personnels", "identites", "E1") == 0
    assert "courriel  x@ac-exemple.fr  (décidé par une personne, depuis le " in terminal.out
    assert terminal.run("file", "--resoudre", entry["numero"], "--enseignant", "E2") == 0
    assert terminal.run("file", "--tout", "--json") == 0
    assert [(one["numero"], one["attribue_a"], one["attend"]) for one in json.loads(terminal.out)] == [
        (entry["numero"], "E2", False)
    ]
    assert terminal.run("file", "--rouvrir", entry["numero"]) == 0
    assert terminal.out == f"Ouverte : {entry['numero']}  x@ac-exemple.fr\n"
    assert [one["numero"] for one in waiting(terminal)] == [entry["numero"]]


def test_one_wrong_row_is_told_and_every_way_out_mends_it(terminal: Terminal) -> None:
    start(terminal, completed(mbox(ANNE), cmid(), **MODULE))
    wrong = roster(row("E1", courriel=ANNE), row("E2"), row("X4", courriel=ANNE))
    assert terminal.run("personnels", "importer", terminal.write("p.csv", wrong)) == 2
    assert f"p.csv:2, 4 : « {ANNE} » désigne plusieurs personnes (E1, X4)" in terminal.err
    (entry,) = waiting(terminal)
    assert terminal.run("personnels", "identites", "X4", "--oublier", ANNE) == 1
    assert "--complet" in terminal.err
    right = terminal.write("p.csv", roster(row("E1", courriel=ANNE), row("E2")))
    assert terminal.run("personnels", "importer", right) == 2
    assert terminal.run("personnels", "importer", right, "--complet") == 0
    assert waiting(terminal) == []
    assert terminal.run("personnels", "identites", "X4", "--oublier", ANNE) == 0
    assert ANNE not in terminal.out
    terminal.run("personnels", "importer", terminal.write("p.csv", wrong))
    assert [one["numero"] for one in waiting(terminal)] == [entry["numero"]]
    assert terminal.run("personnels", "retirer", "X4") == 0
    assert waiting(terminal) == []
    assert terminal.run("personnels", "retirer", "X4") == 1
    assert "n'est l'identifiant de personne" in terminal.err
    terminal.run("personnels", "importer", terminal.write("p.csv", wrong))
    assert terminal.run("file", "--resoudre", entry["numero"], "--enseignant", "E1") == 0
    assert terminal.run("personnels", "importer", terminal.write("p.csv", wrong)) == 0
    assert waiting(terminal) == []


def test_who_has_left_a_trace_is_not_removed(terminal: Terminal) -> None:
    start(terminal, completed(mbox(ANNE), cmid(), **MODULE))
    assert terminal.run("personnels", "retirer", "E1") == 1
    assert "E1 ne se retire pas : le registre a de cette personne des déclarations" in terminal.err
    assert terminal.run("personnels", "identites", "E1") == 0
