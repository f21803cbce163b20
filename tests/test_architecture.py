"""The flow is one way: imports against it are refused (DESIGN.md, docs/architecture.md)."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ROOT = Path(__file__).parents[1]
PACKAGES = ("scenarios", "xapi", "connector")

# Each place may import from the places before it in its row, and from itself.
FOREIGN = {"scenarios": {"scenarios"}, "xapi": {"xapi"}, "connector": set(PACKAGES)}
LEVEL = {
    "errors": 0,
    "language": -1,
    "addresses": 0,
    "redact": 0,
    "system_words": 0,
    "deliver": 1,
    "settings": 1,
    "moodle": 2,
    "ledger": 3,
    "attendance": 4,
    "gaia": 4,
    "publish": 4,
    "readback": 4,
    "obligation": 4,
    "pacte": 4,
    "acts": 5,
    "reports": 5,
    "suivi": 5,
    "catalogue": 6,
    "ops": 7,
    "tableau": 7,
    "cli": 8,
}


@cache
def imports_of(source: str, module: str) -> set[str]:
    """Return the absolute names of ours that `source` imports, at any depth, type-checking included.

    `from a.b import c` gives `a.b.c`, a module or what one holds.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                base = ".".join([*parents, base] if base else parents)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in PACKAGES}


def place(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "connector" and len(parts) > 1 and parts[1] in LEVEL else None


def violations(source: str, module: str) -> list[str]:
    top = module.split(".", maxsplit=1)[0]
    here = place(module)
    wrong = []
    for name in sorted(imports_of(source, module)):
        there = place(name)
        backward = here is not None and there is not None and LEVEL[there] > LEVEL[here]
        sideways = here is not None and there is not None and LEVEL[there] == LEVEL[here] and there != here
        if name.split(".")[0] not in FOREIGN[top] or backward or sideways:
            wrong.append(f"{module} imports {name}")
    return wrong


@cache
def modules() -> list[tuple[str, Path]]:
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    ]


def test_no_import_goes_against_the_flow() -> None:
    found = [wrong for name, path in modules() for wrong in violations(path.read_text("utf-8"), name)]
    assert found == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("scenarios.load", "import connector.settings"),
        ("xapi.client", "from scenarios.model import Parcours"),
        ("connector.moodle.rest", "from connector.ledger import db"),
        ("connector.ledger.people", "from connector import reports"),
        ("connector.ledger.people", "from ..cli import main"),
        ("connector.obligation.due", "def f():\n    import connector.publish.plan"),
    ],
)
def test_a_backward_import_is_seen(module: str, source: str) -> None:
    assert violations(source, module)


def drawn(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Return which of the modules each of them imports; a package that is only on the way to one is not."""

    def holder(name: str) -> str:
        return name if name in sources or "." not in name else holder(name.rpartition(".")[0])

    return {
        module: {holder(name) for name in imports_of(source, module)} & sources.keys() - {module}
        for module, source in sources.items()
    }


def circles(arrows: Mapping[str, Collection[str]]) -> set[frozenset[str]]:
    """Return the groups of modules that reach each other."""
    reached: dict[str, set[str]] = {}
    for module in arrows:
        seen, ahead = set[str](), [*arrows[module]]
        while ahead:
            if (one := ahead.pop()) not in seen:
                seen.add(one)
                ahead += arrows[one]
        reached[module] = seen
    return {
        frozenset(other for other in seen if module in reached[other])
        for module, seen in reached.items()
        if module in seen
    }


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not for their types either: a type that two modules need stands in a third, or in the one that it is about."""
    sources = {name: path.read_text("utf-8") for name, path in modules()}
    assert circles(drawn(sources)) == set()


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        ({"a": "from connector import b", "b": "import connector.a"}, ["ab"]),
        ({"a": "if TYPE_CHECKING:\n    from connector.b import B", "b": "from .a import A"}, ["ab"]),
        ({"a": "from . import b", "b": "def f():\n    from connector import c", "c": "from .a import A"}, ["abc"]),
        ({"a": "from . import b, c", "b": "import connector.a", "c": "import connector.d", "d": "import connector.c"},
         ["ab", "cd"]),
        ({"a": "from . import b, c", "b": "from . import c", "c": ""}, []),
    ],
)  # fmt: skip
def test_a_circle_of_imports_is_seen(sources: dict[str, str], found: list[str]) -> None:
    named = {f"connector.{name}": source for name, source in sources.items()}
    assert circles(drawn(named)) == {frozenset(f"connector.{name}" for name in circle) for circle in found}


@pytest.mark.parametrize(
    ("asked", "closed"),
    [
        ("from connector.acts import two", False),
        ("from connector.acts.two import TWO", False),
        ("from connector.acts import ONE", True),
        ("from connector.acts import ONE, two", True),
        ("import connector.acts", True),
    ],
)
def test_a_package_that_gathers_its_modules_is_in_a_circle_with_one_that_asks_it(asked: str, *, closed: bool) -> None:
    sources = {"connector.acts": "from connector.acts.one import ONE", "connector.acts.one": asked}
    arrows = drawn(sources | {"connector.acts.two": ""})
    assert circles(arrows) == ({frozenset(sources)} if closed else set())


def test_every_part_of_the_connector_has_its_place() -> None:
    parts = {path.stem if path.is_file() else path.name for path in (ROOT / "connector").iterdir()}
    parts -= {"__init__", "__pycache__", "locales"}
    assert parts <= set(LEVEL), parts - set(LEVEL)


def test_files_have_one_job() -> None:
    """About 300 lines at most; a table of tables is one job however long, and so is a migration."""
    excused = {"connector.ledger.schema"}
    lines = {
        name: len(path.read_text("utf-8").splitlines())
        for name, path in modules()
        if name not in excused and ".versions." not in name
    }
    assert {name: number for name, number in lines.items() if number > 320} == {}
