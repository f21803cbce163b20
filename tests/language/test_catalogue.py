"""No French escapes the catalogue: whatever the program says is marked, translated, and drawn in English."""

from __future__ import annotations

import io
import re
import string
from gettext import GNUTranslations
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, nodes

from connector.language import speaking
from connector.obligation.retelling import retold
from connector.reports.renderings import render
from tests.language import catalogue
from tests.language.french import BY_NATURE, is_french, reason, unmarked
from tests.reports.conftest import read_reports
from tests.reports.test_formats import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.reports.report import Report

DATA = frozenset({"Bienvenue", "Français", "Rencontre"})
"""A title of the invented world, and the name that a language gives itself: words of the interface too."""


def unmarked_in_template(source: str) -> Iterator[str]:
    """Yield the French texts of a template that no mark is around, its comments aside."""
    tree = Environment(autoescape=True).parse(source)
    passed = {
        id(part)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in catalogue.MARKS
        for part in call.args
    }
    drawn = re.sub(r"\{% block orientation.*?endblock %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    texts = re.sub(r"<[^>]*>", _attributes, re.sub(r"&\w+;", "", drawn)).splitlines()
    yield from (line.strip() for line in texts if re.search(r"[^\W\d_]{2}", line))
    for const in tree.find_all(nodes.Const):
        if (
            isinstance(const.value, str)
            and id(const) not in passed
            and is_french(const.value)
            and const.value not in {"\u00a0", "AÀEÉIOU"}
        ):
            yield const.value


def _attributes(tag: re.Match[str]) -> str:
    """Leave of a tag what is read out."""
    return " ".join(re.findall(r'(?:aria-label|title|label|placeholder)="([^"]+)"', tag[0]))


@pytest.fixture(scope="module")
def left() -> list[tuple[str, str]]:
    """What is not marked, by module; migrations aside, whose comments are those of tables."""
    modules = (path for path in catalogue.modules() if "migrations" not in path.parts)
    return [
        (path.relative_to(catalogue.ROOT).as_posix(), text)
        for path in modules
        for text in unmarked(path.read_text("utf-8"))
    ]


def test_no_french_escapes(left: list[tuple[str, str]]) -> None:
    assert [(path, text) for path, text in left if reason(path, text) is None] == []


def test_what_is_said_to_be_french_by_nature_is_there(left: list[tuple[str, str]]) -> None:
    assert {reason(path, text) for path, text in left} >= set(BY_NATURE)


def test_no_text_of_a_template_escapes() -> None:
    found = {
        path.relative_to(catalogue.ROOT).as_posix(): said
        for path in catalogue.templates()
        if path.name.endswith(".html.j2")
        if (said := list(unmarked_in_template(path.read_text("utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source", ['raise DataError("Rien n\'est là.")', 'x = f"{n} lignes pour {who}"', 'T = {"a": "Dû"}']
)
def test_a_text_without_a_mark_is_seen(source: str) -> None:
    assert list(unmarked(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""Rien n\'est là."""\nx = _("Rien n\'est là.")',
        'x = found["à"]',
        'q = sa.text("SELECT clair FROM nom")',
        'k = {"ecole": "decision"}',
        'raise FatalError("no such thing")',
    ],
)
def test_what_is_marked_or_said_to_nobody_is_not(source: str) -> None:
    assert not list(unmarked(source))


@pytest.mark.parametrize("source", ["<p>Bonjour</p>", '<a title="Ici">{{ x }}</a>', '{{ "Dû" if x else "" }}'])
def test_a_text_of_a_template_without_a_mark_is_seen(source: str) -> None:
    assert list(unmarked_in_template(source))
    assert not list(unmarked_in_template('<p class="les">{{ _("Bonjour, {qui}", qui=x) }}</p>{# les #}'))


def places(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_every_message_is_translated_with_what_it_names() -> None:
    kept, wanted = catalogue.translations(), catalogue.messages()
    assert {message.id for message in kept if message.id} == wanted, "python -m tests.language.catalogue"
    for message in wanted:
        found = kept.get(message)
        assert found is not None
        french, english = (message, found.string) if isinstance(message, tuple) else ((message,), (found.string,))
        for said, translated in zip(french, english, strict=True):
            assert translated.strip() or not said.strip(), said
            assert places(translated) == places(said), said
            assert not re.search(r"[\u00a0\u202f«»]", translated), translated


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    shipped = (catalogue.FOLDER / "parcours.mo").read_bytes()
    assert words(shipped) == words(catalogue.compiled(catalogue.translations()))


def words(compiled: bytes) -> dict[object, str]:
    read: dict[object, str] = GNUTranslations(io.BytesIO(compiled))._catalog  # type: ignore[attr-defined]
    return {message: said for message, said in read.items() if message}


def escaped(page: str) -> list[str]:
    """Return the French sentences of the catalogue that an English page still holds."""
    page = re.sub(r"<span lang=fr>.*?</span>|<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL)
    texts = {" ".join(text.split()) for text in re.findall(r">([^<>]+)<", page)}
    kept = catalogue.translations()
    french = {one for message in kept if message.id for one in _french(message.id, message.string)}
    whole = sorted(texts & (french - DATA))
    return whole + sorted(one for one in french if " " in one and len(one) > 12 and any(one in text for text in texts))


def _french(said: str | tuple[str, ...], translated: str | tuple[str, ...]) -> Iterator[str]:
    pairs = zip(said, translated, strict=True) if isinstance(said, tuple) else [(said, translated)]
    for french, english in pairs:
        if french != english and "{" not in french and "<" not in french:
            yield " ".join(french.replace("'", "’").split())


@pytest.fixture(scope="module")
def english(sqlite_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    with speaking("en"):
        return read_reports(sqlite_ledger, tmp_path_factory.mktemp("donnees"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_in_english_holds_no_french(english: dict[str, Report], kind: str) -> None:
    with speaking("en"):
        page = render(english[kind], "html").decode()
        table = render(english[kind], "csv").decode("utf-8-sig")
    assert '<html lang="en">' in page
    assert escaped(page) == []
    assert escaped("".join(f">{cell}<" for cell in table.splitlines()[0].split(";"))) == []


def test_what_the_ledger_keeps_in_french_is_retold() -> None:
    peak = "Les services simultanés totalisent 112,5\N{NO-BREAK SPACE}%, plus que le temps plein (quotite_sup_100)."
    said = {
        "formation continue 0:00/9:00": "in-service training 0:00/9:00",
        peak: "Simultaneous services add up to 112.5%, more than full time (quotite_sup_100).",
        "Une phrase d'avant (retiree).": "Une phrase d'avant (retiree).",
    }
    assert [retold(sentence) for sentence in said] == list(said)
    with speaking("en"):
        assert [retold(sentence) for sentence in said] == list(said.values())
