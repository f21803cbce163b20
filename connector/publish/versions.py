"""The version of the parcours that a session is published from, beside that of its last publication. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from scenarios.versions import goes_back, misstep

if TYPE_CHECKING:
    from connector.moodle.document import Publication
    from connector.publish.drift import Reference


def version_remarks(wanted: Publication, last: Reference) -> tuple[str, ...]:
    """Return what is to be said of the version; raise `DataError` where it goes back behind what is published."""
    now, before = wanted.parcours, last.parcours()
    if now is None or before is None:
        return ()
    if goes_back(before[0], now[0]):
        raise DataError(
            _(
                "{code} est publiée sur {avant} : {apres} est plus ancien.",
                code=wanted.code,
                avant=before[0],
                apres=now[0],
            ),
            remedy=_("Reprenez la version la plus récente du parcours, ou donnez à celle-ci un numéro plus élevé."),
        )
    said = misstep(before[0], now[0], changed=before[1] != now[1])
    return (said,) if said else ()
