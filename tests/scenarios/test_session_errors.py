# ruff: noqa: E501 - a case reads better on one line
"""Every refusal of a session file and of its overlay: exact file, line, column and sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Workshop

A1 = '{id: a1, debut: 2026-10-07T13:30, fin: 2026-10-07T16:30, lieu: "École Jean-Macé, Lyon", groupe: A}'
C1 = "{id: c1, debut: 2026-10-14T17:00, fin: 2026-10-14T18:00}"
CREATED = "        duree: 5min\n        achevement: vue\n        contenu: {fichier: textes/carte.md}"

CASES = [
    # keys
    ("parcours: parcours.yaml", "parcours: ‸absent.yaml", "le fichier « absent.yaml » est introuvable"),
    ("parcours: parcours.yaml", 'parcours: ‸"a\\0b"', "ce texte contient un caractère de contrôle, invisible"),
    ("code: CP-69L4-2026A", "code: ‸CP/1", "« CP/1 » : 1 à 50 lettres sans accent, chiffres, points ou tirets"),
    ("0693456G", "‸0693456A", "UAI « 0693456A » : la lettre de contrôle devrait être G"),
    ("0693456G", "‸693456G", "« 693456G » n'est pas un UAI : sept chiffres et une lettre, par exemple « 0693456G »"),
    ("2026-2027", "‸2026", "année scolaire « 2026 » incomprise : écrivez deux années qui se suivent, par exemple « 2026-2027 »"),
    ("cadre: animation", "cadre: ‸animations", "valeur « animations » inconnue (vouliez-vous dire « animation » ?) ; valeurs admises : animation, pdf, paf"),
    ("debut: 2026-10-05", "debut: ‸5 octobre", "une date est attendue ici, par exemple « 2026-10-05 »"),
    ("fin: 2026-12-18", "fin: ‸2026-02-30", "la date « 2026-02-30 » n'existe pas"),
    ("Anne.Martin@ac-exemple.fr", "‸anne.martin", "« anne.martin » n'est pas une adresse électronique"),
    ("groupes: [A, B]", "groupes: [A, B, ‸a/b]", "« a/b » : 1 à 40 caractères, sans « / », « ; », « , » ni « ~ »"),
    ("groupes: [A, B]", "groupes: [A, B, ‸A]", "le groupe « A » est déjà nommé"),
    ("{dispositif: 26D0690001, module: 52345, session: ", "‸{dispositif: 26D0690001, session: ", "la clé obligatoire « module » manque"),
    ("participants: participants.csv", "participants: ‸absent.csv", "le fichier « absent.csv » est introuvable"),
    ("participants: participants.csv\n", "", "la clé obligatoire « participants » manque (collection « action »)"),
    ("fin: 2026-12-18\n", "", "la clé obligatoire « fin » manque (collection « action »)"),
    ("formateurs: [{courriel: Anne.Martin@ac-exemple.fr, role: formateur}]", "formateurs: ‸[]", "au moins un formateur est attendu ici"),
    # dates
    ("fin: 2026-12-18", "fin: ‸2027-09-01", "avertissement : la session finit après le 31 août 2027"),
    ("annee_scolaire: 2026-2027\ncadre: animation\ninscription: candidature\ndebut: 2026-10-05", "annee_scolaire: 2027-2028\ncadre: animation\ninscription: candidature\ndebut: ‸2026-10-05", "la session commence hors de l'année scolaire 2027-2028 qu'elle annonce"),
    ("quiz: 2026-11-15", "quiz: ‸2026-12-19", "avertissement : l'échéance du 19/12/2026 est hors de la session"),
    ("quiz: 2026-11-15", "quiz: ‸demain", "une date est attendue ici, par exemple « 2026-10-05 », ou « J+41 »"),
    ("quiz: 2026-11-15", "quiz: ‸J-1", "un délai après le début de la session est attendu ici, par exemple « J+21 »"),
    ("quiz: 2026-11-15", "quizz: ‸2026-11-15", "aucune activité ne porte l'identifiant « quizz » (vouliez-vous dire « quiz » ?)"),
    # access
    ("echeances: {", "acces: {quizz: ‸{groupes: [A]}}\necheances: {", "aucune activité ne porte l'identifiant « quizz » (vouliez-vous dire « quiz » ?)"),
    ("echeances: {", "acces: {quiz: {groupes: [A, ‸C]}}\necheances: {", "le groupe « C » n'est pas dans « groupes »"),
    ("echeances: {", "acces: {quiz: {a_partir_du: J+30, jusqu_au: ‸2026-10-30}}\necheances: {", "l'activité se ferme avant de s'ouvrir"),
    ("echeances: {", "acces: {quiz: {‸groupe: [A]}}\necheances: {", "la clé « groupe » est inconnue ici (vouliez-vous dire « groupes » ?)"),
    # slots
    (C1, "‸{id: c1, debut: 2026-10-14T17:00}", "la clé obligatoire « fin » manque"),
    (C1, C1.replace("debut: 2026-10-14T17:00", "debut: ‸2026-10-14 17:00"), "une date et une heure locales sont attendues ici, par exemple « 2026-10-07T13:30 »"),
    (C1, C1.replace("debut: 2026-10-14T17:00", "debut: ‸2026-10-14T25:00"), "la date et l'heure « 2026-10-14T25:00 » n'existent pas"),
    ("\n    - " + C1, " ‸[]", "l'activité « classe-1 » est créditée et se signe : il lui faut au moins un créneau"),
    # overlay
    ("    accueil: {", "    ‸accueill: {", "aucune activité du parcours ne porte l'identifiant « accueill » (vouliez-vous dire « accueil » ?)"),
    ("accueil: {consigne", "accueil: {‸id: autre, consigne", "une session ne change pas « id » d'une activité : retirez-la et ajoutez-en une autre"),
    ("accueil: {consigne", "accueil: {‸type: forum, consigne", "une session ne change pas « type » d'une activité : retirez-la et ajoutez-en une autre"),
    ("accueil: {consigne", "accueil: {‸achevements: vue, consigne", "la clé « achevements » est inconnue ici (vouliez-vous dire « achevement » ?)"),
    ("duree: 20min", "duree: ‸vingt", "durée « vingt » incomprise : écrivez « 45min », « 1h30 », « 3h » ou un nombre entier de minutes"),
    ("retirer: [lien-national]", "retirer: [lien-national, ‸absent]", "aucune activité du parcours ne porte l'identifiant « absent »"),
    ("retirer: [lien-national]", "retirer: [lien-national, ‸carte]", "« carte » est à la fois retirée et modifiée ou ajoutée"),
    ("apres: accueil", "apres: ‸acueil", "aucune activité de la séquence « s1 » ne porte l'identifiant « acueil » (vouliez-vous dire « accueil » ?)"),
    ("sequence: s1", "sequence: ‸s9", "aucune séquence ne porte l'identifiant « s9 »"),
    (CREATED, CREATED.replace("textes/carte.md", "‸textes/absent.md"), "le fichier « textes/absent.md » est introuvable"),
    (CREATED, CREATED + "\n        prerequis: [‸lien-national]", "prérequis « lien-national » : la session retire cette activité"),
    ("        id: carte\n", "        id: ‸documents\n", "l'identifiant « documents » est déjà celui d'une activité du parcours"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), CASES)
def test_one_mistake_is_told_where_it_is(workshop: Workshop, old: str, new: str, sentence: str) -> None:
    ((line, column),) = workshop.change("session.yaml", old, new) or [(1, 1)]  # what is absent is told at the top
    told = [problem for problem in workshop.problems("session.yaml") if "dans cette session" not in problem[3]]
    assert told == [("session.yaml", line, column, sentence)]


def told_at(workshop: Workshop, old: str, new: str) -> list[str]:
    """Change the session and return what is told, after checking that it is at the marks, in their order."""
    marks = workshop.change("session.yaml", old, new)
    told = workshop.problems("session.yaml")
    assert [(file, line, column) for file, line, column, _ in told] == [("session.yaml", *mark) for mark in marks]
    return [sentence for *_, sentence in told]


def test_the_fixture_is_valid(workshop: Workshop) -> None:
    assert workshop.problems("session.yaml") == []


def test_slots_outside_the_session_or_of_nobody(workshop: Workshop) -> None:
    new = (
        "    - {id: c1, debut: ‸2026-10-01T17:00, fin: 2026-10-01T18:00}\n"
        "    - {id: ‸c1, debut: 2026-12-18T23:00, fin: ‸2026-12-19T00:30, groupe: ‸C}"
    )
    assert told_at(workshop, "    - " + C1, new) == [
        "le créneau commence avant la session (05/10/2026)",
        "l'identifiant de créneau « c1 » est déjà pris dans cette activité",
        "le créneau finit après la session (18/12/2026)",
        "le groupe « C » n'est pas dans « groupes »",
    ]


def test_a_slot_that_ends_first(workshop: Workshop) -> None:
    new = "    ‸- {id: c1, debut: 2026-10-14T17:00, fin: ‸2026-10-14T17:00}".replace("‸-", "-", 1)
    marks = workshop.change("session.yaml", "    - " + C1, new)
    told = workshop.problems("session.yaml")
    assert [(line, column) for _, line, column, _ in told][-1] == marks[0]
    assert {sentence for *_, sentence in told} == {
        "le créneau finit avant de commencer",
        "avertissement : les créneaux du groupe « A » de « classe-1 » font 0min, l'activité en prévoit 1h",
        "avertissement : les créneaux du groupe « B » de « classe-1 » font 0min, l'activité en prévoit 1h",
    }


def test_slots_that_do_not_add_up_are_a_warning(workshop: Workshop) -> None:
    assert told_at(workshop, "  presence-1:\n    - " + A1, "  presence-1:\n    ‸- " + A1.replace("16:30", "15:00")) == [
        "avertissement : les créneaux du groupe « A » de « presence-1 » font 1h30, l'activité en prévoit 3h"
    ]


def test_a_session_without_groups_has_one(workshop: Workshop) -> None:
    workshop.change("session.yaml", "groupes: [A, B]\n", "")
    workshop.change("session.yaml", "participants: participants.csv", "participants: tous.csv")
    (workshop.folder / "tous.csv").write_text("courriel;groupe\nlea@ac-exemple.fr;\n")
    workshop.change("session.yaml", ", groupe: A}", "}")
    workshop.change("session.yaml", ", groupe: B}", "}")
    (told,) = workshop.problems("session.yaml")
    assert told[3] == "avertissement : les créneaux de « presence-1 » font 6h, l'activité en prévoit 3h"


def test_slots_of_an_unknown_or_unsigned_activity(workshop: Workshop) -> None:
    new = "  quiz:\n    ‸- {id: q, debut: 2026-10-14T17:00, fin: 2026-10-14T18:00}\n  classe-1:"
    assert told_at(workshop, "  classe-1:", new) == [
        "seules les activités « presence » et « classe_virtuelle » ont des créneaux, pas « test »"
    ]
    workshop.change("session.yaml", "  quiz:", "  classe-2:")
    assert [sentence for *_, sentence in workshop.problems("session.yaml")] == [
        "aucune activité ne porte l'identifiant « classe-2 » (vouliez-vous dire « classe-1 » ?)"
    ]


def test_a_session_that_ends_before_it_starts(workshop: Workshop) -> None:
    ((line, column),) = workshop.change("session.yaml", "fin: 2026-12-18", "fin: ‸2026-10-01")
    told = workshop.problems("session.yaml")
    assert told[0] == ("session.yaml", line, column, "la session finit avant de commencer (05/10/2026)")


@pytest.mark.parametrize("debut", ["2026-08-01", "2027-08-31"])
def test_teachers_come_back_before_1_september(workshop: Workshop, debut: str) -> None:
    workshop.change("session.yaml", "debut: 2026-10-05", f"debut: {debut}")
    assert "hors de l'année scolaire" not in str(workshop.problems("session.yaml"))


def test_a_credited_activity_that_nothing_completes(workshop: Workshop) -> None:
    (mark,) = workshop.change("parcours.yaml", "achevement: {note: 80%}", "achevement: ‸aucun")
    ((file, line, column, sentence),) = workshop.problems("session.yaml")
    assert (file, line, column) == ("parcours.yaml", *mark)
    assert sentence.startswith("cette activité créditée n'a pas d'achèvement, or la session est validée")
    workshop.change("session.yaml", "validation: achevement", "validation: attestation")
    assert workshop.problems("session.yaml") == []


def test_autoformation_needs_no_people_and_no_end(workshop: Workshop) -> None:
    workshop.change("parcours.yaml", "collection: action", "collection: autoformation")
    workshop.change("session.yaml", "participants: participants.csv\n", "")
    workshop.change("session.yaml", "formateurs: [{courriel: Anne.Martin@ac-exemple.fr, role: formateur}]\n", "")
    workshop.change("session.yaml", "fin: 2026-12-18\n", "")
    assert workshop.problems("session.yaml") == []


def test_the_session_shows_the_difference_that_its_overlay_makes(workshop: Workshop) -> None:
    ((line, _),) = workshop.change("session.yaml", "  modifier:\n", "  ‸modifier:\n")
    workshop.change("session.yaml", "duree: 20min", "duree: 1h20")
    said = (
        "avertissement : durée à distance : 4h45 annoncées, mais les activités créditées font 5h45 dans cette session"
    )
    assert workshop.problems("session.yaml") == [("session.yaml", line, 3, said)]


def test_mistakes_of_the_parcours_and_of_the_participants_come_along(workshop: Workshop) -> None:
    (at,) = workshop.change("session.yaml", "code: CP-69L4-2026A", "code: ‸é")
    (below,) = workshop.change(
        "parcours.yaml", "duree: 10min\n        achevement: vue", "duree: ‸dix\n        achevement: vue"
    )
    (workshop.folder / "participants.csv").write_text("courriel;groupe\nlea@ac-exemple.fr;Z\n")
    assert [(file, line, column) for file, line, column, _ in workshop.problems("session.yaml")] == [
        ("session.yaml", *at),
        ("participants.csv", 2, 19),
        ("parcours.yaml", *below),
    ]


def test_a_parcours_that_is_not_yaml(workshop: Workshop) -> None:
    (workshop.folder / "parcours.yaml").write_text("a: [")
    assert workshop.problems("session.yaml")[0][:3] == ("parcours.yaml", 2, 1)


def test_participants_stay_in_the_folder(workshop: Workshop) -> None:
    (at,) = workshop.change("session.yaml", "participants: participants.csv", "participants: ‸../participants.csv")
    said = "« ../participants.csv » : le chemin doit rester dans le dossier de ce fichier, avec des « / »"
    assert workshop.problems("session.yaml") == [("session.yaml", *at, said)]
