"""Versions of a parcours: which follow which (m@gistère's `version_form`: X.(Y+1) or (X+1).0, up to 9.9)."""

from __future__ import annotations

import pytest

from scenarios.versions import goes_back, identity, misstep

ONE = "26_ACA10_CALCMENTAL"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("1.0", "1.1", None),
        ("1.0", "2.0", None),
        ("0.1", "0.2", None),
        ("0.9", "1.0", None),
        ("1.9", "2.0", None),
        ("1.0", "1.2", "la version 1.2 ne suit pas 1.0, qui est suivie de 1.1 ou 2.0"),
        ("1.0", "2.1", "la version 2.1 ne suit pas 1.0, qui est suivie de 1.1 ou 2.0"),
        ("1.9", "3.0", "la version 3.0 ne suit pas 1.9, qui est suivie de 2.0"),
        ("1.1", "1.0", "la version 1.0 précède 1.1"),
        ("2.0", "1.9", "la version 1.9 précède 2.0"),
        ("1.0", "1.0", "le parcours a changé sans changer de version\N{NO-BREAK SPACE}: 1.0 est suivie de 1.1 ou 2.0"),
        ("9.9", "9.9", "le parcours a changé sans changer de version\N{NO-BREAK SPACE}: 9.9 est suivie de rien"),
        ("une", "1.0", None),
    ],
)
def test_what_follows_a_version(before: str, after: str, said: str | None) -> None:
    assert misstep(f"{ONE}_{before}", f"{ONE}_{after}", changed=True) == said
    assert goes_back(f"{ONE}_{before}", f"{ONE}_{after}") is (said is not None and "précède" in said)


def test_the_same_words_need_no_other_version_and_another_parcours_is_none_of_its_versions() -> None:
    assert misstep(f"{ONE}_1.0", f"{ONE}_1.0", changed=False) is None
    assert misstep(f"{ONE}_2.0", "26_ACA10_GEOMETRIE_1.0", changed=True) is None
    assert not goes_back(f"{ONE}_2.0", "26_ACA10_GEOMETRIE_1.0")
    assert identity(f"{ONE}_2.0") == ONE
