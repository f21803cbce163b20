"""Several collectors, reconcilers and readers at once on PostgreSQL: nobody fails, nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.postgresql
def test_eight_processes_make_what_one_makes(postgresql_database: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledger.crowd", str(tmp_path), postgresql_database],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.stderr == "", done.stderr
    found = json.loads(done.stdout)
    assert found["codes"] == [0] * 8
    assert found["differentes"] == []
    assert min(found["lectures"]) > 0
    assert found["lignes"] > 0
