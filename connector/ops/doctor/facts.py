"""What is known of an installation: plain values, or the error that came in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from connector.errors import ParcoursError
    from connector.moodle.functions import SiteInfo
    from connector.moodle.observation import Observation
    from connector.ops.doctor.visit import Visit
    from connector.settings import Settings
    from connector.settings.sections import Courrier, Lrs, MoodleSite
    from xapi.database import State
    from xapi.errors import XapiError
    from xapi.probe import Probe


@dataclass(frozen=True)
class PluginFacts:
    """What our plugin answered: of a session that does not exist, then of an account that does not exist.

    `ahead` is by how much the site's clock is ahead of ours. `emitter` is the answer that says how the site sends
    statements by itself, `rights` the one that says which capabilities the account has; each is None where the plugin
    is too old to be asked.
    """

    observation: Observation | ParcoursError
    accounts: Observation | ParcoursError
    ahead: timedelta | None
    emitter: Observation | ParcoursError | None = None
    rights: Observation | ParcoursError | None = None


@dataclass(frozen=True)
class SiteFacts:
    """A Moodle site. `info` is what it says of the token, None where it was not asked; `plugin` None without it."""

    site: MoodleSite
    visit: Visit
    info: SiteInfo | ParcoursError | None
    plugin: PluginFacts | None = None


@dataclass(frozen=True)
class LrsFacts:
    """An LRS: its `about` page, then what a probe found; each is None where it was not asked."""

    lrs: Lrs
    about: Visit | None
    probed: Probe | XapiError | ParcoursError | None


@dataclass(frozen=True)
class MailFacts:
    """The mail server, and why it would take no message, None where it would."""

    courrier: Courrier
    fault: ParcoursError | None


@dataclass(frozen=True)
class SecretFile:
    """The file of a secret: what it is for, and its permission bits, None where it is not there."""

    path: Path
    purpose: str
    mode: int | None
    fault: ParcoursError | None


@dataclass(frozen=True)
class LedgerFacts:
    """The ledger: how its schema stands, the circonscriptions of its sessions (codes by UAI), its last night.

    Of the night that finished last: when it began (UTC), and its exit code; None before the first one.
    """

    state: State | ParcoursError
    sessions: dict[str, tuple[str, ...]]
    night: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class FolderFacts:
    """The data folder; `mode` is its permission bits, None where it is not there; `free` is in bytes."""

    path: Path
    mode: int | None
    free: int
    secrets: tuple[SecretFile, ...]


@dataclass(frozen=True)
class Facts:
    """All that was gathered; without a readable configuration, that and the folder only."""

    settings: Settings | ParcoursError
    folder: FolderFacts
    ledger: LedgerFacts | None = None
    sites: tuple[SiteFacts, ...] = ()
    lrs: tuple[LrsFacts, ...] = ()
    mail: MailFacts | None = None
