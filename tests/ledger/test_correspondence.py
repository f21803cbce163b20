"""The CSV given to `lier`: every mistake at once."""

from __future__ import annotations

import pytest

from connector.errors import DataError
from connector.ledger.correspondence import Correspondence, parse_correspondence

ACTIVITIES = {"accueil", "test-final"}
COURSE = "cours;https://Moodle.exemple.fr/course/view.php?id=12"
PAGE = "accueil;https://moodle.exemple.fr/mod/page/view.php?id=101"


def parse(*rows: str, header: str = "activite;url") -> Correspondence:
    return parse_correspondence("\n".join([header, *rows]).encode(), "c.csv", ACTIVITIES)


def test_a_course_and_its_pages() -> None:
    read = parse(COURSE, "", PAGE)
    assert read == Correspondence("https://moodle.exemple.fr", 12, {101: "accueil"})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([PAGE], "c.csv : il manque la ligne « cours;adresse du cours »"),
        ([COURSE, COURSE], "c.csv:3 : un seul cours par session"),
        ([COURSE, PAGE, PAGE], "c.csv:4 : l'activité « accueil » ou sa page est déjà donnée"),
        ([COURSE, "bilan;https://moodle.exemple.fr/mod/page/view.php?id=1"], "c.csv:3 : la session n'a pas d'activité"),
        ([COURSE, "accueil;https://moodle.exemple.fr/course/view.php?id=1"], "n'est pas l'adresse d'une activité"),
        (["cours;https://moodle.exemple.fr/"], "n'est pas l'adresse d'un cours"),
        ([COURSE, "accueil"], "c.csv:3 : deux cases sont attendues"),
        ([COURSE, "accueil;https://autre.fr/mod/page/view.php?id=1"], "n'est pas sur le site du cours"),
    ],
)
def test_each_mistake_has_its_line(rows: list[str], said: str) -> None:
    with pytest.raises(DataError) as caught:
        parse(*rows)
    assert said in str(caught.value)
    assert "Rien n'a été lié" in str(caught.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(DataError) as caught:
        parse("cours;x", "bilan;y", "a;b;c")
    assert [f"c.csv:{line}" in str(caught.value) for line in (2, 3, 4)] == [True, True, True]


@pytest.mark.parametrize("data", [b"", b"activite,url", "activité;url".encode("latin-1"), b'activite;url\n"a"b;c'])
def test_another_kind_of_file_is_a_sentence(data: bytes) -> None:
    with pytest.raises(DataError, match=r"c\.csv"):
        parse_correspondence(data, "c.csv", ACTIVITIES)
