"""Individual attestations of a session: a page for each person who took part. Pure, but for the drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.reports.drawing import environment
from connector.reports.paper import printed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.reports.participant import Participant
    from connector.reports.session_model import SessionReport


def attestable(report: SessionReport, named: Sequence[str] = ()) -> tuple[Participant, ...]:
    """Return those of the session to whom an attestation is due: the named (identifiant or address), or all.

    Raises DataError for somebody who is not of the session, or to whom nothing is credited there.
    """
    if not named:
        found = tuple(person for person in report.people if person.present)
        if not found:
            raise DataError(
                _("Personne n'a encore d'heure créditée dans {session}.", session=report.about.code),
                remedy=_("Collectez, attestez s'il le faut, puis « parcours rapprocher »."),
            )
        return found
    by_name = {name: person for person in report.people for name in (person.identifiant, person.courriel) if name}
    chosen = []
    for who in named:
        person = by_name.get(who) or by_name.get(who.lower())
        if person is None or not person.present:
            if person:
                said = _(
                    "« {qui} » n'a pas d'heure créditée dans la session {session}.", qui=who, session=report.about.code
                )
            else:
                said = _("« {qui} » n'est personne de la session {session}.", qui=who, session=report.about.code)
            raise DataError(said, remedy=_("Voir : parcours rapport session."))
        chosen.append(person)
    return tuple(chosen)


def attestations(report: SessionReport, people: Sequence[Participant]) -> bytes:
    """Return the PDF, a page a person; raises what `printed` raises."""
    template = environment().get_template("paper/attestation.html.j2")
    return printed(template.render(report=report, about=report.about, people=people))
