"""The journal: who did what, when, and nothing that is secret. Append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.ledger import schema

if TYPE_CHECKING:
    import sqlalchemy as sa


def record(
    connection: sa.Connection, at_us: int, author: str, action: str, subject: str, **detail: str | int | None
) -> None:
    """Add one entry: `action` is `<domaine>.<verbe>`, `subject` an identifiant, a session's code or a file's name."""
    connection.execute(
        schema.journal.insert().values(at_us=at_us, author=author, action=action, subject=subject, detail=detail)
    )
