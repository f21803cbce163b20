"""From a design to a draft of `parcours/1`: what is known in its place, and what is not known said. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from scenarios.assistant.reading import Section
from scenarios.assistant.words import intention_of, modality_of, public_of, type_of
from scenarios.fields import LINE_MAX
from scenarios.folding import folded
from scenarios.language import _

if TYPE_CHECKING:
    from scenarios.assistant.reading import Design

_TO_COMPLETE = "a_completer__"
_MARK = re.compile(rf"^( *){_TO_COMPLETE}: (.*)$", re.MULTILINE)
Node = dict[str, object]


@dataclass(frozen=True)
class Draft:
    """A draft: `yaml` is the text of the file, `missing` says in French what the assistant could not know, by place."""

    yaml: str
    missing: tuple[tuple[str, str], ...]


def make_draft(design: Design) -> Draft:
    """Return the draft of a parcours: everything that the design says, and the list of what it does not."""
    missing: list[tuple[str, str]] = []
    document = _parcours(design, missing)
    text = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
    text = _MARK.sub(lambda found: f"{found[1]}# {_left_out(found[2].strip(chr(39)))}", text)
    return Draft(text, tuple(missing))


def _left_out(keys: str) -> str:
    return _("à compléter : {keys}", keys=keys)


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks, and lists inside their key, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)


def _parcours(design: Design, missing: list[tuple[str, str]]) -> Node:
    publics = {name: public_of(name) for name in design.publics}
    known: Node = {
        "titre": _line(design.title),
        "objectifs": [_line(text) for text in design.competences],
        "description": _description(design),
        "collection": "autoformation" if folded(design.autonomy or "").startswith("autoformation") else None,
        "domaine": _line(design.field),
        "public": [public for public in publics.values() if public],
        "accompagnement": _line(design.facilitation),
    }
    document: Node = {"format": "parcours/1"} | {key: value for key, value in known.items() if value}
    required = ("matricule", "titre", "objectifs", "origine", "collection", "public", "auteurs", "nature", "durees")
    _leave(document, _("le parcours"), [key for key in required if key not in document], missing)
    unread = [name for name, public in publics.items() if public is None]
    if unread:
        missing.append((_("le public"), _("« {unread} » n'est pas une valeur de m@gistère", unread=", ".join(unread))))
    missing.append((_("le parcours"), _("les rencontres en présence : l'assistant ne connaît que la distance")))
    sections = design.sections or tuple(
        Section(number, competence=competence) for number, competence in enumerate(design.competences, start=1)
    )
    document["sequences"] = [_sequence(section, missing) for section in sections]
    return document


def _leave(node: Node, place: str, keys: list[str], missing: list[tuple[str, str]]) -> None:
    """Say which keys are missing, in the node (as its last comment so far) and in the list."""
    if keys:
        node[_TO_COMPLETE] = ", ".join(keys)
        missing.append((place, ", ".join(keys)))


def _description(design: Design) -> str | None:
    blocks = [design.aim or ""]
    if design.facts:
        blocks.append("\n".join(f"- {label} : {text}" for label, text in design.facts))
    return "\n\n".join(filter(None, blocks)) or None


def _sequence(section: Section, missing: list[tuple[str, str]]) -> Node:
    title = section.title or section.kind or f"Étape {section.number}"
    place = _("l'étape {number}, « {title} »", number=section.number, title=title)
    presentation = "\n\n".join(filter(None, (section.presentation, section.competence)))
    sequence: Node = {"id": f"s{section.number}", "titre": _line(title)}
    if presentation:
        sequence["presentation"] = presentation
    if section.duration:
        missing.append(
            (place, _("comment répartir sa durée, « {duration} », entre ses activités", duration=section.duration))
        )
    if section.completion:
        missing.append(
            (place, _("ce que devient son critère d'achèvement, « {completion} »", completion=section.completion))
        )
    sequence["activites"] = _activities(section, missing)
    return sequence


def _activities(section: Section, missing: list[tuple[str, str]]) -> list[Node]:
    """The resource and the activities of a section, and a forum for what is to be discussed.

    Of a section without any, its kind says what it holds (« Classe virtuelle »); else a page tells its instructions.
    """
    told = list(section.activities)
    if section.discussion and not any(type_of(name) == "forum" for name, _ in told):
        told.append(("Forum", "discussion"))
    if not told:
        told = [(section.kind or section.title or "Page", None)]
    return [_activity(section, rank, name, intention, missing) for rank, (name, intention) in enumerate(told, start=1)]


def _activity(section: Section, rank: int, name: str, intention: str | None, missing: list[tuple[str, str]]) -> Node:
    identifier = f"s{section.number}-{rank}"
    kind = type_of(name) or ("page" if rank == 1 and not section.activities else None)
    node: Node = {"id": identifier}
    if kind is not None:
        node["type"] = kind
    node |= {"titre": _line(name), "modalite": modality_of(section.modality)}
    if kind == "classe_virtuelle":
        node |= {"modalite": "distance_synchrone", "social": "collectif", "achevement": "emargement"}
    if known := intention_of(intention):
        node["intention"] = known
    if rank == 1 and section.instructions:
        node["consigne"] = section.instructions
    if rank == 1 and section.trainer:
        node["note_formateur"] = section.trainer
    if kind == "forum" and section.discussion:
        node["contenu"] = {"sujet": _line(section.title or section.kind or name), "premier_message": section.discussion}
    lacking = [key for key in ("type", "duree", "social", "achevement") if key not in node]
    _leave(
        node,
        f"{identifier}, « {name} »",
        [*lacking, *_contents(kind, node)],
        missing,
    )
    return node


def _contents(kind: str | None, node: Node) -> list[str]:
    """Name what `contenu` of an activity still has to hold."""
    needed = {
        None: "contenu",
        "page": _("contenu (texte ou fichier)"),
        "etiquette": _("contenu (texte)"),
        "url": _("contenu (adresse)"),
        "fichier": _("contenu (fichiers)"),
        "test": _("contenu (questions)"),
        "sondage": _("contenu (options)"),
        "questionnaire": _("contenu (questions)"),
        "h5p": _("contenu (paquet)"),
    }
    may_do_without = kind in {"page", "etiquette"} and "consigne" in node
    return [needed[kind]] if kind in needed and not may_do_without else []


def _line(text: str | None) -> str | None:
    """Return a text on one line, cut where a title would be refused."""
    if text is None:
        return None
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())
    return line if len(line) <= LINE_MAX else f"{line[: LINE_MAX - 1]}…"
