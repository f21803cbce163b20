"""One collection, from all that the configuration names or from files; what fails stops nothing else."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from connector.errors import ParcoursError, RetriableError
from connector.language import _
from connector.ledger import queue
from connector.ledger.collect import collect_file, collect_lrs
from connector.ledger.collect_site import collect_site
from connector.ledger.configured_moves import take_in_moves
from connector.ledger.ingest import Tally
from connector.ledger.lrs_client import lrs_client
from connector.ledger.lrs_errors import translated
from connector.ledger.resolve import settle
from connector.ledger.session_files import absorb_folders
from connector.moodle.connect import Sites
from xapi.bookmark import added, readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.settings import Settings
    from connector.settings.sections import Lrs, MoodleSite
    from xapi.bookmark import Policy


class Declarations(Protocol):
    """What to tell of declarations made, and what failed."""

    notes: list[str]
    failures: list[ParcoursError]


@dataclass
class Gathered:
    """What a collection brought: figures, sessions that changed, what to tell, what failed, what now waits.

    `sites` are those that were asked. `done` is how many sources were read to their end, `silent` the addresses of the
    sites that do not answer.
    """

    sites: Sites
    tally: Tally = field(default_factory=Tally)
    sessions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[ParcoursError] = field(default_factory=list)
    waiting: int = 0
    done: int = 0
    silent: set[str] = field(default_factory=set)

    @property
    def nothing(self) -> bool:
        """Nothing was read, and there is nothing to say but what failed."""
        return self.done == 0 and self.tally == Tally()

    @contextmanager
    def noting(self, site: str | None = None) -> Iterator[None]:
        """Note what fails inside, which then stops nothing else; `site` is the address that is asked, if one is."""
        try:
            yield
        except ParcoursError as exc:
            self.failures.append(exc)
            if site is not None and isinstance(exc, RetriableError):
                self.silent.add(site)

    def answering(self, settings: Settings) -> Settings:
        """Return the configuration without the sites that do not answer: asking again would only say so again."""
        sites = tuple(site for site in settings.moodle if site.adresse not in self.silent)
        return settings.model_copy(update={"moodle": sites})


def gather(
    ledger: Ledger,
    settings: Settings,
    files: Sequence[Path] = (),
    declare: Callable[[Ledger, Settings, Sites], Declarations] | None = None,
    sites: Sites | None = None,
) -> Gathered:
    """Collect from `files`, or, without any, from every Moodle site and every LRS to be read; then settle.

    `declare` is called once the sites' sessions are known and before any LRS is read: it declares to the LRS what was
    noted elsewhere. Session folders are read either way. What fails is in `failures`; everything else has been done
    and kept. `sites` are those of a run that goes on to ask them.
    """
    gathered = Gathered(sites or Sites(settings))
    take_in_moves(ledger, settings)
    with gathered.noting():
        _folders(ledger, settings, gathered)
    for path in files:
        with _source(gathered):
            _file(ledger, path, gathered)
    for site in () if files else settings.moodle:
        with _source(gathered, site.adresse):
            _site(ledger, site, gathered)
    if declare is not None and not files:
        declared = declare(ledger, gathered.answering(settings), gathered.sites)
        gathered.notes += declared.notes
        gathered.failures += declared.failures
    for lrs in () if files else settings.lrs:
        if lrs.reads:
            with _source(gathered):
                _lrs(ledger, settings, lrs, gathered)
    with ledger.write() as connection:
        settle(connection)
        gathered.waiting = queue.waiting(connection)
    return gathered


def gather_again(ledger: Ledger, settings: Settings, lrs: Lrs | None, gathered: Gathered) -> None:
    """Collect once more from an LRS that was written to since, if any, and settle; completes `gathered`."""
    with gathered.noting():
        if lrs is not None:
            _lrs(ledger, settings, lrs, gathered, added)
    with ledger.write() as connection:
        settle(connection)
        gathered.waiting = queue.waiting(connection)


@contextmanager
def _source(gathered: Gathered, site: str | None = None) -> Iterator[None]:
    """Count a source that was read to its end; what keeps it from that stops no other."""
    with gathered.noting(site):
        yield
        gathered.done += 1


def _folders(ledger: Ledger, settings: Settings, gathered: Gathered) -> None:
    changed, problems = absorb_folders(ledger, settings)
    gathered.sessions += changed
    gathered.notes += problems


def _file(ledger: Ledger, path: Path, gathered: Gathered) -> None:
    tally, ordered = collect_file(ledger, path)
    gathered.tally.add(tally)
    if not ordered:
        gathered.notes.append(
            _(
                "{name} : des déclarations ne disent pas quand elles sont arrivées ; leur rang dans le "
                "fichier donne l'ordre, mais un rejeu de l'historique ne peut pas être reconnu.",
                name=path.name,
            )
        )


def _site(ledger: Ledger, site: MoodleSite, gathered: Gathered) -> None:
    absorbed = collect_site(ledger, gathered.sites.transport(site))
    gathered.sessions += absorbed.changed
    gathered.notes += absorbed.problems


def _lrs(ledger: Ledger, settings: Settings, lrs: Lrs, gathered: Gathered, policy: Policy = readings) -> None:
    with translated(lrs.adresse):
        client = lrs_client(settings, lrs)
    with closing(client):
        collect_lrs(ledger, client, lrs.adresse, gathered.tally, policy)
