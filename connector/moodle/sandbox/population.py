"""The invented people of the sandbox's site, or those of a roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.folding import folded

if TYPE_CHECKING:
    from connector.moodle.sandbox.site import Site

TEACHERS = (
    "Camille Arnaud", "Inès Belkacem", "Hugo Bertin", "Salomé Cazal", "Nadia Cherif", "Paul Corbin",
    "Élodie Dacosta", "Yanis Delmas", "Manon Ferrand", "Karim Ghezali", "Lucie Hamon", "Thomas Izard",
    "Aurélie Jolivet", "Mehdi Kaci", "Claire Lacombe", "Simon Maurel", "Chloé Nivet", "Olivier Ortega",
    "Justine Pascal", "Rachid Rahmani", "Sophie Sabatier", "Antoine Thévenot", "Valérie Vasseur", "Zoé Wagner",
)  # fmt: skip
TRAINERS = (
    "Anne Martin", "Karim Benali", "Sophie Lambert", "Hélène Roussel", "Mathieu Ferrand", "Julien Moreau",
    "Claire Dubosc",
)  # fmt: skip
"""Those of the catalogue's sessions."""


def default_people(site: Site, *, teachers: bool = True) -> None:
    """Add the catalogue's trainers and its twenty-four teachers: `prenom.nom@ac-exemple.fr`, all invented."""
    for fullname in (*TRAINERS, *(TEACHERS if teachers else ())):
        firstname, lastname = fullname.split(" ", 1)
        add(site, firstname, lastname, f"{_local(firstname)}.{_local(lastname)}@ac-exemple.fr")


def add(site: Site, firstname: str, lastname: str, email: str) -> None:
    """Add an account named after the e-mail, unless the site has one with that e-mail."""
    if site.person_by_email(email) is None:
        site.add_person(email.split("@", maxsplit=1)[0].lower(), firstname, lastname, email)


def _local(name: str) -> str:
    return folded(name).replace(" ", "-")
