"""Session files: what the configuration says of a session that says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.ledger.session_files import snapshot_of
from connector.settings import Settings
from tests.ledger import real_chain

if TYPE_CHECKING:
    from pathlib import Path

POLICY = """
[[politique]]
circonscription = "0693456G"
annee_scolaire = "{year}"
validation = "attestation"
decide_par = "IEN"
decide_le = 2026-09-15
"""


@pytest.mark.parametrize(
    ("year", "said", "expected"),
    [
        ("2026-2027", "", "attestation"),
        ("2025-2026", "", "achevement"),
        ("2026-2027", "validation: achevement\n", "achevement"),
        ("2025-2026", "validation: attestation\n", "attestation"),
    ],
)
def test_the_policy_of_the_year_says_how_a_session_that_says_nothing_is_validated(
    tmp_path: Path, year: str, said: str, expected: str
) -> None:
    real_chain.build(tmp_path)
    with (tmp_path / "parcours.toml").open("a", encoding="utf-8") as file:
        file.write(POLICY.format(year=year))
    session = tmp_path / "session-1.yaml"
    text = "\n".join(line for line in session.read_text("utf-8").splitlines() if not line.startswith("validation:"))
    session.write_text(f"{text}\n{said}", encoding="utf-8")
    assert snapshot_of(session, Settings.load(tmp_path)).validation == expected
