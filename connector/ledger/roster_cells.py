"""The cells of `personnels.csv`: a reader returns the value or raises ValueError with the end of a French sentence."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from connector import addresses
from connector.language import _
from scenarios.fields import uai
from scenarios.vocabularies import ACADEMIES
from xapi.names import account_key, has_control

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FULL_TIME = 100_000
"""A whole service, in thousandths of a percent."""

_BLANKS = dict.fromkeys(map(ord, "\t\n\r"))
_NUMEN = re.compile(r"[0-9]{2}[A-Z][0-9]{2}[0-9]{5}[A-Z]{3}", re.ASCII)
_EMAIL = re.compile(r"[^@\s;,<>\"]+@[^@\s;,<>\"]+\.[^@\s;,<>\".]+")
_DEPARTEMENT = re.compile(r"[0-9]{2}[0-9AB]", re.ASCII)
_QUOTITE = re.compile(r"([0-9]{1,3})(?:[,.]([0-9]{1,3}))?", re.ASCII)


def printable(cell: str) -> str:
    """Return the cell as it is; refuse one that holds a control character other than a tab or a line end."""
    if has_control(cell.translate(_BLANKS)):
        message = _("la case contient un caractère de contrôle, invisible")
        raise ValueError(message)
    return cell


def looks_like_numen(word: str) -> bool:
    """Tell whether a word has the shape of a NUMEN, which is confidential."""
    return _NUMEN.fullmatch(word.upper()) is not None


def _identifiant(cell: str) -> str:
    if looks_like_numen(cell):
        message = _("un NUMEN est confidentiel et n'a rien à faire ici ; donnez un identifiant de votre choix")
        raise ValueError(message)
    return _text(cell)


def _text(cell: str) -> str:
    if not cell:
        message = _("valeur obligatoire")
        raise ValueError(message)
    return cell


def _email(cell: str) -> str:
    if not _EMAIL.fullmatch(_text(cell)):
        message = _("« {cell} » n'est pas une adresse électronique", cell=cell)
        raise ValueError(message)
    return cell


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",") if part.strip()]


def _emails(cell: str) -> tuple[str, ...]:
    return tuple(_email(part) for part in _split(cell))


def _accounts(cell: str) -> tuple[str, ...]:
    return tuple(_account(part) for part in _split(cell))


def _account(cell: str) -> str:
    homepage, bar, name = cell.partition("|")
    if not bar or not name.strip():
        message = _("« {cell} » n'est pas de la forme adresse|nom", cell=cell)
        raise ValueError(message)
    return account_key(addresses.normalise(homepage), name)


def _uai(cell: str) -> str:
    return uai(_text(cell))


def _departement(cell: str) -> str:
    if not _DEPARTEMENT.fullmatch(_text(cell)):
        message = _("« {cell} » n'est pas un département sur trois caractères, comme 069 ou 02A", cell=cell)
        raise ValueError(message)
    return cell


def _degre(cell: str) -> str:
    if cell not in ("1D", "2D"):
        message = _("« {cell} » ; attendu : 1D ou 2D", cell=cell)
        raise ValueError(message)
    return cell


def _academie(cell: str) -> str:
    if _text(cell) not in ACADEMIES:
        raise ValueError(ACADEMIES.refusal(cell))
    return cell


def _quotite(cell: str) -> int:
    read = _QUOTITE.fullmatch(_text(cell))
    thousandths = int(read[1]) * 1000 + int((read[2] or "").ljust(3, "0")) if read else 0
    if not 0 < thousandths <= FULL_TIME:
        message = _("« {cell} » n'est pas un pourcentage de service entre 0 et 100, comme 80 ou 62,5", cell=cell)
        raise ValueError(message)
    return thousandths


def _date(cell: str) -> date | None:
    if not cell:
        return None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        message = _("« {cell} » n'est pas une date AAAA-MM-JJ", cell=cell)
        raise ValueError(message) from None


def _minutes(cell: str) -> int:
    if cell and not re.fullmatch(r"[0-9]{1,5}", cell, re.ASCII):
        message = _("« {cell} » n'est pas un nombre entier de minutes", cell=cell)
        raise ValueError(message)
    return int(cell or 0)


READERS: Mapping[str, Callable[[str], object]] = {
    "identifiant": _identifiant,
    "nom": _text,
    "prenom": _text,
    "courriel": _email,
    "autres_courriels": _emails,
    "compte_moodle": _accounts,
    "uai": _uai,
    "ecole": _text,
    "circonscription": _uai,
    "departement": _departement,
    "academie": _academie,
    "degre": _degre,
    "situation": _text,
    "quotite": _quotite,
    "debut": _date,
    "fin": _date,
    "imputation_min": _minutes,
}
"""By column, in the order of the format."""
