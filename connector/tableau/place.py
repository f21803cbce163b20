"""What the pages work on: a data folder whose configuration may change, and its ledger."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.ledger.instants import now_us
from connector.settings import FILE, Settings
from connector.tableau.protection import Rates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connector.ledger.db import Ledger


@dataclass
class _Configuration:
    """`parcours.toml`, read again when it has changed: an access that is taken away is taken away at once."""

    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _read: tuple[tuple[int, int], Settings] | None = None

    def settings(self) -> Settings:
        with self._lock:
            version = self._version()
            if self._read is None or self._read[0] != version:
                self._read = (version, Settings.load(self.folder))
            return self._read[1]

    def _version(self) -> tuple[int, int]:
        file = self.folder / FILE
        try:
            found = file.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)


class Place:
    """A data folder served at `address`, the public one; `clock` gives microseconds since 1970 UTC."""

    def __init__(self, folder: Path, ledger: Ledger, address: str, clock: Callable[[], int] = now_us) -> None:
        self.ledger = ledger
        self.address = address.rstrip("/")
        self.clock = clock
        self.rates = Rates()
        self._configuration = _Configuration(folder)

    @property
    def settings(self) -> Settings:
        """The configuration as it is now; ConfigError where somebody has just broken it."""
        return self._configuration.settings()

    @property
    def secure(self) -> bool:
        """The pages are reached over https: cookies may say so."""
        return self.address.startswith("https:")
