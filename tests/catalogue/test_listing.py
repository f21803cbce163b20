"""The list: its filters, its forms, and what is said of a parcours that cannot be read."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from connector.catalogue.entries import BANDS, Entry
from connector.catalogue.listing import in_words, to_xml

if TYPE_CHECKING:
    from tests.terminal import Terminal


def names(terminal: Terminal, *filters: str) -> list[str]:
    assert terminal.run("catalogue", "--json", *filters) == 0, terminal.err
    return [row["nom"] for row in json.loads(terminal.out)]


def test_filters_narrow_and_add_up(here: Terminal) -> None:
    everything = names(here)
    assert sorted(names(here, "--offre", "nationale") + names(here, "--offre", "academique")) == sorted(everything)
    assert "former-a-distance" in names(here, "--public", "FORMATEURS acad")
    assert "calcul-mental" not in names(here, "--public", "formateurs")
    assert names(here, "--collection", "analyse", "--domaine", "republique") == ["laicite"]
    assert names(here, "--mot", "Ardoise", "--mot", "mathematiques") == ["calcul-mental"]
    assert names(here, "--mot", "ardoise", "--offre", "nationale") == []
    assert names(here, "--cycle", "C1", "--offre", "academique") == ["espaces-maternelle", "laicite"]
    assert "se-former-a-distance" not in names(here, "--cycle", "C2"), "nobody has said which cycle it is for"


@pytest.mark.parametrize(
    ("minutes", "bands"),
    [(0, ["moins-3h"]), (179, ["moins-3h"]), (180, ["3h-6h"]), (360, ["3h-6h", "6h-9h"]), (540, ["6h-9h"]),
     (541, ["plus-9h"])],
)  # fmt: skip
def test_a_bound_belongs_to_both_bands_that_name_it(shipped: dict[str, Entry], minutes: int, bands: list[str]) -> None:
    entry = replace(shipped["laicite"], presence_min=minutes // 2, distance_min=minutes - minutes // 2)
    assert list(entry.bands) == bands


def test_every_parcours_is_in_a_band(here: Terminal) -> None:
    assert {name for band in BANDS for name in names(here, "--duree", band)} == set(names(here))


def test_a_public_that_nobody_is_gets_the_list_of_those_that_are(here: Terminal) -> None:
    assert here.run("catalogue", "--public", "enseignants du premier degre") == 1
    assert "vouliez-vous dire «\N{NO-BREAK SPACE}Enseignants 1er degré\N{NO-BREAK SPACE}»" in here.err


def test_all_forms_say_the_same(here: Terminal) -> None:
    assert here.run("catalogue", "--json") == 0
    rows = json.loads(here.out)
    assert here.run("catalogue", "--format", "csv") == 0
    cells = list(csv.DictReader(io.StringIO(here.out.removeprefix("\ufeff")), delimiter=";"))
    assert [cell["Matricule"] for cell in cells] == [row["matricule"] for row in rows]
    assert [cell["Auteurs"] for cell in cells] == [" ; ".join(row["auteurs"]) for row in rows]
    assert here.run("catalogue") == 0
    assert all(row["titre"] in here.out and row["matricule"] in here.out for row in rows)
    assert here.out.endswith(f"{len(rows)}\N{NO-BREAK SPACE}parcours.\n")
    assert here.run("catalogue", "--format", "xml", "--sortie", str(here.folder / "c.xml")) == 0
    root = etree.parse(here.folder / "c.xml").getroot()
    assert root.xpath("//nom_parcours/text()") == [row["titre"] for row in rows]


def test_the_xml_has_the_elements_of_magistere_in_their_order(shipped: dict[str, Entry]) -> None:
    root = etree.fromstring(to_xml([shipped["laicite"]], "https://exemple.fr/catalogue/"))
    assert root.tag == "catalogue"
    (formation,) = root
    assert [child.tag for child in formation] == [
        "nom_parcours", "domaine", "public", "collection", "formateur", "description", "objectifs", "duree_presence",
        "duree_distance", "origine", "date_publication", "url",
    ]  # fmt: skip
    assert formation.findtext("duree_presence") == "2 heures 30 minutes"
    assert formation.findtext("date_publication") == "20260901000000"
    assert formation.findtext("url") == "https://exemple.fr/catalogue/laicite.html"


def test_what_xml_has_no_room_for_is_left_out(shipped: dict[str, Entry]) -> None:
    loaded = shipped["laicite"].loaded
    odd = replace(loaded, parcours=loaded.parcours.model_copy(update={"description": "un\x0bdeux\ud800 & <trois> 🎓"}))
    (formation,) = etree.fromstring(to_xml([replace(shipped["laicite"], loaded=odd)]))
    assert formation.findtext("description") == "undeux & <trois> 🎓"


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 heure"), (45, "45 minutes"), (60, "1 heure"), (121, "2 heures 1 minute")]
)
def test_durations_in_words(minutes: int, words: str) -> None:
    assert in_words(minutes) == words


def test_a_parcours_that_is_not_valid_is_told_and_the_others_listed(here: Terminal) -> None:
    (here.folder / "catalogue" / "essai").mkdir(parents=True)
    here.write("catalogue/essai/parcours.yaml", "format: parcours/1\n")
    assert len(names(here)) >= 3
    assert "essai n'est pas dans la liste" in here.err
