"""The catalogue as a table, a document for programs, lines of a terminal, and m@gistère's XML."""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from lxml import etree

from connector.language import N_, _, ngettext
from connector.obligation.wording import hours
from connector.reports.spreadsheet import to_csv
from connector.reports.table import Column, Table, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.catalogue.entries import Entry

Form = Literal["texte", "csv", "json", "xml"]
FORMS: tuple[Form, ...] = ("texte", "csv", "json", "xml")

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no room for (section 2.2), and a text may hold by an escape."""

_COLUMNS = (
    Column("nom", N_("Nom")),
    Column("matricule", "Matricule"),
    Column("titre", N_("Titre")),
    Column("offre", N_("Offre")),
    Column("collection", "Collection"),
    Column("domaine", N_("Domaine")),
    Column("public", "Public", "list"),
    Column("cycles", N_("Cycles"), "list"),
    Column("presence_min", N_("Présence"), "minutes"),
    Column("distance_min", "Distance", "minutes"),
    Column("origine", N_("Origine")),
    Column("auteurs", N_("Auteurs"), "list"),
    Column("licence", N_("Licence")),
    Column("date_version", N_("Date de cette version"), "day"),
)


def render(entries: Sequence[Entry], form: Form, address: str = "") -> bytes:
    """Return the list in a form; in XML, the pages are under `address`, or beside the file without one."""
    if form == "texte":
        return ("\n".join(_lines(entries)) + "\n").encode()
    if form == "csv":
        return to_csv(table(entries))
    if form == "json":
        return (json.dumps(document(entries), ensure_ascii=False, indent=2) + "\n").encode()
    return to_xml(entries, address)


def table(entries: Sequence[Entry]) -> Table:
    """Return one row a parcours."""
    return table_of("Catalogue", _COLUMNS, entries)


def document(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return one object a parcours: the columns with the codes of its file, its objectives, its bands of duration."""
    return [
        row
        | {
            "offre": entry.offer,
            "collection": entry.parcours.collection,
            "cycles": list(entry.parcours.cycles),
            "tranches": list(entry.bands),
            "objectifs": list(entry.parcours.objectifs),
        }
        for row, entry in zip(table(entries).objects(), entries, strict=True)
    ]


def page_name(entry: Entry) -> str:
    """Return the name of the page of a parcours in the site."""
    return f"{entry.nom}.html"


def to_xml(entries: Sequence[Entry], address: str = "") -> bytes:
    """Return the catalogue in the XML of m@gistère's own export (`OfferCourseXML`, local_magistere_offers/lib.php).

    `catalogue/formation`, its elements in that order, those of which nothing is known left out; durations in words,
    `date_publication` as AAAAMMJJhhmmss.
    """
    root = etree.Element("catalogue")
    for entry in entries:
        formation = etree.SubElement(root, "formation")
        for name, text in _elements(entry, address):
            if text:
                etree.SubElement(formation, name).text = _NOT_XML.sub("", text)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _elements(entry: Entry, address: str) -> Iterator[tuple[str, str | None]]:
    one = entry.parcours
    yield "nom_parcours", one.titre
    yield "domaine", one.domaine
    yield "public", ",".join(one.public)
    yield "collection", entry.collection
    yield "formateur", ", ".join(one.auteurs)
    yield "description", one.description.strip() if one.description else None
    yield "objectifs", "\n".join(one.objectifs)
    yield "duree_presence", in_words(entry.presence_min)
    yield "duree_distance", in_words(entry.distance_min)
    yield "validation", one.valide_par
    yield "origine", entry.origine
    yield "date_publication", f"{one.date_version:%Y%m%d}000000" if one.date_version else None
    yield "url", f"{address.rstrip('/')}/{page_name(entry)}" if address else page_name(entry)


def in_words(minutes: int) -> str:
    """Return a duration as m@gistère says it: `1 heure 30 minutes`, `45 minutes`, `0 heure`."""
    whole, rest = divmod(minutes, 60)
    parts = [f"{whole} heure{'s' if whole > 1 else ''}"] if whole or not rest else []
    return " ".join([*parts, *([f"{rest} minute{'s' if rest > 1 else ''}"] if rest else [])])


def _lines(entries: Sequence[Entry]) -> Iterator[str]:
    for offer, group in groupby(entries, key=lambda entry: entry.offre):
        yield _(offer)
        for entry in group:
            yield f"  {entry.titre}"
            parts = _(
                "présence {presence}, distance {distance}",
                presence=hours(entry.presence_min),
                distance=hours(entry.distance_min),
            )
            told = (
                f"{hours(entry.total_min)} ({parts})",
                entry.collection,
                entry.domaine,
                ", ".join(entry.public),
                ", ".join(entry.parcours.cycles),
            )
            yield f"    {' · '.join(part for part in told if part)}"
            yield f"    {entry.nom} · {entry.matricule} · {', '.join(entry.auteurs)}"
        yield ""
    yield ngettext("{n} parcours.", "{n} parcours.", len(entries))
