"""Values of the publication document as a trainer reads them. Pure."""

from __future__ import annotations

import difflib
import re
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING

from connector.language import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from pydantic import JsonValue

FIELDS = {
    "name": N_("titre"),
    "fullname": N_("titre"),
    "shortname": N_("nom abrégé"),
    "idnumber": N_("numéro d'identification"),
    "intro": N_("présentation"),
    "summary": N_("présentation"),
    "description": N_("présentation"),
    "showdescription": N_("présentation sur la page du cours"),
    "completion": N_("achèvement"),
    "availability": N_("restrictions d'accès"),
    "expected": N_("date attendue"),
    "visible": N_("visible"),
    "section": N_("étape"),
    "order": N_("ordre"),
    "categories": N_("catégorie"),
    "groups": N_("groupes"),
    "group": N_("groupe"),
    "start": N_("date"),
    "startdate": N_("début"),
    "enddate": N_("fin"),
    "minutes": N_("durée (minutes)"),
    "location": N_("lieu"),
    "files": N_("fichiers"),
    "module": N_("type"),
    "settings.content": N_("contenu"),
    "settings.gift": N_("questions"),
    "settings.items": N_("questions"),
    "settings.options": N_("options"),
    "settings.due": N_("échéance"),
    "settings.open": N_("ouverture"),
    "settings.close": N_("fermeture"),
    "settings.url": N_("adresse"),
    "settings.attempts": N_("tentatives"),
    "settings.grade_pass": N_("note minimale (%)"),
    "settings.type": N_("type"),
    "settings.first_post": N_("premier message"),
    "settings.online_text": N_("texte en ligne"),
    "settings.files": N_("dépôt de fichiers"),
    "settings.anonymous": N_("réponses anonymes"),
    "settings.separate_groups": N_("une salle par groupe"),
}
MODULES = {"page": N_("page"), "bigbluebuttonbn": N_("salle BigBlueButton")}
"""The modules that one activity can be, in French."""

_INSTANTS = {"start", "startdate", "enddate", "expected", "settings.due", "settings.open", "settings.close"}
_RULES = {"view": N_("la consulter"), "submit": N_("remettre ou répondre"), "passgrade": N_("obtenir la note minimale")}
_BLOCK_ENDS = re.compile(r"<br\s*/?>|</(?:p|li|h\d|tr|div|pre|blockquote)>", re.IGNORECASE)
_LONG = 60
_SHORT = 7
_MEGABYTE = 1024 * 1024
_MOST_LINES = 8


def field_name(name: str) -> str:
    """Return a field's name in French; a name that no trainer meets is « réglages »."""
    return _(FIELDS.get(name, N_("réglages")))


def text(name: str, value: JsonValue, zone: ZoneInfo) -> str:
    """Return a value as text: several lines for a long text, its markup left out."""
    if value is None:
        return _("(modifié à la main)") if name == "settings.gift" else _("(rien)")
    if name == "module":
        return _(MODULES.get(str(value), str(value)))
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, int) and name in _INSTANTS:
        return _instant(value, zone)
    if isinstance(value, dict):
        return _object(name, value, zone)
    said = "\n".join(_item(one) for one in value) if isinstance(value, list) else readable(str(value))
    return said or _("(rien)")


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
        return [_("mise en forme seulement")]
    more = len(lines) - _MOST_LINES
    return lines[:_MOST_LINES] + ([_("… et {more} autres lignes", more=more)] if more > 1 else lines[_MOST_LINES:])


def moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return what must move so that `before` becomes `after`: as few as possible, in their new order."""
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stays = {one for block in blocks for one in after[block.b : block.b + block.size]}
    return [one for one in after if one not in stays]


def _instant(value: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(value, zone):%d/%m/%Y %H:%M}" if value else _("aucune")


def _completion(value: dict[str, JsonValue]) -> str:
    if value.get("tracking") == "none":
        return _("aucun")
    if value.get("tracking") == "manual":
        return _("par émargement") if value.get("locked") else _("coché par le participant")
    rules = [_(said) for rule, said in _RULES.items() if value.get(rule)]
    posts = value.get("posts")
    return _(" et ").join(rules + ([_("écrire {posts} messages", posts=posts)] if posts else [])) or _("automatique")


def _availability(value: dict[str, JsonValue], zone: ZoneInfo) -> str:
    if value.get("other"):
        return _("restriction écrite dans Moodle")
    parts = []
    for key, said in (("completed", _("après")), ("groups", _("pour le groupe"))):
        names = value.get(key)
        if isinstance(names, list) and names:
            parts.append(f"{said} {', '.join(str(name).rpartition('/')[2] for name in names)}")
    for key, said in (("from", _("à partir du")), ("until", _("jusqu'au"))):
        instant = value.get(key)
        if isinstance(instant, int) and instant:
            parts.append(f"{said} {_instant(instant, zone)}")
    return ", ".join(parts) or _("aucune")


def size(count: int) -> str:
    """Return a number of bytes as a person reads it: `12 Ko`, `1,5 Mo`."""
    if count < _MEGABYTE:
        return _("{nombre} Ko", nombre=max(1, round(count / 1024)))
    whole, _dot, tenth = f"{count / _MEGABYTE:.1f}".partition(".")
    return _("{entier},{dixieme} Mo", entier=whole, dixieme=tenth)


def _item(one: JsonValue) -> str:
    if isinstance(one, dict) and "sha1" in one:
        return _(
            "{name} ({size}, empreinte {sha1})",
            name=one["name"],
            size=size(int(str(one["size"]))),
            sha1=str(one["sha1"])[:_SHORT],
        )
    if isinstance(one, dict):
        options = one.get("options")
        listed = f" ({', '.join(map(str, options))})" if isinstance(options, list) and options else ""
        return f"{one.get('name', '')}{listed}"
    return str(one)
