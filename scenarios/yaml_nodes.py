"""YAML text → a tree of nodes that know their place, within bounds.

Every scalar stays a text: whether `no`, `12:30`, `0693456` or `2026-10-05` is a word, a time, a code or a date
is for the models to say, not for YAML 1.1. Only an empty value, `~` and `null` are None. The events of libyaml are
read one by one, so that no file, however nested or aliased, is ever expanded in memory or on the stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from scenarios.errors import Problem, ScenarioError
from scenarios.language import _
from scenarios.yaml_syntax import syntax_problem

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1_048_576
MAX_DEPTH = 20
MAX_NODES = 20_000

_NULLS = {"", "~", "null"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written; `line` and `column` start at 1."""

    file: Path
    line: int
    column: int

    def problem(self, message: str) -> Problem:
        """Return the error to report here."""
        return Problem(str(self.file), self.line, self.column, message)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar: its text, or None where nothing is written."""

    place: Place
    value: str | None
    size: int = 1
    height: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    nodes: tuple[Node, ...]
    size: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Mapping:
    """A group of keys, each with the place of the key itself."""

    place: Place
    entries: dict[str, tuple[Place, Node]]
    size: int = 1
    height: int = 1

    def get(self, key: str) -> Node | None:
        """Return the node under `key`, if any."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node = Leaf | Items | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """A file's tree, and what is wrong with it although it could be read (duplicate keys, tags)."""

    root: Node
    problems: tuple[Problem, ...]


def plain(node: Node) -> object:
    """Return the tree as plain Python values."""
    if isinstance(node, Leaf):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.nodes]
    return {key: plain(value) for key, (_, value) in node.entries.items()}


def read_document(path: Path) -> Document:
    """Read a YAML file; raise ScenarioError when it can't be read as a tree at all."""
    start = Place(path, 1, 1)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError:
        raise ScenarioError([start.problem(_("ce fichier est introuvable ou illisible"))]) from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError([start.problem(_("ce fichier dépasse 1 Mio, bien plus qu'un parcours ou une session"))])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, exc.start) + 1 : exc.start].decode("utf-8", "replace")) + 1
        message = _("ce fichier n'est pas en UTF-8 : enregistrez-le avec ce codage")
        raise ScenarioError([Place(path, line, column).problem(message)]) from None
    return parse_document(text, path)


def parse_document(text: str, path: Path) -> Document:
    """Build the tree of `text`; `path` only names it. Raise ScenarioError on bad syntax and beyond the bounds."""
    builder = _Builder(path)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.feed(event)
    except yaml.YAMLError as exc:
        raise ScenarioError([*builder.problems, syntax_problem(exc, text, str(path))]) from None
    return builder.document()


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    place: Place
    anchor: str | None
    nodes: list[Node] | None
    entries: dict[str, tuple[Place, Node]]
    key: tuple[str | None, Place] | None = None
    size: int = 1
    height: int = 1


class _Builder:
    """Turns parser events into nodes with an explicit stack."""

    def __init__(self, path: Path) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._documents = 0
        self._total = 0

    def document(self) -> Document:
        """Return what was built; raise ScenarioError for an empty file."""
        if self._root is None or (isinstance(self._root, Leaf) and self._root.value is None):
            raise ScenarioError([Place(self._path, 1, 1).problem(_("ce fichier est vide"))])
        return Document(self._root, tuple(self.problems))

    def feed(self, event: yaml.Event) -> None:
        """Take the next event of the parser."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._fail(event, _("un seul document par fichier : supprimez « --- » et ce qui suit"))
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            plain_null = not event.style
            value = None if plain_null and event.value in _NULLS else event.value
            self._check_tag(event)
            self._add(Leaf(self._place(event), value), event.anchor, event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)

    def _place(self, event: yaml.Event) -> Place:
        mark: Any = event.start_mark  # libyaml gives one to every event
        return Place(self._path, mark.line + 1, mark.column + 1)

    def _fail(self, event: yaml.Event, message: str) -> NoReturn:
        raise ScenarioError([*self.problems, self._place(event).problem(message)])

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            message = _("les étiquettes YAML ne sont pas admises : supprimez « {tag} »", tag=event.tag)
            self.problems.append(self._place(event).problem(message))

    def _check_depth(self, event: yaml.Event, height: int) -> None:
        if len(self._stack) + height > MAX_DEPTH:
            self._fail(event, _("trop d'imbrications : {max_depth} niveaux au plus", max_depth=MAX_DEPTH))

    def _alias(self, event: yaml.AliasEvent) -> None:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            self._fail(event, _("« *{anchor} » ne renvoie à rien d'écrit plus haut", anchor=event.anchor))
        self._check_depth(event, node.height)
        self._add(node, None, event)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        self._check_depth(event, 1)
        self._check_tag(event)
        nodes: list[Node] | None = [] if isinstance(event, yaml.SequenceStartEvent) else None
        self._stack.append(_Open(self._place(event), event.anchor, nodes, {}))

    def _close(self, event: yaml.Event) -> None:
        done = self._stack.pop()
        node: Node
        if done.nodes is not None:
            node = Items(done.place, tuple(done.nodes), done.size, done.height)
        else:
            node = Mapping(done.place, done.entries, done.size, done.height)
        self._add(node, done.anchor, event)

    def _add(self, node: Node, anchor: str | None, event: yaml.Event) -> None:
        """Put a finished node where it belongs. Sizes count aliases as often as they are used."""
        parent = self._stack[-1] if self._stack else None
        self._total += node.size if isinstance(event, yaml.AliasEvent) else 1
        if self._total > MAX_NODES:
            self._fail(event, _("trop d'éléments, renvois compris : {max_nodes} au plus", max_nodes=MAX_NODES))
        if anchor is not None:
            self._anchors[anchor] = node
        if parent is None:
            self._root = node
            return
        parent.size += node.size
        parent.height = max(parent.height, node.height + 1)
        if parent.nodes is not None:
            parent.nodes.append(node)
        elif parent.key is None:
            self._start_entry(parent, node)
        else:
            name, place = parent.key
            if name is not None:
                parent.entries.setdefault(name, (place, node))
            parent.key = None

    def _start_entry(self, parent: _Open, node: Node) -> None:
        if not isinstance(node, Leaf) or node.value is None:
            self.problems.append(node.place.problem(_("une clé est un simple mot, sur une ligne")))
            parent.key = (None, node.place)
            return
        if node.value in parent.entries:
            first = parent.entries[node.value][0].line
            message = _("la clé « {value} » est écrite deux fois (déjà ligne {first})", value=node.value, first=first)
            self.problems.append(node.place.problem(message))
        parent.key = (node.value, node.place)
