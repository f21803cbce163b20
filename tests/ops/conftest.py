"""A data folder that knows a sandbox and an LRS, both there, and what a diagnosis says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import stamina

from connector.moodle.sandbox.functions import FUNCTIONS
from connector.ops.demo.stage import set_stage
from connector.ops.doctor import rights
from tests.terminal import StageTerminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ops.demo.stage import Stage


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Retries happen at once."""
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """An installation in which nothing is wrong."""
    with set_stage(tmp_path / "donnees") as made:
        made.folder.chmod(0o700)
        made.sandbox.faults.withheld = frozenset(FUNCTIONS) - {*rights.functions_of(rights.WAYS), *rights.TOLERATED}
        yield made


class Doctor(StageTerminal):
    """Runs diagnoses."""

    def diagnose(self, *options: str) -> dict[str, dict[str, str | None]]:
        """Return what is not « ok » nor « non vérifiable », by code; the exit code must say the same."""
        code = self.run("diagnostiquer", "--json", *options)
        assert self.err == ""
        rows = json.loads(self.out)["constats"]
        wrong = {row["code"]: row for row in rows if row["niveau"] in ("à surveiller", "à mender")}
        assert code == (2 if wrong else 0)
        assert all(row["remede"] for row in wrong.values())
        return wrong

    def levels(self) -> dict[str, str]:
        """Return the level of every finding of the last diagnosis, by code."""
        return {row["code"]: row["niveau"] for row in json.loads(self.out)["constats"]}


@pytest.fixture
def doctor(stage: Stage, capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(stage, capsys)
