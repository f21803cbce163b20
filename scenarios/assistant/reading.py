"""Reading what the assistant de scénarisation writes: YAML, or Markdown with blocks of it.

Its shape moved from version to version, and people edit it: every key is looked for in the places where it has been
seen, and what is absent is simply not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from scenarios.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BLOCK = re.compile(r"^```ya?ml[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_MICRO = re.compile(r"microdesign_section_([0-9]{1,2})")
_NUMBER = re.compile(r"[0-9]{1,3}")
_NOTHING = {"", "[ ]", "[]", "null", "~", "aucun", "aucune", "non", "à compléter", "à préciser"}
_YES_OR_NO = {"true", "false", "yes", "no", "on", "off"}
_DEEPEST = 20
MAX_CHARACTERS = 1_000_000


class NotADesignError(ValueError):
    """The text is not what the assistant writes; the message is a French sentence without its full stop."""


@dataclass(frozen=True)
class Section:
    """A section of the design; texts are as written, None where nothing is said.

    `activities` are pairs (what it is, its intention): the resource, then the activities.
    """

    number: int
    kind: str | None = None
    title: str | None = None
    competence: str | None = None
    modality: str | None = None
    duration: str | None = None
    activities: tuple[tuple[str, str | None], ...] = ()
    presentation: str | None = None
    instructions: str | None = None
    discussion: str | None = None
    trainer: str | None = None
    completion: str | None = None


@dataclass(frozen=True)
class Design:
    """What the assistant knows of a parcours."""

    title: str | None
    aim: str | None
    publics: tuple[str, ...]
    field: str | None
    facilitation: str | None
    autonomy: str | None
    facts: tuple[tuple[str, str], ...]
    competences: tuple[str, ...]
    sections: tuple[Section, ...]


def read_design(text: str) -> Design:
    """Read a design; raise `NotADesignError` where there is none."""
    if len(text) > MAX_CHARACTERS:
        raise NotADesignError(_("le fichier est trop gros pour venir de l'assistant de scénarisation"))
    document = _document(text)
    said = _flat(document)
    design = Design(
        title=_first(said, "titre_formation", "contexte_formation.titre"),
        aim=_first(said, "objectif_general"),
        publics=_list(said, "type_de_public", "public_cible.type"),
        field=_first(said, "type_de_formation_precisions", "type_de_formation"),
        facilitation=_first(said, "animation"),
        autonomy=_first(said, "autonomie"),
        facts=tuple(
            (label, ", ".join(found))
            for label, *keys in (
                ("Niveaux scolaires", "niveaux_scolaires"),
                ("Niveau d'expertise", "niveau_expertise"),
                ("Besoins particuliers", "besoins_specifiques"),
                ("Nombre de participants", "nombre_participants"),
                ("Exigences institutionnelles", "exigences_institutionnelles"),
                ("Contraintes techniques", "restrictions_techniques"),
                ("Durée visée", "temps_total"),
                ("Calendrier", "calendrier"),
                ("Horaires", "horaires"),
            )
            if (found := _list(said, *keys))
        ),
        competences=_competences(said),
        sections=_sections(said),
    )
    if design.title is None and not design.competences and not design.sections:
        raise NotADesignError(_("ce fichier n'a ni titre de formation, ni compétence, ni section"))
    return design


def _document(text: str) -> Mapping[str, object]:
    """Merge the YAML of a file: the whole of it, or its fenced blocks."""
    merged: dict[str, object] = {}
    for block in _BLOCK.findall(text) or [text]:
        try:
            _check_shape(block)
            loaded = yaml.load(block, Loader=yaml.CBaseLoader)  # noqa: S506 - texts and nothing else
        except yaml.YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            where = f" (ligne {mark.line + 1})" if mark else ""
            raise NotADesignError(_("ce n'est pas du YAML lisible{where}", where=where)) from exc
        if isinstance(loaded, dict):
            merged |= {str(key): value for key, value in loaded.items()}
    if not merged:
        raise NotADesignError(_("ce fichier ne tient ni YAML, ni bloc ```yaml"))
    return merged


def _check_shape(block: str) -> None:
    """Refuse what is built to exhaust its reader: references, which multiply, and very deep nesting."""
    depth = 0
    for event in yaml.parse(block, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _DEEPEST:
            raise NotADesignError(_("ce YAML a des références ou trop de niveaux : l'assistant n'en écrit pas"))


def _flat(document: Mapping[str, object]) -> dict[str, list[object]]:
    """Return every value under its key and under `parent.key`: the steps that hold them have changed names."""
    found: dict[str, list[object]] = {}
    waiting: list[tuple[str, object]] = list(document.items())
    while waiting:
        path, value = waiting.pop(0)
        key = path.rpartition(".")[2]
        for name in {key, path}:
            found.setdefault(name, []).append(value)
        if isinstance(value, dict):
            waiting += [(f"{key}.{inner}", content) for inner, content in value.items()]
    return found


def text_of(value: object) -> str | None:
    """Return a value as one text, None where it says nothing (`null`, `[ ]`, « Aucun »)."""
    if isinstance(value, list):
        value = ", ".join(filter(None, map(text_of, value)))
    if not isinstance(value, str):
        return None
    text = value.strip()
    said = text.casefold()
    nothing = said in _YES_OR_NO or said.rstrip(".") in _NOTHING or re.fullmatch(r"\[[^\]]*\]", text)
    return None if nothing or re.match(r"aucune? .* identifiée?$", said) else text


def _values(said: Mapping[str, list[object]], keys: Iterable[str]) -> Iterator[object]:
    for key in keys:
        yield from said.get(key, ())


def _first(said: Mapping[str, list[object]], *keys: str) -> str | None:
    return next(filter(None, map(text_of, _values(said, keys))), None)


def _list(said: Mapping[str, list[object]], *keys: str) -> tuple[str, ...]:
    for value in _values(said, keys):
        items = value if isinstance(value, list) else [value]
        if found := tuple(filter(None, map(text_of, items))):
            return found
    return ()


def _competences(said: Mapping[str, list[object]]) -> tuple[str, ...]:
    """The competences, in the order that the trainer settled, else in that of their writing."""
    for value in said.get("ordre_competences", ()):
        entries = [entry for entry in _mappings(value) if text_of(entry.get("formulation"))]
        if entries:
            return tuple(text_of(entry["formulation"]) or "" for entry in entries)
    return _list(said, "formulations_competences", "competences_visées", "competences_visees")


def _mappings(value: object) -> list[dict[str, object]]:
    items = value.values() if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list | type({}.values())) else []


def _sections(said: Mapping[str, list[object]]) -> tuple[Section, ...]:
    """Sections by number: what the macrodesign says, completed by the microdesign, which is written after it."""
    macro = {
        number: entry
        for key in ("contenus_par_section", "scenario_cmo.sections")
        for value in reversed(said.get(key, []))
        for rank, entry in enumerate(_mappings(value), start=1)
        if (number := _number(entry.get("section", entry.get("number")), rank))
    }
    micro = {
        int(found[1]): entry
        for key, values in said.items()
        if (found := _MICRO.fullmatch(key))
        for entry in values
        if isinstance(entry, dict)
    }
    return tuple(_section(number, macro.get(number, {}), micro.get(number, {})) for number in sorted({*macro, *micro}))


def _number(value: object, rank: int) -> int:
    found = _NUMBER.search(str(value))
    return int(found[0]) if found else rank


def _section(number: int, macro: Mapping[str, object], micro: Mapping[str, object]) -> Section:
    def said(*keys: str) -> str | None:
        return next(filter(None, (text_of(place.get(key)) for place in (micro, macro) for key in keys)), None)

    intentions = [said("intention_ressource"), said("intention_activite_1"), said("intention_activite_2")]
    shared = [*_list({"all": [micro.get("intention_ABC")]}, "all"), *_list({"all": [macro.get("intentions")]}, "all")]
    contents = [
        said("ressource_principale", "ressource", "ressource_type"),
        said("activite_1", "activite_1_type"),
        said("activite_2", "activite_2_type"),
    ]
    activities = tuple(
        (content, intention or (shared[min(rank, len(shared) - 1)] if shared else None))
        for rank, (content, intention) in enumerate(zip(contents, intentions, strict=True))
        if content
    )
    minutes = text_of(macro.get("duree_min"))
    return Section(
        number=number,
        kind=said("type_section", "type"),
        title=said("titre"),
        competence=said("competence_visee", "competence_formulation", "content"),
        modality=said("modalite", "modality"),
        duration=said("duree") or (f"{minutes} minutes" if minutes else None),
        activities=activities,
        presentation=said("presentation"),
        instructions=said("consigne"),
        discussion=said("discussion"),
        trainer=said("role_formateur"),
        completion=said("parametres"),
    )
