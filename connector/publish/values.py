"""Values of the publication document as a trainer reads them. Pure."""

from __future__ import annotations

import difflib
import re
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from pydantic import JsonValue

FIELDS = {
    "name": "titre",
    "fullname": "titre",
    "shortname": "nom abrégé",
    "idnumber": "numéro d'identification",
    "intro": "présentation",
    "summary": "présentation",
    "description": "présentation",
    "showdescription": "présentation sur la page du cours",
    "completion": "achèvement",
    "availability": "restrictions d'accès",
    "expected": "date attendue",
    "visible": "visible",
    "section": "étape",
    "order": "ordre",
    "categories": "catégorie",
    "groups": "groupes",
    "group": "groupe",
    "start": "date",
    "startdate": "début",
    "enddate": "fin",
    "minutes": "durée (minutes)",
    "location": "lieu",
    "files": "fichiers",
    "module": "type",
    "settings.content": "contenu",
    "settings.gift": "questions",
    "settings.items": "questions",
    "settings.options": "options",
    "settings.due": "échéance",
    "settings.open": "ouverture",
    "settings.close": "fermeture",
    "settings.url": "adresse",
    "settings.attempts": "tentatives",
    "settings.grade_pass": "note minimale (%)",
    "settings.type": "type",
    "settings.first_post": "premier message",
    "settings.online_text": "texte en ligne",
    "settings.files": "dépôt de fichiers",
    "settings.anonymous": "réponses anonymes",
    "settings.separate_groups": "une salle par groupe",
}
MODULES = {"page": "page", "bigbluebuttonbn": "salle BigBlueButton"}
"""The modules that one activity can be, in French."""

_INSTANTS = {"start", "startdate", "enddate", "expected", "settings.due", "settings.open", "settings.close"}
_RULES = {"view": "la consulter", "submit": "remettre ou répondre", "passgrade": "obtenir la note minimale"}
_BLOCK_ENDS = re.compile(r"<br\s*/?>|</(?:p|li|h\d|tr|div|pre|blockquote)>", re.IGNORECASE)
_LONG = 60
_SHORT = 7
_MEGABYTE = 1024 * 1024
_MOST_LINES = 8


def field_name(name: str) -> str:
    """Return a field's name in French; a name that no trainer meets is « réglages »."""
    return FIELDS.get(name, "réglages")


def text(name: str, value: JsonValue, zone: ZoneInfo) -> str:
    """Return a value as text: several lines for a long text, its markup left out."""
    if value is None:
        return "(modifié à la main)" if name == "settings.gift" else "(rien)"
    if name == "module":
        return MODULES.get(str(value), str(value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int) and name in _INSTANTS:
        return _instant(value, zone)
    if isinstance(value, dict):
        return _object(name, value, zone)
    said = "\n".join(_item(one) for one in value) if isinstance(value, list) else readable(str(value))
    return said or "(rien)"


def _object(name: str, value: dict[str, JsonValue], zone: ZoneInfo) -> str:
    if name == "completion":
        return _completion(value)
    if name == "availability":
        return _availability(value, zone)
    return "\n".join(readable(str(one)) for one in value.values())


def readable(html: str) -> str:
    """Return the text of a piece of HTML, a line for each of its blocks."""
    bare = unescape(re.sub(r"<[^>]*>", "", _BLOCK_ENDS.sub("\n", html)))
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


def is_long(before: str, after: str) -> bool:
    """Tell whether two values are better shown as the lines that differ."""
    return any("\n" in value or len(value) > _LONG for value in (before, after))


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that go and come, marked « - » and « + », the first few of them."""
    lines = [
        line
        for line in difflib.ndiff(before.splitlines(), after.splitlines())
        if line.startswith(("- ", "+ ")) and line[2:].strip()
    ]
    if not lines:
        return ["mise en forme seulement"]
    more = len(lines) - _MOST_LINES
    return lines[:_MOST_LINES] + ([f"… et {more} autres lignes"] if more > 1 else lines[_MOST_LINES:])


def moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return what must move so that `before` becomes `after`: as few as possible, in their new order."""
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stays = {one for block in blocks for one in after[block.b : block.b + block.size]}
    return [one for one in after if one not in stays]


def _instant(value: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(value, zone):%d/%m/%Y %H:%M}" if value else "aucune"


def _completion(value: dict[str, JsonValue]) -> str:
    if value.get("tracking") == "none":
        return "aucun"
    if value.get("tracking") == "manual":
        return "par émargement" if value.get("locked") else "coché par le participant"
    rules = [said for rule, said in _RULES.items() if value.get(rule)]
    posts = value.get("posts")
    return " et ".join(rules + ([f"écrire {posts} messages"] if posts else [])) or "automatique"


def _availability(value: dict[str, JsonValue], zone: ZoneInfo) -> str:
    if value.get("other"):
        return "restriction écrite dans Moodle"
    parts = []
    for key, said in (("completed", "après"), ("groups", "pour le groupe")):
        names = value.get(key)
        if isinstance(names, list) and names:
            parts.append(f"{said} {', '.join(str(name).rpartition('/')[2] for name in names)}")
    for key, said in (("from", "à partir du"), ("until", "jusqu'au")):
        instant = value.get(key)
        if isinstance(instant, int) and instant:
            parts.append(f"{said} {_instant(instant, zone)}")
    return ", ".join(parts) or "aucune"


def size(count: int) -> str:
    """Return a number of bytes as a person reads it: `12 Ko`, `1,5 Mo`."""
    if count < _MEGABYTE:
        return f"{max(1, round(count / 1024))} Ko"
    return f"{count / _MEGABYTE:.1f} Mo".replace(".", ",")


def _item(one: JsonValue) -> str:
    if isinstance(one, dict) and "sha1" in one:
        return f"{one['name']} ({size(int(str(one['size'])))}, empreinte {str(one['sha1'])[:_SHORT]})"
    if isinstance(one, dict):
        options = one.get("options")
        listed = f" ({', '.join(map(str, options))})" if isinstance(options, list) and options else ""
        return f"{one.get('name', '')}{listed}"
    return str(one)
