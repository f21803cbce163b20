"""How far a site's completions were read back: kept beside the bookmarks of the LRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, ValidationError

from connector.ledger.schema import bookmark
from xapi.upsert import upsert

if TYPE_CHECKING:
    from connector.ledger.db import Ledger


class Progress(BaseModel):
    """`since` is the epoch second to read changes from; `whole_us` when the open sessions were last read whole."""

    model_config = ConfigDict(frozen=True)

    since: int = 0
    whole_us: int = 0


def progress(ledger: Ledger, site: str) -> Progress:
    """Return how far a site (its normalised address) was read; from the start where it never was."""
    with ledger.read() as connection:
        body = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == _source(site)))
    try:
        return Progress.model_validate_json(body) if body else Progress()
    except ValidationError:
        return Progress()


def keep(ledger: Ledger, site: str, reached: Progress) -> None:
    """Remember how far a site was read."""
    with ledger.write() as connection:
        row = {"source": _source(site), "body": reached.model_dump_json()}
        upsert(connection, bookmark, [row], update=["body"])


def _source(site: str) -> str:
    return f"relecture:{site}"
