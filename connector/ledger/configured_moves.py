"""The old addresses that the configuration gives of sites: whatever works with a site takes them in first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.ledger.instants import now_us
from connector.ledger.moved_sites import declare_moved
from connector.ledger.rebuild import rebuild

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.settings import Settings


def take_in_moves(ledger: Ledger, settings: Settings) -> None:
    """Take in the old addresses of the sites; a new one has everything derived again."""
    old = [(address, site.adresse) for site in settings.moodle for address in site.anciennes_adresses]
    if not old:
        return
    with ledger.write() as connection:
        at_us = now_us()
        new = [declare_moved(connection, *both, author="parcours.toml", at_us=at_us) for both in old]
        if any(new):
            rebuild(connection)
