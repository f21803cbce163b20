"""Fields built from Python: the same rules as from a file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from scenarios.achievement import Achevement, Achievement
from scenarios.calendar import RelativeDay
from scenarios.content import ContenuPage
from scenarios.fields import (
    AdresseHttps,
    Booleen,
    Courriel,
    Delai,
    Duree,
    Echeance,
    Entier,
    Instant,
    Jour,
    Matricule,
    NomGroupe,
    Pourcentage,
    Uai,
)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (Booleen, True, True),
        (Booleen, "false", False),
        (Entier, 3, 3),
        (Entier, "0", 0),
        (Duree, 90, 90),
        (Pourcentage, "50 %", 50),
        (Pourcentage, 100, 100),
        (Jour, date(2026, 10, 5), date(2026, 10, 5)),
        (Jour, "2028-02-29", date(2028, 2, 29)),
        (Instant, datetime(2026, 10, 5, 9, 30), datetime(2026, 10, 5, 9, 30)),  # noqa: DTZ001 - local by contract
        (Delai, RelativeDay(3), RelativeDay(3)),
        (Echeance, RelativeDay(3), RelativeDay(3)),
        (Echeance, "J+3", RelativeDay(3)),
        (Echeance, date(2026, 10, 5), date(2026, 10, 5)),
        (Courriel, " Anne.O'Neil@AC-Exemple.fr ", "anne.o'neil@ac-exemple.fr"),
        (Uai, "0693456g", "0693456G"),
        (Matricule, "26_ACA10_CALCMENTAL_1.0", "26_ACA10_CALCMENTAL_1.0"),
        (NomGroupe, "Écoles Nord", "Écoles Nord"),
        (AdresseHttps, "https://exemple.fr:8443/a?b#c", "https://exemple.fr:8443/a?b#c"),
        (Achevement, Achievement("vue"), Achievement("vue")),
        (Achevement, {"note": 50}, Achievement("note", note_percent=50)),
        (Achevement, {"messages": 2}, Achievement("messages", messages=2)),
    ],
)
def test_reads(kind: Any, given: Any, value: Any) -> None:
    assert TypeAdapter(kind).validate_python(given) == value


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Booleen, 1),
        (Booleen, "non"),
        (Entier, True),
        (Entier, 1.0),
        (Entier, "1_000"),
        (Pourcentage, True),
        (Pourcentage, "62,5%"),
        (Pourcentage, 0),
        (Jour, datetime(2026, 10, 5, tzinfo=UTC)),
        (Jour, "20261005"),
        (Jour, "2026-W41-1"),
        (Instant, datetime(2026, 10, 5, tzinfo=UTC)),
        (Instant, "2026-10-05T09:30Z"),
        (Delai, 3),
        (Echeance, None),
        (Courriel, "anne@ac"),
        (Courriel, "anne martin@ac-exemple.fr"),
        (AdresseHttps, "https://"),
        (AdresseHttps, "https:///chemin"),
        (AdresseHttps, "https://exemple.fr/a b"),
        (AdresseHttps, "javascript:alert(1)"),
        (AdresseHttps, "https://anne:secret@exemple.fr"),
        (Matricule, "26_ACA10_UNINTITULETROPLONG_1.0"),
        (Achevement, {"note": True}),
        (Achevement, {"messages": True}),
        (Achevement, {"messages": "²"}),
        (Achevement, {"note": 50, "messages": 2}),
        (Achevement, ["vue"]),
        (Achevement, "note"),
    ],
)
def test_refuses(kind: Any, given: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(given)


def test_models_are_frozen() -> None:
    content = ContenuPage(texte="a")
    with pytest.raises(ValidationError, match="frozen"):
        content.texte = "b"  # type: ignore[misc]


def test_achievement_as_the_snapshot_writes_it() -> None:
    assert [
        str(TypeAdapter(Achevement).validate_python(given)) for given in ("vue", {"note": "50%"}, {"messages": 2})
    ] == [
        "vue",
        "note:50",
        "messages:2",
    ]
