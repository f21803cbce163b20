"""Sending a publication: the intent is journalled, the call made once, its outcome journalled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ParcoursError, UncertainError
from connector.moodle import functions

if TYPE_CHECKING:
    from connector.moodle.document import Publication, PublicationResult
    from connector.moodle.transport import Transport
    from connector.publish.journal import PublicationJournal


def send(
    transport: Transport, publication: Publication, journal: PublicationJournal, *, revision: int
) -> PublicationResult | UncertainError:
    """Publish, or return the doubt there is about it: the caller observes before anything else.

    `revision` is the last publication's number as observed. Raises the site's refusal: nothing was then published.
    """
    journal.intend(publication, revision=revision)
    try:
        result = functions.publish(transport, publication)
    except UncertainError as doubt:
        return doubt
    except ParcoursError:
        journal.refused(publication.code)
        raise
    journal.done(publication.code, revision=result.revision)
    return result
