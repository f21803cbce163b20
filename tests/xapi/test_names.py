from uuid import UUID

import pytest

from xapi.names import account_key, normalise_email, normalise_homepage, normalise_iri, parse_uuid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTPS://Moodle.Exemple.FR/", "https://moodle.exemple.fr"),
        ("https://moodle.exemple.fr", "https://moodle.exemple.fr"),
        (" http://moodle.exemple.fr:8080/Site// ", "http://moodle.exemple.fr:8080/Site"),
        ("tag:Exemple,2026:X", "tag:Exemple,2026:X"),
    ],
)
def test_homepage(text: str, expected: str) -> None:
    assert normalise_homepage(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://Moodle.fr/Mod/Page?Id=A#B", "https://moodle.fr/Mod/Page?Id=A#B"),
        ("https://User@Moodle.fr/x?", "https://User@moodle.fr/x?"),
        ("https://moodle.fr/?u=http://Autre.FR", "https://moodle.fr/?u=http://Autre.FR"),
        ("urn:uuid:ABC", "urn:uuid:ABC"),
        ("http://[", "http://["),
        ("", ""),
    ],
)
def test_iri_keeps_all_but_the_case_of_its_host(text: str, expected: str) -> None:
    assert normalise_iri(text) == expected


def test_people() -> None:
    assert normalise_email("mailto:Aurelie.PERRIN@AC-Exemple.fr") == "aurelie.perrin@ac-exemple.fr"
    assert normalise_email(" Aurelie.PERRIN@AC-Exemple.fr ") == "aurelie.perrin@ac-exemple.fr"
    assert account_key("https://Moodle.fr/", " 39 ") == "https://moodle.fr|39"
    assert account_key("https://a.fr", "39") != account_key("https://b.fr", "39")


def test_uuid_in_either_case_and_in_no_other_form() -> None:
    lower = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
    assert parse_uuid(lower.upper()) == UUID(lower)
    for wrong in ("", "{" + lower + "}", lower.replace("-", ""), f"urn:uuid:{lower}", f"{lower}\n", None, 4):
        with pytest.raises(ValueError, match="not a UUID"):
            parse_uuid(wrong)
