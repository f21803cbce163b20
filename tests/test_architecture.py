"""The flow is one way: imports against it are refused (DESIGN.md, docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

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


def imports_of(source: str, module: str) -> set[str]:
    """Return the absolute names of our modules that `source` imports, at any depth, type-checking included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                base = ".".join([*parents, base] if base else parents)
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
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
