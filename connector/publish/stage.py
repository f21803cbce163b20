"""Where publishing brings a session in its life, and which transitions are refused (`local_workflow`). Pure.

A session is in preparation (published, hidden from its participants), open, then archived. It opens at once, unless it
is published in preparation; it then stays so until somebody asks to open it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from connector.errors import DataError
from connector.language import _, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ledger.stage import Stage
    from connector.moodle.document import Publication
    from connector.moodle.observation import ObservedSession

Asked = Literal["preparation", "ouverte"]


def stage_found(found: ObservedSession | None) -> Stage | None:
    """Return where a session is, as its site says; None for one that is not there."""
    if found is None:
        return None
    if found.publication.archived_at:
        return "archivee"
    return "preparation" if found.publication.prepared else "ouverte"


def staged(wanted: Publication, found: Stage | None, asked: Asked | None, missing: Sequence[str] = ()) -> Publication:
    """Return what a site must hold of a session that is at `found`: its course shows only once it is open.

    `asked` None leaves in preparation what is so, and opens the rest; `missing` is what the session lacks to be open.
    Raises `DataError` for a transition that is none, and for an opening that lacks something.
    """
    stage = asked or ("preparation" if found == "preparation" else "ouverte")
    if stage == "preparation" and found in {"ouverte", "archivee"}:
        said = _("déjà ouverte") if found == "ouverte" else _("archivée")
        raise DataError(
            _("La session {code} est {said} : elle ne revient pas en préparation.", code=wanted.code, said=said),
            remedy=_("Publiez-la sans --preparation ; « parcours archiver » la ferme."),
        )
    if stage == "ouverte" and missing:
        raise DataError(
            _("La session {code} ne s'ouvre pas encore : {missing}.", code=wanted.code, missing=listed(missing)),
            remedy=_("Complétez son fichier (« parcours verifier » dit où), ou publiez-la avec --preparation."),
        )
    if wanted.course is None:
        return wanted
    return wanted.model_copy(update={"course": wanted.course.model_copy(update={"visible": stage == "ouverte"})})


def is_prepared(wanted: Publication) -> bool:
    """Tell whether what `staged` returned is in preparation."""
    return wanted.course is not None and not wanted.course.visible


def refuse_closing(code: str) -> DataError:
    """Return the refusal to close a session that was never open."""
    return DataError(
        _("La session {code} est en préparation : elle n'a jamais été ouverte, il n'y a rien à archiver.", code=code),
        remedy=_("Ouvrez-la (parcours publier {code} --ouvrir), ou supprimez son cours dans Moodle.", code=code),
    )
