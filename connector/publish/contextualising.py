"""A session before a parcours that has changed: what that means for it, and the new parcours taken as its base."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.deliver import deliver
from connector.errors import DataError
from connector.language import _
from scenarios.base import content_print, fingerprint, kept_name, parcours_of, read_kept, with_base
from scenarios.errors import ScenarioError
from scenarios.load import load_parcours, load_session
from scenarios.messages import node_at
from scenarios.session import Base
from scenarios.three_way import compare
from scenarios.versions import identity, misstep
from scenarios.yaml_nodes import Leaf, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scenarios.errors import Problem
    from scenarios.three_way import Comparison
    from scenarios.yaml_nodes import Node


def review(path: Path, old: Path | None = None) -> Comparison:
    """Compare the parcours of today with the one on which a session was written, under what the session says.

    `old` is that parcours, where the session keeps none. Everything for which the session is refused today is in
    `sans_objet`. Raises DataError where there is nothing to compare with, where the parcours of today is itself
    refused, or where the two are not versions of one parcours.
    """
    with _in_sentences():
        root = read_document(path).root
        named = node_at(root, ("parcours",))
        if not isinstance(named, Leaf) or named.value is None:
            load_session(path)
            raise DataError(
                _("{path} ne nomme aucun parcours.", path=path), remedy=_("Donnez le fichier d'une session.")
            )
        today = load_parcours(parcours_of(path, named.value))
        before = _before(path, root, old)
        after = read_document(today.path).root
        comparison = compare(before, after, root)
    if identity(comparison.avant) != identity(comparison.apres):
        raise DataError(
            _(
                "« {avant} » et « {apres} » ne sont pas deux versions d'un même parcours.",
                avant=comparison.avant,
                apres=comparison.apres,
            ),
            remedy=_("Donnez avec --base l'ancienne version de celui que la session nomme."),
        )
    differ = content_print(before) != content_print(after)
    version = misstep(comparison.avant, comparison.apres, changed=differ)
    return replace(comparison, sans_objet=_refusals(path), version=version)


def accept(path: Path) -> Base | None:
    """Take the parcours of today as the base of a session: kept beside it, named in its file; None where it was.

    Nothing is written where the session is refused (DataError, with all its problems). The copy comes first, so that
    the file never names one that is not there, and the copy that it replaces goes last.
    """
    with _in_sentences():
        session = load_session(path).session
        parcours = parcours_of(path, session.parcours)
        digest = fingerprint(parcours)
        if session.base is not None and session.base.empreinte == digest and _intact(path, session.base):
            return None
        kept = kept_name(path, digest)
        base = Base(matricule=load_parcours(parcours).parcours.matricule, empreinte=digest, fichier=kept)
        text = with_base(path.read_bytes().decode("utf-8"), path, **base.model_dump())
    deliver(parcours.read_bytes(), path.parent / kept)
    deliver(text.encode(), path)
    if session.base is not None and session.base.fichier == kept_name(path, session.base.empreinte) != kept:
        (path.parent / session.base.fichier).unlink(missing_ok=True)
    return base


def _before(path: Path, root: Node, old: Path | None) -> Node:
    if old is not None:
        return read_document(old).root
    kept = read_kept(path, root)
    if kept is None:
        raise DataError(
            _("{path} ne dit pas sur quelle version de son parcours la session a été écrite.", path=path),
            remedy=_(
                "Donnez cette version avec --base FICHIER ; si c'est celle d'aujourd'hui, --accepter en prend acte."
            ),
        )
    return kept


def _intact(path: Path, base: Base) -> bool:
    kept = path.parent / base.fichier
    return kept.is_file() and fingerprint(kept) == base.empreinte


def _refusals(path: Path) -> tuple[Problem, ...]:
    try:
        load_session(path)
    except ScenarioError as exc:
        return tuple(problem for problem in exc.problems if problem.severity == "erreur")
    return ()


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Give what is wrong with an author's file as an error of ours."""
    try:
        yield
    except ScenarioError as exc:
        raise DataError(str(exc)) from exc
