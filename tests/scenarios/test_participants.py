from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.participants import Participant, parse_participants

FILE = Path("participants.csv")
HEADER = "courriel;groupe;origine;cadre\n"


def test_reads_rows_blanks_and_quotes() -> None:
    text = HEADER + 'Lea@ac-exemple.fr; A ;;\n\n;;;\n"marc@ac-exemple.fr";;invitation;paf\n'
    people, problems = parse_participants(text, FILE, ["A"])
    assert people == (
        Participant("lea@ac-exemple.fr", "A"),
        Participant("marc@ac-exemple.fr", None, "invitation", "paf"),
    )
    assert problems == ()


def test_columns_come_in_any_order() -> None:
    people, _ = parse_participants("groupe;courriel\r\nA;lea@ac-exemple.fr\r\n", FILE, ["A"])
    assert people == (Participant("lea@ac-exemple.fr", "A"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["1:1: ce fichier est vide : sa première ligne est « courriel;groupe »"]),
        (
            "courriel,groupe\n",
            [
                (
                    "1:1: colonne « courriel,groupe » inconnue (vouliez-vous dire « courriel » ?) ;"
                    " valeurs admises : courriel, groupe, origine, cadre"
                ),
                "1:1: la colonne obligatoire « courriel » manque (séparateur « ; »)",
                "1:1: la colonne obligatoire « groupe » manque (séparateur « ; »)",
            ],
        ),
        ("courriel;groupe;groupe\n", ["1:17: la colonne « groupe » est écrite deux fois"]),
        (HEADER + "lea@ac-exemple.fr\n", ["2:1: 4 colonnes attendues, 1 trouvées"]),
        (HEADER + "lea@ac-exemple.fr;A;;;\n", ["2:1: 4 colonnes attendues, 5 trouvées"]),
        (HEADER + "lea;A;;\n", ["2:1: « lea » n'est pas une adresse électronique"]),
        (HEADER + ";A;;\n", ["2:1: ce texte est vide"]),
        (HEADER + "\nlea@ac-exemple.fr;C;;\n", ["3:19: le groupe « C » n'est pas dans les groupes de la session"]),
        (
            HEADER + "lea@ac-exemple.fr;A;invité;pdt\n",
            [
                (
                    "2:21: valeur d'origine « invité » inconnue (vouliez-vous dire « invitation » ?) ;"
                    " valeurs admises : invitation, candidature"
                ),
                (
                    "2:28: valeur de cadre « pdt » inconnue (vouliez-vous dire « pdf » ?) ;"
                    " valeurs admises : animation, pdf, paf"
                ),
            ],
        ),
        (
            HEADER + "lea@ac-exemple.fr;A;;\nLEA@ac-exemple.fr;A;;\n",
            ["3:1: « lea@ac-exemple.fr » est déjà inscrit ligne 2"],
        ),
        (HEADER + '"lea;A;;\n', ["2:1: guillemets mal fermés dans ce fichier CSV"]),
    ],
)
def test_refusals(text: str, said: list[str]) -> None:
    _, problems = parse_participants(text, FILE, ["A"])
    assert [str(problem).replace("\u00a0", " ") for problem in problems] == [f"participants.csv:{one}" for one in said]


def test_good_rows_are_kept_beside_bad_ones() -> None:
    people, problems = parse_participants(HEADER + "lea;A;;\nmarc@ac-exemple.fr;A;;\n", FILE, ["A"])
    assert [one.courriel for one in people] == ["marc@ac-exemple.fr"]
    assert len(problems) == 1
