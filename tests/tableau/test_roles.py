"""The table of roles in the guide, walked: what it says of concepteur, tuteur and formateur is what happens."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector.ledger import schema
from connector.ledger.scope import Scope
from tests.publish.conftest import FILES, wanted_from
from tests.reports.kit import CODE, TRAINER
from tests.tableau.conftest import YEAR, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tableau.conftest import Site

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"
HEAD = "| Dans une session |"
MOODLE = {"editingteacher": "enseignant éditeur", "teacher": "enseignant non éditeur"}
RANK = ("concepteur", "tuteur", "formateur")
SESSION = f"/sessions/{CODE}"
DOES: dict[str, Callable[[Browser], int]] = {
    "Voit ce qui est prévu": lambda one: one.get(f"{SESSION}/conception.json").status_code,
    "Voit les participants": lambda one: one.get(f"{SESSION}/rapport.json").status_code,
    "Accompagne": lambda one: one.get("/accompagnement/E0001", **YEAR).status_code,
    "Imprime et saisit": lambda one: one.get(f"{SESSION}/emargement").status_code,
    "Atteste": lambda one: one.post(f"{SESSION}/attestation").status_code,
}
"""What each row of the table is tried by: 404 where it may not be done."""


def table() -> dict[str, dict[str, str]]:
    """Return the cells of the guide's table, by the name of their row, then by role."""
    lines = GUIDE.read_text("utf-8").splitlines()
    start = next(rank for rank, line in enumerate(lines) if line.startswith(HEAD))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    _, *roles = rows[0]
    assert roles == list(RANK)
    return {row[0]: dict(zip(roles, row[1:], strict=True)) for row in rows[2:]}


def name_trainer(site: Site, role: str) -> None:
    trainer = schema.trainer
    with site.ledger.write() as connection:
        connection.execute(trainer.update().where(trainer.c.email == TRAINER).values(role=role))


def test_what_the_guide_says_of_each_role_is_what_happens(site: Site) -> None:
    rows = {name: row for name, row in table().items() if name != "Son rôle dans Moodle"}
    assert len(rows) == len(DOES)
    for role in RANK:
        name_trainer(site, role)
        browser = site.enter(TRAINER)
        for name, row in rows.items():
            (tried,) = [act for words, act in DOES.items() if name.startswith(words)]
            assert {"oui": tried(browser) != 404, "non": tried(browser) == 404}[row[role]], (role, name)


def test_a_designer_sees_no_name(site: Site) -> None:
    name_trainer(site, "concepteur")
    browser = site.enter(TRAINER)
    pages = [browser.get(path).text for path in ("/sessions", SESSION, f"{SESSION}/conception.csv")]
    assert "Module à distance" in pages[1]
    for word in ("Arnaud", "E0005", "e0001@ac-exemple.fr", "inconnu@ac-exemple.fr"):
        assert not any(word in page for page in pages)
    assert [(author, subject) for author, subject, _ in site.journal("rapport.conception")] == [(TRAINER, CODE)] * 2


def test_moodle_is_given_the_role_that_the_guide_says(tmp_path: Path) -> None:
    folder = shutil.copytree(FILES, tmp_path / "publication")
    file = folder / "session.yaml"
    people = ", ".join(f"{{courriel: {role}@ac-exemple.fr, role: {role}}}" for role in RANK)
    text = file.read_text("utf-8").replace("{courriel: anne.martin@ac-exemple.fr, role: formateur}", people)
    file.write_text(text, "utf-8")
    given = {one.email.partition("@")[0]: MOODLE.get(one.role) for one in wanted_from(folder).enrolments or ()}
    assert {role: given[role] for role in RANK} == table()["Son rôle dans Moodle"]


@pytest.mark.parametrize("session_role", RANK)
def test_the_lesser_of_two_roles_counts(site: Site, session_role: str) -> None:
    """That of the access, and that of the session."""
    name_trainer(site, session_role)
    with site.ledger.read() as connection:
        for access_role in RANK:
            scope = Scope(access_role, (TRAINER,))  # type: ignore[arg-type]
            lesser = min(RANK.index(session_role), RANK.index(access_role))
            here, trains = schema.session.c.code == CODE, schema.trainer.c.code == CODE
            asked = (
                schema.session.select().where(here, scope.sessions()),
                schema.session.select().where(here, scope.rolls()),
                schema.teacher.select().where(scope.accompanied(YEAR["annee"])),
                schema.trainer.select().where(trains, scope.leading()),
            )
            found = [connection.execute(query).first() is not None for query in asked]
            assert found == [True, lesser > 0, lesser > 0, lesser > 1], access_role
