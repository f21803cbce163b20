"""Runs a command and kills itself, as `kill -9` does, around its n-th write.

A write is a transaction of the ledger, a call that changes the site, or the handing over of all files; the moment is
`before` or `after`. The process that is killed is forked from one that has imported the program once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import connector.cli.publier
from connector.cli.main import main
from connector.ledger.db import Ledger
from connector.moodle.rest import RestTransport
from connector.publish import apply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["__main__", connector.cli.publier.__name__, __name__])


def ending(moment: str, number: int, *arguments: str) -> int:
    """Run `parcours` with these arguments, killed around its n-th write; return how the process ended."""
    process = _FORKS.Process(target=_run, args=(moment, number, arguments))
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    return code


class Executioner:
    def __init__(self, moment: str, number: int) -> None:
        self.moment, self.left = moment, number

    def at(self, moment: str) -> None:
        if moment == self.moment:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that may be killed before the real one, or after it, where it writes."""

        def watched(*arguments: Any, write: bool = True, **named: Any) -> Any:
            if not write:
                return real(*arguments, write=False, **named)
            self.at("before")
            result = real(*arguments, **named)
            self.at("after")
            return result

        return watched

    def call(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return `Transport.call`, watched."""
        return self.around(lambda *arguments, write=True: real(*arguments, write=write))


def _run(moment: str, number: int, arguments: tuple[str, ...]) -> None:
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    _arm(Executioner(moment, number))
    main(arguments)


def _arm(executioner: Executioner) -> None:
    real_write = Ledger.write

    @contextmanager
    def write(self: Ledger) -> Iterator[sa.Connection]:
        executioner.at("before")
        with real_write(self) as connection:
            yield connection
        executioner.at("after")

    apply.hand_over = executioner.around(apply.hand_over)  # type: ignore[attr-defined]
    Ledger.write = write  # type: ignore[method-assign]
    RestTransport.call = executioner.call(RestTransport.call)  # type: ignore[method-assign]
