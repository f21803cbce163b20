"""`personnels.csv`: every mistake at once, with its line, and nothing secret repeated."""

from __future__ import annotations

from datetime import date
from hashlib import sha1

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DataError
from connector.ledger.roster import COLUMNS, Key, Roster, parse_roster, shared_keys
from tests.ledger.kit import SITUATIONS, roster, row


def parse(*rows: str) -> Roster:
    return parse_roster(roster(*rows), "personnels.csv", SITUATIONS)


def refusal(data: bytes) -> str:
    with pytest.raises(DataError) as caught:
        parse_roster(data, "personnels.csv", SITUATIONS)
    return str(caught.value)


def test_a_row_is_a_person_with_an_interval() -> None:
    read = parse(row("E1", quotite="62,5", debut="2026-09-01", fin="2027-08-31", situation="TR", imputation_min="180"))
    (person,) = read.people
    (interval,) = person.intervals
    assert (person.identifiant, person.nom, person.prenom) == ("E1", "Martin", "Anne")
    assert (interval.quotite, interval.debut, interval.fin) == (62_500, date(2026, 9, 1), date(2027, 8, 31))
    assert (interval.situation, interval.imputation_min) == ("TR", 180)
    assert read.warnings == ()


def test_open_bounds_and_no_imputation_are_empty_cells() -> None:
    (interval,) = parse(row()).people[0].intervals
    assert (interval.debut, interval.fin, interval.imputation_min) == (None, None, 0)


def test_every_way_to_recognise_a_person_is_a_key() -> None:
    (person,) = parse(
        row(
            courriel="Anne.MARTIN@ac-exemple.fr",
            autres_courriels="anne.durand@ac-exemple.fr, a.m@ac-exemple.fr",
            compte_moodle="https://Moodle.Exemple.fr/|39,https://autre.exemple.fr|anne",
        )
    ).people
    plain = {key for key in person.keys if key.kind != "mbox_sha1sum"}
    assert plain == {
        Key("mbox", "anne.martin@ac-exemple.fr", main=True),
        Key("mbox", "anne.durand@ac-exemple.fr"),
        Key("mbox", "a.m@ac-exemple.fr"),
        Key("account", "https://moodle.exemple.fr|39"),
        Key("account", "https://autre.exemple.fr|anne"),
    }
    hashes = {key.value for key in person.keys if key.kind == "mbox_sha1sum"}
    spellings = ("Anne.MARTIN", "anne.martin", "anne.durand", "a.m")
    assert hashes == {
        sha1(f"mailto:{name}@ac-exemple.fr".encode(), usedforsecurity=False).hexdigest() for name in spellings
    }


def test_rows_of_a_person_add_up_and_their_order_says_nothing() -> None:
    rows = (row("E1", quotite="50", fin="2027-02-28"), row("E1", quotite="80", debut="2027-03-01"))
    assert parse(*rows).people == parse(*reversed(rows)).people
    assert parse(*rows).warnings == ()


def test_more_than_a_whole_service_is_an_alert_with_its_lines() -> None:
    read = parse(row("E1", quotite="75"), row("E2"), row("E1", quotite="37,5", debut="2027-03-01"))
    assert read.warnings == ("personnels.csv:2, 4 : les services de E1 font 112,5\u00a0% au 01/03/2027.",)


def test_an_address_of_two_people_is_an_alert_with_its_lines() -> None:
    read = parse(row("E1"), row("E2", autres_courriels="E1@ac-exemple.fr"), row("E3"))
    said = "« e1@ac-exemple.fr » désigne plusieurs personnes (E1, E2)"
    assert [one.split(" : les")[0] for one in shared_keys(read, [], ())] == [f"personnels.csv:2, 3 : {said}"]


def test_an_address_of_somebody_known_already_is_an_alert() -> None:
    (known,) = parse(row("E9", courriel="e1@ac-exemple.fr")).people
    (warning,) = shared_keys(parse(row("E2"), row("E1")), [known], ())
    assert warning.startswith("personnels.csv:3 : « e1@ac-exemple.fr » désigne plusieurs personnes (E1, E9)")
    assert list(shared_keys(parse(row("E2")), [known], ())) == []
    assert list(shared_keys(parse(row("E1")), [known], {("mbox", "e1@ac-exemple.fr")})) == []


@pytest.mark.parametrize("cells", [{"ecole": "École\0"}, {"compte_moodle": "https://moodle.exemple.fr|an\0ne"}])
def test_an_invisible_character_is_refused(cells: dict[str, str]) -> None:
    (column,) = cells
    said = f"personnels.csv:2 : {column} : la case contient un caractère de contrôle, invisible."
    assert refusal(roster(row(**cells))).startswith(said)


def test_a_numen_is_refused_and_not_repeated() -> None:
    said = refusal(roster(row("12g3456789ABC")))
    assert "personnels.csv:2 : identifiant : un NUMEN est confidentiel" in said
    assert "12g3456789ABC".lower() not in said.lower()


WRONG = {
    "identifiant": "",
    "nom": "",
    "courriel": "pas-une-adresse",
    "autres_courriels": "a@ac-exemple.fr,b",
    "compte_moodle": "moodle.exemple.fr|39",
    "uai": "0690001A",
    "departement": "69",
    "academie": "Lion",
    "degre": "1d",
    "situation": "INCONNUE",
    "quotite": "100,5",
    "debut": "1/9/2026",
    "imputation_min": "3h",
}


@pytest.mark.parametrize("column", WRONG)
def test_each_wrong_cell_is_named_with_its_line(column: str) -> None:
    said = refusal(roster(row("E0"), row(**{column: WRONG[column]})))
    assert f"personnels.csv:3 : {column} : " in said
    assert "Rien n'a été importé" in said


@pytest.mark.parametrize("account", ["https://moodle.exemple.fr", "https://moodle.exemple.fr|", "ftp://exemple.fr|a"])
def test_an_account_is_an_address_and_a_name(account: str) -> None:
    assert "compte_moodle" in refusal(roster(row(compte_moodle=account)))


@pytest.mark.parametrize("quotite", ["0", "101", "-5", "62,", "62,5555", "cent", "٥٠"])
def test_a_quotite_is_a_percentage(quotite: str) -> None:
    assert "quotite" in refusal(roster(row(quotite=quotite)))


def test_all_the_mistakes_of_a_file_are_told_at_once() -> None:
    said = refusal(roster(row(**WRONG), row("E2", debut="2027-01-01", fin="2026-12-31")))
    assert said.count("personnels.csv:2 :") == len(WRONG)
    assert "personnels.csv:3 : fin : elle précède le début" in said


def test_hundreds_of_mistakes_are_counted() -> None:
    assert "… et 50 autres erreurs." in refusal(roster(*(row(f"E{n}", quotite="x") for n in range(150))))


def test_a_line_in_quotes_may_hold_line_ends_and_lines_stay_right() -> None:
    said = refusal(roster(row("E1", ecole='"École\nà deux lignes"'), row("E2", quotite="x")))
    assert "personnels.csv:4 : quotite" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "colonnes manquantes"),
        (roster(), "aucune personne"),
        (roster().replace(b"quotite", b"quotit\xc3\xa9"), "colonnes inconnues : « quotité »"),
        (roster().replace(b"debut;fin", b"fin;fin"), "colonnes en double : « fin »"),
        (roster(row()).replace("École".encode(), "École".encode("latin-1")), "personnels.csv:2 : le fichier n'est pas"),
        (roster(row() + ";de trop"), "plus de cases que l'en-tête"),
        (roster(row(nom='"Mar"tin')), "ne se lit pas comme du CSV"),
        (b"x" * (64 * 2**20 + 1), "dépasse 64 Mo"),
    ],
)
def test_a_file_that_is_no_roster_is_a_sentence(data: bytes, said: str) -> None:
    assert said in refusal(data)


def test_columns_may_come_in_another_order_with_a_byte_order_mark() -> None:
    columns = list(reversed(COLUMNS))
    cells = dict(zip(COLUMNS, row("E1").split(";"), strict=True))
    lines = [";".join(columns), "", ";".join(cells[column] for column in columns)]
    read = parse_roster("\ufeff".encode() + "\r\n".join(lines).encode(), "personnels.csv", SITUATIONS)
    assert read == parse(row("E1"))


@given(st.binary(max_size=300) | st.text(max_size=300).map(roster))
def test_whatever_the_bytes_the_answer_is_a_roster_or_sentences(data: bytes) -> None:
    try:
        assert parse_roster(data, "personnels.csv", SITUATIONS).people
    except DataError as exc:
        assert "personnels.csv" in exc.message  # noqa: PT017
