# ruff: noqa: E501 - a case reads better on one line
"""Every refusal of a parcours file: exact line, column and sentence. `‸` marks where it is expected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Workshop

ACCUEIL = "      - id: accueil\n"
VUE = "        note_formateur: Relancez.\n        achevement: vue"

CASES = [
    # keys and forms
    ("domaine: mathématiques", "‸domain: mathématiques", "la clé « domain » est inconnue ici (vouliez-vous dire « domaine » ?)"),
    ("titre: Un parcours complet\n", "", "la clé obligatoire « titre » manque"),
    ("        duree: 15min\n", "        duree: 15min\n        ‸dure: 15min\n", "la clé « dure » est inconnue ici (vouliez-vous dire « duree » ?)"),
    ("{rendu: fichier, echeance: J+21}", "{‸rendue: fichier, echeance: J+21}", "la clé « rendue » est inconnue ici (vouliez-vous dire « rendu » ?)"),
    ("        titre: Bienvenue\n", "        titre: Bienvenue\n        ‸page: x\n", "la clé « page » est inconnue ici"),
    ("titre: Un parcours complet", "titre:‸", "une valeur est attendue ici"),
    ("titre: Un parcours complet", "titre: ‸'  '", "ce texte est vide"),
    ("titre: Un parcours complet", "titre: ‸[a]", "un texte est attendu ici"),
    ("titre: Un parcours complet", "titre: ‸" + "x" * 251, "texte trop long : 251 caractères, au plus 250"),
    ("titre: Un parcours complet", 'titre: ‸"a\\nb"', "ce texte doit tenir sur une seule ligne"),
    ("consigne: Lisez.", "consigne: ‸" + "x" * 100_001, "texte trop long : 100001 caractères, au plus 100000 ; mettez-le dans un fichier"),
    ("consigne: Lisez.", "consigne: ‸{a: b}", "un texte est attendu ici"),
    ("objectifs: [Situer, Construire]", "objectifs: ‸Situer", "une liste est attendue ici, par exemple « [a, b] »"),
    ("objectifs: [Situer, Construire]", "objectifs: ‸[]", "cette liste est vide"),
    ("durees: {presence: 3h, distance: 4h45}", "durees: ‸6h", "un groupe de clés est attendu ici"),
    ("durees: {presence: 3h, distance: 4h45}", "durees: ‸{distance: 7h45}", "la clé obligatoire « presence » manque (0 est une durée admise)"),
    ("durees: {presence: 3h, distance: 4h45}\n", "", "la clé obligatoire « durees » manque (collection « action »)"),
    # identity
    ("26_ACA10_COMPLET_1.0", "‸26-ACA10", "matricule « 26-ACA10 » : la forme est AA_CODE_INTITULE_VERSION, l'intitulé sur 15 caractères au plus, en capitales sans accent ; par exemple « 26_ACA10_CALCMENTAL_1.0 »"),
    ("origine: academie", "origine: ‸academi", "origine « academi » inconnue (vouliez-vous dire « academie » ?) ; valeurs admises : dgesco, ih2ef, academie, reseau-canope, ife, irem, espe, dne-foad, autre"),
    ("collection: action", "collection: ‸xyz", "collection « xyz » inconnue ; valeurs admises : action, analyse, decouverte, qualification, volet_distant, reseau, simulation, autoformation, espacecollab, encadrement"),
    ("nature: formation_continue", "nature: ‸formation", "valeur « formation » inconnue (vouliez-vous dire « formation_continue » ?) ; valeurs admises : formation_continue, animation_pedagogique"),
    ("nature: formation_continue", "nature: ‸[a]", "une de ces valeurs est attendue ici : formation_continue, animation_pedagogique"),
    ("  - id: s2", "  - id: ‸S 2", "« S 2 » : 1 à 40 lettres minuscules sans accent, chiffres ou tirets"),
    ("titre: Un parcours complet", "titre: ‸Conseil de cycle", "« Conseil de cycle » : le travail en équipe, les conseils des maîtres et de cycle et les relations avec les parents relèvent de 48 autres heures du service, et n'entrent jamais dans les 18 heures"),
    # activities
    ("        titre: Bienvenue\n", "        titre: ‸APC\n", "« APC » : les activités pédagogiques complémentaires (APC) relèvent de 36 autres heures du service, et n'entrent jamais dans les 18 heures"),
    ("type: sondage", "type: ‸sondages", "valeur « sondages » inconnue (vouliez-vous dire « sondage » ?) ; valeurs admises : page, etiquette, url, fichier, forum, devoir, test, sondage, questionnaire, classe_virtuelle, presence, h5p, mise_en_oeuvre"),
    ("      - id: avis\n        type: sondage\n", "      - ‸id: avis\n", "la clé obligatoire « type » manque"),
    ("      - id: avis\n        type: sondage\n        titre: Choisir\n", "      - ‸id: avis\n        type: sondage\n", "la clé obligatoire « titre » manque"),
    ("  - id: s2\n    titre: Agir\n    activites:\n", "  - id: s2\n    titre: Agir\n    activites:\n      - ‸rien\n", "un groupe de clés est attendu ici"),
    ("credite: true", "credite: ‸oui", "écrivez « true » (oui) ou « false » (non)"),
    ("tentatives: 3", "tentatives: ‸-3", "un nombre entier, sans signe, est attendu ici"),
    ("note_minimale: 50", "note_minimale: ‸0%", "un pourcentage entier de 1 à 100 est attendu ici, par exemple « 50% »"),
    ("duree: 15min", "duree: ‸1h5", "durée « 1h5 » incomprise : écrivez « 45min », « 1h30 », « 3h » ou un nombre entier de minutes"),
    ("achevement: {note: 80%}", "achevement: ‸{note: 101%}", "un pourcentage entier de 1 à 100 est attendu ici, par exemple « 50% »"),
    ("achevement: {messages: 2}", "achevement: ‸{messages: 0}", "un nombre de messages de 1 à 100 est attendu ici"),
    ("achevement: {messages: 2}", "achevement: ‸{message: 2}", "achèvement incompris : écrivez manuel, vue, remise, reponse, emargement, aucun, « {note: 50%} » ou « {messages: 2} »"),
    (VUE, VUE.replace("vue", "‸vu"), "achèvement « vu » inconnu (vouliez-vous dire « vue » ?) : écrivez manuel, vue, remise, reponse, emargement, aucun, « {note: 50%} » ou « {messages: 2} »"),
    ("echeance: J+21", "echeance: ‸21 jours", "un délai après le début de la session est attendu ici, par exemple « J+21 »"),
    ("options: [Oui, Non]", "options: ‸[Oui]", "au moins 2 éléments sont attendus ici"),
    ('contenu: {texte: "**Bonjour**"}', "contenu: ‸{}", "le contenu d'une page est soit « texte », soit « fichier », et un seul des deux"),
    ("- {intitule: Pourquoi ?, type: texte}", "- ‸{intitule: Pourquoi ?, type: texte, options: [a, b]}", "une question de type « texte » n'a pas d'options"),
    ("- {intitule: Pourquoi ?, type: texte}", "- ‸{intitule: Pourquoi ?, type: choix}", "une question de type « choix » a besoin d'au moins deux options"),
    # between activities
    ("      - id: cadre\n", "      - id: ‸accueil\n", "l'identifiant d'activité « accueil » est déjà pris plus haut"),
    ("  - id: s2", "  - id: ‸s1", "l'identifiant de séquence « s1 » est déjà pris plus haut"),
    ("prerequis: [accueil]", "prerequis: [‸acueil]", "prérequis « acueil » : aucune activité ne porte cet identifiant (vouliez-vous dire « accueil » ?)"),
    ("prerequis: [accueil]", "prerequis: [‸repere]", "prérequis « repere » : son achèvement est « aucun », il ne sera jamais rempli"),
    ("prerequis: [accueil]", "prerequis: ‸[cadre]", "ces prérequis tournent en rond : cadre → cadre"),
    (VUE, VUE + "\n        prerequis: ‸[cadre]", "ces prérequis tournent en rond : accueil → cadre → accueil"),
    ("durees: {presence: 3h, ", "durees: {presence: ‸2h, ", "durée en présence : 2h annoncées, mais les activités créditées font 3h"),
    ("distance: 4h45}", "distance: ‸0}", "durée à distance : 0min annoncées, mais les activités créditées font 4h45"),
    ("        modalite: en_classe\n        duree: 2h\n        credite: false\n", "        modalite: en_classe\n        duree: 2h\n        credite: ‸true\n", "ce qui se fait en classe n'est jamais crédité : écrivez « credite: false »"),
    ("        duree: 0\n        credite: false\n        achevement: aucun", "        duree: 0\n        credite: false\n        achevement: ‸vue", "une activité de type « etiquette » ne connaît pas l'achèvement « vue » : aucun, manuel"),
    ("achevement: {note: 50%}", "achevement: ‸{note: 60%}", "l'achèvement demande 60 %, mais « note_minimale » dit 50 %"),
    ("origine: academie\nacademie: Lyon\n", "origine: ‸academie\n", "avertissement : l'origine « academie » demande de nommer l'académie : ajoutez la clé « academie »"),
    ("      - id: repere\n        type: etiquette\n        titre: Repère\n        modalite: distance_asynchrone\n        duree: 0\n        credite: false\n        achevement: aucun\n        contenu: {texte: Prenez votre temps.}\n", "      - ‸id: repere\n        type: etiquette\n        titre: Repère\n        modalite: distance_asynchrone\n        duree: 0\n        credite: false\n        achevement: aucun\n", "avertissement : rien à lire ici : ni « contenu » ni « consigne »"),
    # files
    ("fichier: textes/cadre.md}", "fichier: ‸textes/absent.md}", "le fichier « textes/absent.md » est introuvable"),
    ("fichier: textes/cadre.md}", "fichier: ‸../secret.md}", "« ../secret.md » : le chemin doit rester dans le dossier de ce fichier, avec des « / »"),
    ("fichier: textes/cadre.md}", "fichier: ‸/etc/passwd}", "« /etc/passwd » : le chemin doit rester dans le dossier de ce fichier, avec des « / »"),
    ("fichier: textes/cadre.md}", "fichier: ‸C:cadre.md}", "« C:cadre.md » : le chemin doit rester dans le dossier de ce fichier, avec des « / »"),
    ("fichier: textes/cadre.md}", "fichier: ‸textes\\cadre.md}", "« textes\\cadre.md » : le chemin doit rester dans le dossier de ce fichier, avec des « / »"),
    ("fichier: textes/cadre.md}", "fichier: ‸" + "x" * 256 + "}", "texte trop long : 256 caractères, au plus 250"),
    ("fichier: textes/cadre.md}", "fichier: ‸textes}", "le fichier « textes » est introuvable"),
    ("fichier: textes/cadre.md}", 'fichier: ‸"a\\0b"}', "ce texte contient un caractère de contrôle, invisible"),
    ("fichiers: [textes/cadre.md, images/schema.png]", "fichiers: [textes/cadre.md, ‸images/absent.png]", "le fichier « images/absent.png » est introuvable"),
    ("paquet: jeu.h5p", "paquet: ‸quiz.gift", "« quiz.gift » n'est pas un paquet H5P : l'archive est abîmée"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), CASES)
def test_one_mistake_is_told_where_it_is(workshop: Workshop, old: str, new: str, sentence: str) -> None:
    ((line, column),) = workshop.change("parcours.yaml", old, new) or [(1, 1)]  # what is absent is told at the top
    assert workshop.problems("parcours.yaml") == [("parcours.yaml", line, column, sentence)]


def test_the_fixture_is_valid(workshop: Workshop) -> None:
    assert workshop.problems("parcours.yaml") == []


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(workshop: Workshop) -> None:
    changes = [
        ("titre: Un parcours complet", "‸titres: Un parcours complet"),
        ("academie: Lyon\n", "academie: ‸lyon\n"),
        ("duree: 15min", "duree: ‸quinze"),
        ("prerequis: [accueil]", "prerequis: [‸absent]"),
        ('"https://', '‸"http://'),
        ("questions: quiz.gift", "questions: ‸absent.gift"),
        ("        modalite: presence\n", "        modalite: ‸distance_synchrone\n"),
    ]
    marks = [mark for old, new in changes for mark in workshop.change("parcours.yaml", old, new)]
    told = workshop.problems("parcours.yaml")
    assert [(line, column) for _, line, column, _ in told] == [(1, 1), *marks]
    assert [sentence for *_, sentence in told] == [
        "la clé obligatoire « titre » manque",
        "la clé « titres » est inconnue ici (vouliez-vous dire « titre » ?)",
        told[2][3],
        "durée « quinze » incomprise : écrivez « 45min », « 1h30 », « 3h » ou un nombre entier de minutes",
        "prérequis « absent » : aucune activité ne porte cet identifiant",
        "« http://eduscol.exemple.fr/programmes?cycle=2 » : une adresse complète qui commence par « https:// » est attendue ici",
        "le fichier « absent.gift » est introuvable",
        "une activité de type « presence » a pour modalité « presence »",
    ]  # fmt: skip
    assert told[2][3].startswith("académie « lyon » inconnue (vouliez-vous dire « Lyon » ?) ; valeurs admises : Aix-")


def test_an_activity_without_its_content_is_refused(workshop: Workshop) -> None:
    old = '        contenu: {adresse: "https://eduscol.exemple.fr/programmes?cycle=2"}\n'
    workshop.change("parcours.yaml", old, "")
    assert [sentence for *_, sentence in workshop.problems("parcours.yaml")] == [
        "la clé obligatoire « contenu » manque"
    ]


def test_a_longer_circle_is_named_once_from_its_first_activity(workshop: Workshop) -> None:
    workshop.change("parcours.yaml", VUE, VUE + "\n        prerequis: [quiz]")
    workshop.change(
        "parcours.yaml", "achevement: {note: 50%}", "achevement: {note: 50%}\n        prerequis: [bilan, cadre]"
    )
    (said,) = workshop.problems("parcours.yaml")
    assert said[3] == "ces prérequis tournent en rond : accueil → quiz → cadre → accueil"


def test_collections_that_may_lack_durations(workshop: Workshop) -> None:
    workshop.change("parcours.yaml", "durees: {presence: 3h, distance: 4h45}\n", "")
    workshop.change("parcours.yaml", "collection: action", "collection: reseau")
    assert workshop.problems("parcours.yaml") == []


def test_symbolic_links_are_not_followed(workshop: Workshop) -> None:
    (workshop.folder / "lien").symlink_to(workshop.folder / "textes")
    ((line, column),) = workshop.change("parcours.yaml", "fichier: textes/cadre.md}", "fichier: ‸lien/cadre.md}")
    said = "« lien/cadre.md » : les liens symboliques ne sont pas suivis"
    assert workshop.problems("parcours.yaml") == [("parcours.yaml", line, column, said)]


def test_a_name_that_no_file_can_have(workshop: Workshop) -> None:
    workshop.change("parcours.yaml", "fichier: textes/cadre.md}", f"fichier: {'é' * 200}}}")  # 400 bytes
    (told,) = workshop.problems("parcours.yaml")
    assert told[3].endswith("est introuvable")


def test_a_list_whose_items_are_all_wrong_is_not_called_empty(workshop: Workshop) -> None:
    ((line, column),) = workshop.change("parcours.yaml", "objectifs: [Situer, Construire]", "objectifs: [‸[a]]")
    assert workshop.problems("parcours.yaml") == [("parcours.yaml", line, column, "un texte est attendu ici")]


def test_a_file_that_may_not_be_read(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    told = {sentence for *_, sentence in workshop.problems("parcours.yaml")}
    assert told == {
        "le fichier « textes/cadre.md » est illisible : vérifiez les droits",
        "le fichier « quiz.gift » est illisible : vérifiez les droits",
        "le fichier « images/schema.png » est illisible : vérifiez les droits",
        "le fichier « jeu.h5p » est illisible : vérifiez les droits",
    }


def test_files_have_bounds(workshop: Workshop) -> None:
    (workshop.folder / "textes" / "cadre.md").write_bytes(b"x" * 1_048_577)
    with (workshop.folder / "images" / "schema.png").open("wb") as image:
        image.truncate(52_428_801)
    assert [sentence for *_, sentence in workshop.problems("parcours.yaml")] == [
        "le fichier « textes/cadre.md » est trop gros : 1,0 Mio, au plus 1 Mio",
        "le fichier « images/schema.png » est trop gros : 50,0 Mio, au plus 50 Mio",
    ]


def test_text_files_are_utf8_and_say_something(workshop: Workshop) -> None:
    (workshop.folder / "textes" / "cadre.md").write_bytes("é".encode("latin-1"))
    (said,) = workshop.problems("parcours.yaml")
    assert said[3] == "« textes/cadre.md » n'est pas en UTF-8 : enregistrez-le avec ce codage"
    (workshop.folder / "textes" / "cadre.md").write_text(" \n")
    assert workshop.problems("parcours.yaml") == [("textes/cadre.md", 1, 1, "ce fichier est vide")]


def test_gift_faults_are_told_in_the_gift_file(workshop: Workshop) -> None:
    (workshop.folder / "quiz.gift").write_text("::Q1:: deux {=2\n\n::Q2:: trois {=3}\n")
    said = "accolade ouverte et jamais fermée : une question finit à la première ligne vide"
    assert workshop.problems("parcours.yaml") == [("quiz.gift", 1, 13, said)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format: parcours/2\n", "1:9"),
        ("titre: x\n", "1:1"),
        ("- a\n", "1:1"),
    ],
)
def test_an_unknown_format_is_refused(workshop: Workshop, text: str, said: str) -> None:
    (workshop.folder / "parcours.yaml").write_text(text)
    ((_, line, column, sentence),) = workshop.problems("parcours.yaml")
    assert f"{line}:{column}" == said
    assert sentence.startswith("la clé « format » dit « parcours/1 » ou « session/1 »")
