"""The worked examples of CONTRIBUTING do what the page says of them."""

from __future__ import annotations

import ast
import html
import inspect
import json
import re
import tomllib
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import DataError
from connector.ledger import evidence
from connector.ledger.scope import EVERYTHING, Scope
from connector.moodle.activities import url
from connector.obligation.rules import Regulation, regulation
from connector.reports.renderings import render
from connector.reports.report import About
from scenarios.calendar import SchoolYear
from tests.documentation.shown import ROOT
from tests.reports.kit import UAI, write_world

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.reports.renderings import Format

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
QUOTED = {"def build": url, "if verb ==": evidence}


def example(language: str, begins: str) -> str:
    """Return the one block of this language that begins so, at the margin."""
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```", TEXT, re.MULTILINE | re.DOTALL)
    (found,) = (inspect.cleandoc(text) for _margin, text in blocks if text.lstrip().startswith(begins))
    return found


def test_each_section_has_its_example() -> None:
    sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    adds = [section for section in sections if section.startswith("Add ")]
    assert len(adds) == 4
    assert all(re.search(r"^ *```(python|toml)", section, re.MULTILINE) for section in adds)


@pytest.mark.parametrize("begins", QUOTED)
def test_what_is_quoted_of_the_program_is_what_it_says(begins: str) -> None:
    quoted = "".join(example("python", begins).split())
    code = "".join(inspect.getsource(QUOTED[begins]).split())
    there = re.escape(quoted).replace("…", ".*?")
    assert re.search(there, code)


def test_the_rule_set_of_2028() -> None:
    """As the page has it: R2017 ends, the text has its entry, from 2028 on six hours at a distance are asked for."""
    (added,) = tomllib.loads(example("toml", "[[jeu]]"))["jeu"]
    law = regulation().model_dump()
    *before, last = law["jeux"]
    source = {added["sources"][0]: next(iter(law["sources"].values()))}
    ended = law | {"jeux": (*before, last | {"a": "2027-2028"}, added), "sources": law["sources"] | source}
    with pytest.raises(ValueError, match="unknown sources"):
        Regulation.model_validate(ended | {"sources": law["sources"]})
    with pytest.raises(ValueError, match="both in force"):
        Regulation.model_validate(ended | {"jeux": (*law["jeux"], added)})
    changed = Regulation.model_validate(ended)
    assert changed.rules_for(SchoolYear(2027)) == regulation().rules_for(SchoolYear(2027)).model_copy(
        update={"a": "2027-2028"}
    )
    assert (changed.rules_for(SchoolYear(2028)).id, changed.rules_for(SchoolYear(2028)).distance_min) == ("R2028", 360)
    assert changed.fingerprint != regulation().fingerprint, "open years are seen to have other rules"
    with pytest.raises(DataError):
        changed.rules_for(SchoolYear(2012))


def test_the_report_of_quotites(ledger: Ledger) -> None:
    """A module made of the example reads its scope and no more, and every rendering takes what it returns."""
    made: Any = ModuleType("connector.reports.boards.service")
    code = example("python", '"""Who serves how much')
    exec(compile(ast.parse(code), "CONTRIBUTING.md", "exec"), made.__dict__)  # noqa: S102 - our own page
    about = About("statistiques", UAI, "Lyon 4", "2026-2027", datetime(2026, 11, 22, 8, 30, tzinfo=UTC))
    with ledger.write() as connection:
        write_world(connection)
        board = made.read_service(connection, EVERYTHING, about)
        nobody = made.read_service(connection, Scope("ien", ("0000000X",)), about)
        theirs = made.read_service(connection, Scope("ien", (UAI,)), about)
    assert nobody is None
    assert sum(number for _, number in theirs.tables()[0].rows) == theirs.figures[0].value > 0
    assert theirs.figures[0].value <= board.figures[0].value
    forms: tuple[Format, ...] = ("html", "csv", "xlsx", "ods", "json")
    rendered = {form: render(board, form) for form in forms}
    assert json.loads(rendered["json"])["quotites"] == board.tables()[0].objects()
    for row in board.tables()[0].written():
        assert ";".join(row) in rendered["csv"].decode("utf-8-sig").replace("\N{NARROW NO-BREAK SPACE}", " ")
        assert all(cell in html.unescape(rendered["html"].decode()) for cell in row)
