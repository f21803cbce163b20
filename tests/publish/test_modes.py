"""Which mode a publication takes: the table, and what is said where none is possible."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError
from connector.moodle import course_functions as core
from connector.moodle.functions import OBSERVE, PUBLISH, ServiceFunction, SiteInfo
from connector.publish.modes import STOCK_FUNCTIONS, choose_mode

PLUGIN = (PUBLISH, OBSERVE)
STOCK = (*STOCK_FUNCTIONS, core.DUPLICATE)


def site(*names: str) -> SiteInfo:
    return SiteInfo(
        sitename="Essai",
        siteurl="https://moodle.exemple.fr",
        username="ws-parcours",
        userid=3,
        functions=tuple(ServiceFunction(name=name) for name in names),
    )


@pytest.mark.parametrize(
    ("offered", "course", "model", "published", "letter"),
    [
        ((*PLUGIN, *STOCK), None, None, None, "P"),
        (PLUGIN, None, None, None, "P"),
        ((*PLUGIN, *STOCK), 12, None, 12, "P"),
        ((*PLUGIN, *STOCK), None, 7, 12, "P"),
        ((*PLUGIN, *STOCK), 12, None, None, "M"),
        ((*PLUGIN, *STOCK), 12, None, 13, "M"),
        ((*PLUGIN, *STOCK), None, 7, None, "S"),
        (STOCK, 12, None, None, "M"),
        (STOCK, None, 7, None, "S"),
        ((PUBLISH, *STOCK), 12, None, None, "M"),
    ],
)
def test_table(
    offered: tuple[str, ...], course: int | None, model: int | None, published: int | None, letter: str
) -> None:
    mode = choose_mode(site(*offered), course=course, model=model, published=published)
    assert mode.letter == letter
    assert str(mode).startswith(f"Mode {letter} : ")
    assert str(course or model or "installée") in mode.why or letter == "P"


@pytest.mark.parametrize(
    ("offered", "course", "model", "letter", "number"),
    [
        (STOCK, None, None, "M", 14),
        (STOCK, 12, None, "M", 12),
        (STOCK, None, 7, "S", 7),
        ((*PLUGIN, *STOCK), None, None, "P", 0),
    ],
)
def test_without_the_plugin_the_course_that_the_ledger_knows_need_not_be_named(
    offered: tuple[str, ...], course: int | None, model: int | None, letter: str, number: int
) -> None:
    mode = choose_mode(site(*offered), course=course, model=model, linked=14)
    assert (mode.letter, mode.number) == (letter, number)


def test_a_known_course_that_core_services_may_not_write_is_no_way() -> None:
    with pytest.raises(ConfigError, match="Trois chemins"):
        choose_mode(site("core_course_get_contents"), linked=14)


@pytest.mark.parametrize(
    ("offered", "course", "model", "said"),
    [
        (STOCK, None, None, "--cours NUMÉRO"),
        ((PUBLISH, *STOCK), None, None, "parcours plugin construire"),
        ((), None, None, "parcours exporter"),
        (STOCK, 12, 7, "l'un ou l'autre"),
        (STOCK_FUNCTIONS, None, 7, "core_course_duplicate_course"),
        (tuple(set(STOCK) - {core.ENROL}), 12, None, "enrol_manual_enrol_users"),
    ],
)
def test_what_is_missing_is_said(offered: tuple[str, ...], course: int | None, model: int | None, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        choose_mode(site(*offered), course=course, model=model)
    assert said in str(refused.value)
