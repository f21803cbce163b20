"""Whether an SVG image could do something: a picture opened by itself runs its scripts as a page of the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from scenarios.language import _

if TYPE_CHECKING:
    from typing import NoReturn

_ACTIVE_TAGS = {"script", "foreignobject", "iframe", "object", "embed", "handler", "listener"}
_LINKS = {"href", "src", "from", "to", "values", "by"}
_SAFE_ADDRESS = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp);)", re.IGNORECASE)
_ACTIVE_STYLE = re.compile(
    r"@import|expression\s*\(|javascript:|url\((?!\s*+['\"]?+\s*+(#|data:image/(png|jpeg|gif|webp);))", re.IGNORECASE
)


class _ActiveError(Exception):
    """What was found, in French."""


def active_part(data: bytes) -> str | None:
    """Return what makes an SVG more than a drawing, in French; None for a plain drawing.

    Entities are refused unread: a drawing needs none, and they hide things or grow without bound.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = _element
    parser.EntityDeclHandler = _refuse_entity
    parser.ProcessingInstructionHandler = _refuse_instruction
    texts: list[str] = []
    parser.CharacterDataHandler = texts.append
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword
    except _ActiveError as found:
        return str(found)
    except expat.ExpatError:
        return _("du XML mal formé")
    return _("un style qui charge autre chose") if _ACTIVE_STYLE.search("".join(texts)) else None


def _element(name: str, attributes: dict[str, str]) -> None:
    tag = _local(name)
    if tag in _ACTIVE_TAGS:
        raise _ActiveError(_("un élément « {tag} »", tag=tag))
    for key, value in attributes.items():
        attribute = _local(key)
        if attribute.startswith("on"):
            raise _ActiveError(_("une action « {attribute} »", attribute=attribute))
        if attribute == "style" and _ACTIVE_STYLE.search(value):
            raise _ActiveError(_("un style qui charge autre chose"))
        if attribute == "attributename" and (_local(value) == "href" or value.lower().startswith("on")):
            raise _ActiveError(_("une animation qui change un lien ou une action"))
        if attribute in _LINKS and ":" in value and tag != "a" and not _SAFE_ADDRESS.match(value):
            raise _ActiveError(_("une adresse extérieure"))
        if attribute in _LINKS and tag == "a" and not value.lower().startswith(("#", "https://", "http://")):
            raise _ActiveError(_("un lien qui n'est pas une adresse du web"))


def _local(name: str) -> str:
    return name.rpartition(" ")[2].rpartition(":")[2].lower()


def _refuse_entity(*_declared: object) -> NoReturn:
    raise _ActiveError(_("des entités XML"))


def _refuse_instruction(target: str, _data: str) -> None:
    if target.lower() != "xml":
        raise _ActiveError(_("une feuille de style liée"))
