"""Author's files → checked models, or every problem they have.

`load_parcours`, `load_session` and `load_any` raise nothing but ScenarioError.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from scenarios.attachments import Attachments, Links, read_attachments, read_links
from scenarios.base import content_print, fingerprint, parcours_of
from scenarios.checks import Finding
from scenarios.checks.opening import missing_to_open
from scenarios.checks.parcours import check_parcours, check_sums
from scenarios.checks.session import check_session, check_uncompletable
from scenarios.contextualise import Overlaid, Provenance, contextualise
from scenarios.errors import Problem, ScenarioError
from scenarios.fields import is_line
from scenarios.gabarit import is_gabarit, no_session
from scenarios.language import _
from scenarios.messages import model_problems, node_at, place_of
from scenarios.model import Activites, Gabarit, Parcours
from scenarios.outline import ParcoursOutline, SessionOutline, parcours_outline, session_outline
from scenarios.participants import Participant, parse_participants
from scenarios.paths import RefusedFileError, check_size, inside, read_text
from scenarios.session import Session
from scenarios.yaml_nodes import MAX_BYTES, Items, Leaf, plain, read_document
from scenarios.yaml_nodes import Mapping as Keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scenarios.yaml_nodes import Node

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the files of a parcours hold: by activity id, and those that its other texts show or link to.

    `presentations` are by sequence id, `description` is that of the parcours.
    """

    attachments: Mapping[str, Attachments]
    presentations: Mapping[str, Links]
    description: Links


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid parcours, and what its files hold."""

    path: Path
    parcours: Parcours
    contents: Contents
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class LoadedSession:
    """A valid session on its parcours, overlay applied; `provenance` only names what the session changed or added.

    `removed` are the titles of the activities that it took away, `empreinte` is that of its parcours alone.
    """

    path: Path
    session: Session
    parcours: Parcours
    participants: tuple[Participant, ...]
    provenance: Mapping[str, Provenance]
    removed: tuple[str, ...]
    contents: Contents
    warnings: tuple[Problem, ...]
    empreinte: str


@dataclass(frozen=True, slots=True)
class LoadedGabarit:
    """A valid gabarit."""

    path: Path
    parcours: Gabarit
    warnings: tuple[Problem, ...]


def load_any(path: Path) -> Loaded | LoadedGabarit | LoadedSession:
    """Load a parcours, a gabarit or a session, as its file says. Raise ScenarioError with all its problems."""
    root = read_document(path).root
    written = root.get("format") if isinstance(root, Keys) else None
    kind = written.value if isinstance(written, Leaf) else None
    if kind == "session/1":
        return load_session(path)
    if kind == "parcours/1":
        return load_gabarit(path) if is_gabarit(root) else load_parcours(path)
    place = written.place if written is not None else root.place
    message = _("la clé « format » dit « parcours/1 » ou « session/1 » : impossible de savoir ce qu'est ce fichier")
    raise ScenarioError([place.problem(message)])


def load_parcours(path: Path) -> Loaded:
    """Load a parcours file. Raise ScenarioError with all its problems."""
    reading = _Reading()
    document = read_document(path)
    reading.problems.extend(document.problems)
    if is_gabarit(document.root):
        raise ScenarioError([*document.problems, no_session(document.root)])
    parcours, contents = _read_parcours(document.root, reading)
    return Loaded(path, reading.accept(parcours), contents, reading.warnings())


def load_gabarit(path: Path) -> LoadedGabarit:
    """Load a gabarit file. Raise ScenarioError with all its problems."""
    reading = _Reading()
    document = read_document(path)
    reading.problems.extend(document.problems)
    gabarit = reading.validate(Gabarit, document.root)
    outline = parcours_outline(plain(document.root))
    reading.add(check_parcours(outline), document.root)
    reading.add(check_sums(outline) if outline.has_durees else (), document.root)
    _read_contents(document.root, outline, reading)
    return LoadedGabarit(path, reading.accept(gabarit), reading.warnings())


def load_session(path: Path) -> LoadedSession:
    """Load a session file, its parcours and its participants. Raise ScenarioError with the problems of all three."""
    reading = _Reading()
    document = read_document(path)
    root = document.root
    reading.problems.extend(document.problems)
    session = reading.validate(Session, root)
    outline = session_outline(plain(root))
    participants = _read_participants(root, outline, reading)
    base = _read_base(path, root, reading)
    if base is None:
        raise reading.refused()
    if session is not None and session.base is not None and session.base.empreinte != fingerprint(base.place.file):
        message = _("le parcours a changé depuis que cette session a été écrite : voyez « parcours contextualiser »")
        reading.add([Finding(("base",), message, "avertissement")], root)
    parcours, contents = _read_parcours(base, reading)
    overlaid = contextualise(base, root)
    reading.problems.extend(overlaid.problems)
    for node in overlaid.misplaced:
        reading.validate(Activites, Keys(node.place, {"activites": (node.place, Items(node.place, (node,)))}))
    whole = parcours_outline(plain(overlaid.root))
    if overlaid.root is not base:
        parcours, contents = _read_parcours(overlaid.root, reading, overlaid)
        sums = check_sums(whole, overlaid=True)
        reading.add((replace(finding, loc=("contextualisation",)) for finding in sums), root)
    reading.add(check_session(outline, whole), root)
    reading.add(check_uncompletable(outline, whole), overlaid.root)
    if session is not None and parcours is not None and not reading.refuses:
        roles = {one.role for one in session.formateurs}
        missing = missing_to_open(parcours.collection, roles, len(participants))
        reading.add((Finding((key,), sentence, "avertissement") for key, sentence in missing), root)
    return LoadedSession(
        path,
        reading.accept(session),
        reading.accept(parcours),
        participants,
        overlaid.provenance,
        tuple(one.titre or "" for one in parcours_outline(plain(base)).activities if one.id in overlaid.removed),
        contents,
        reading.warnings(),
        content_print(base),
    )


class _Reading:
    """The problems met while reading one file and those that it leads to."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, findings: Iterable[Finding], root: Node) -> None:
        """Note what a check found, at its place in the tree `root`."""
        for finding in findings:
            place = place_of(root, finding.loc)
            self.problems.append(replace(place.problem(finding.message), severity=finding.severity))

    def validate(self, model: type[M], root: Node) -> M | None:
        """Return the model of a tree, or None with its problems noted."""
        try:
            return model.model_validate(plain(root))
        except ValidationError as exc:
            self.problems.extend(model_problems(exc, root, model))
            return None

    @property
    def refuses(self) -> bool:
        """Something was refused, not only warned of."""
        return any(problem.severity == "erreur" for problem in self.problems)

    def accept(self, model: M | None) -> M:
        """Return the model if nothing at all was refused; raise ScenarioError otherwise."""
        if model is None or self.refuses:
            raise self.refused()
        return model

    def refused(self) -> ScenarioError:
        """Return the error that tells every problem."""
        return ScenarioError(self._ordered())

    def warnings(self) -> tuple[Problem, ...]:
        """Return the warnings of a reading that was accepted."""
        return tuple(self._ordered())

    def _ordered(self) -> list[Problem]:
        """Return each problem once, file by file, from top to bottom."""
        files = list(dict.fromkeys(problem.file for problem in self.problems))
        return sorted(dict.fromkeys(self.problems), key=lambda p: (files.index(p.file), p.line, p.column))


def _read_parcours(root: Node, reading: _Reading, overlaid: Overlaid | None = None) -> tuple[Parcours | None, Contents]:
    """Check the tree of a parcours, with a session's overlay if `overlaid`."""
    parcours = reading.validate(Parcours, root)
    outline = parcours_outline(plain(root))
    reading.add(check_parcours(outline, removed=overlaid.removed if overlaid else ()), root)
    if overlaid is None:
        reading.add(check_sums(outline), root)
    return parcours, _read_contents(root, outline, reading)


def _read_contents(root: Node, outline: ParcoursOutline, reading: _Reading) -> Contents:
    attachments: dict[str, Attachments] = {}
    for activity in outline.activities:
        found, problems = read_attachments(root, activity)
        reading.problems.extend(problems)
        if activity.id is not None:
            attachments[activity.id] = found
    presentations: dict[str, Links] = {}
    for loc, sequence in outline.sequences:
        presentations[sequence], problems = read_links(root, (*loc[:-1], "presentation"))
        reading.problems.extend(problems)
    description, problems = read_links(root, ("description",))
    reading.problems.extend(problems)
    return Contents(attachments, presentations, description)


def _read_base(path: Path, root: Node, reading: _Reading) -> Node | None:
    """Return the tree of the parcours that a session names, or None with the reason noted."""
    named = node_at(root, ("parcours",))
    if not isinstance(named, Leaf) or not is_line(named.value):
        return None
    target = parcours_of(path, named.value)
    try:
        check_size(target, named.value, MAX_BYTES)
        document = read_document(target)
    except RefusedFileError as exc:
        reading.problems.append(named.place.problem(str(exc)))
        return None
    except ScenarioError as exc:
        reading.problems.extend(exc.problems)
        return None
    reading.problems.extend(document.problems)
    if is_gabarit(document.root):
        reading.problems.append(no_session(document.root))
        return None
    return document.root


def _read_participants(root: Node, outline: SessionOutline, reading: _Reading) -> tuple[Participant, ...]:
    named = node_at(root, ("participants",))
    if not isinstance(named, Leaf) or not is_line(named.value):
        return ()
    try:
        path = inside(named.place.file.parent, named.value)
        text = read_text(path, named.value)
    except RefusedFileError as exc:
        reading.problems.append(named.place.problem(str(exc)))
        return ()
    participants, problems = parse_participants(text, path, [name for _, name in outline.groupes])
    reading.problems.extend(problems)
    return participants
