"""Runs a command and kills itself, as `kill -9` does, around its n-th write: `python killed.py MOMENT N ARGUMENT…`.

A write is a transaction of the ledger, a call that changes the site, or the handing over of all files; MOMENT is
`before` or `after`.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from connector.cli.main import main
from connector.ledger.db import Ledger
from connector.moodle import functions
from connector.publish import apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa


class Executioner:
    def __init__(self, moment: str, number: int) -> None:
        self.moment, self.left = moment, number

    def at(self, moment: str) -> None:
        if moment == self.moment:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def arm(executioner: Executioner) -> None:
    real_write, real_publish, real_hand_over = Ledger.write, functions.publish, apply.hand_over

    @contextmanager
    def write(self: Ledger) -> Iterator[sa.Connection]:
        executioner.at("before")
        with real_write(self) as connection:
            yield connection
        executioner.at("after")

    def publish(*arguments: Any) -> Any:
        executioner.at("before")
        result = real_publish(*arguments)
        executioner.at("after")
        return result

    def hand_over(*arguments: Any) -> Any:
        executioner.at("before")
        draft = real_hand_over(*arguments)
        executioner.at("after")
        return draft

    apply.hand_over = hand_over  # type: ignore[attr-defined]
    Ledger.write = write  # type: ignore[method-assign]
    functions.publish = publish


if __name__ == "__main__":
    arm(Executioner(sys.argv[1], int(sys.argv[2])))
    main(sys.argv[3:])
