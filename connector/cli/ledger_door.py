"""What every command that works on the ledger needs: the configuration, the open ledger, who is asking."""

from __future__ import annotations

import getpass
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from connector.ledger.db import open_ledger
from connector.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger


@contextmanager
def opened(invocation: Invocation) -> Iterator[tuple[Settings, Ledger]]:
    """Yield the configuration of the data folder and its ledger, closed at the end."""
    settings = Settings.load(invocation.donnees)
    with closing(open_ledger(settings.dsn)) as ledger:
        yield settings, ledger


def author() -> str:
    """Return who runs the command, for the journal."""
    return getpass.getuser()
