"""The invented people of the sandbox's site, or those of a roster."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.moodle.sandbox.site import Site

TEACHERS = (
    "Camille Arnaud", "Inès Belkacem", "Hugo Bertin", "Salomé Cazal", "Nadia Cherif", "Paul Corbin",
    "Élodie Dacosta", "Yanis Delmas", "Manon Ferrand", "Karim Ghezali", "Lucie Hamon", "Thomas Izard",
    "Aurélie Jolivet", "Mehdi Kaci", "Claire Lacombe", "Simon Maurel", "Chloé Nivet", "Olivier Ortega",
    "Justine Pascal", "Rachid Rahmani", "Sophie Sabatier", "Antoine Thévenot", "Valérie Vasseur", "Zoé Wagner",
)  # fmt: skip
TRAINER = "Anne Martin"


def default_people(site: Site) -> None:
    """Add twenty-four teachers and their trainer: `prenom.nom@ac-exemple.fr`, all invented."""
    for fullname in (TRAINER, *TEACHERS):
        firstname, lastname = fullname.split(" ", 1)
        username = f"{_plain(firstname)}.{_plain(lastname)}"
        site.add_person(username, firstname, lastname, f"{username}@ac-exemple.fr")


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.lower())
    return "".join(letter for letter in decomposed if letter.isascii()).replace(" ", "-")
