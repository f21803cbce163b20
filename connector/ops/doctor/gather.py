"""Asks the sites, the LRS, the disk and the ledger, and keeps what comes back; nothing is written anywhere."""

from __future__ import annotations

import shutil
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

from connector.errors import ParcoursError
from connector.language import _
from connector.ledger.db import ledger_state, open_as_kept
from connector.ledger.lrs_client import lrs_client
from connector.ledger.schema import session
from connector.moodle.connect import connect
from connector.moodle.functions import COMPLETIONS, OBSERVE, get_site_info, observe
from connector.moodle.observation import Observation, Query
from connector.ops.doctor import rights
from connector.ops.doctor.facts import (
    Facts,
    FolderFacts,
    LedgerFacts,
    LrsFacts,
    MailFacts,
    PluginFacts,
    SecretFile,
    SiteFacts,
)
from connector.ops.doctor.visit import ahead, visit
from connector.ops.night.mail import Postman
from connector.ops.night.run import last_night
from connector.publish.apply import OLDEST_PLUGIN
from connector.settings import Settings
from xapi.errors import XapiError
from xapi.probe import probe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connector.moodle.functions import SiteInfo
    from connector.moodle.transport import Transport
    from connector.settings.sections import Courrier, Lrs, MoodleSite

T = TypeVar("T")

_NOBODY = "personne@diagnostic.invalid"
_NO_SESSION = "parcours-diagnostiquer"
_SECOND = timedelta(seconds=1)


def gather(folder: Path, site: str | None, now: Callable[[], datetime]) -> Facts:
    """Gather everything about the installation of a data folder; `site` narrows the Moodle sites to one.

    Raises `ConfigError` where the configuration does not name that site: everything else that fails is a fact.
    """
    settings = _attempt(lambda: Settings.load(folder))
    if isinstance(settings, ParcoursError):
        return Facts(settings, _folder(folder, ()))
    sites = settings.moodle if site is None else (settings.moodle_site(site),)
    return Facts(
        settings,
        _folder(folder, _secrets(settings)),
        _ledger(settings.dsn),
        tuple(_site(settings, one, now) for one in sites),
        tuple(_lrs(settings, one, now) for one in settings.lrs),
        None if settings.courrier is None else _mail(settings, settings.courrier),
    )


def _attempt(ask: Callable[[], T]) -> T | ParcoursError:
    try:
        return ask()
    except ParcoursError as fault:
        return fault


def _site(settings: Settings, site: MoodleSite, now: Callable[[], datetime]) -> SiteFacts:
    """Ask a site what it says of itself and of the token, where it answers at all and there is a token."""
    seen = visit(site.adresse, "/", now)
    if seen.fault is not None:
        return SiteFacts(site, seen, None)
    transport = _attempt(lambda: connect(site, settings.moodle_token(site)))
    if isinstance(transport, ParcoursError):
        return SiteFacts(site, seen, transport)
    info = _attempt(lambda: get_site_info(transport))
    if isinstance(info, ParcoursError) or info.lacks(OBSERVE):
        return SiteFacts(site, seen, info)
    return SiteFacts(site, seen, info, _plugin(transport, info, now))


def _plugin(transport: Transport, info: SiteInfo, now: Callable[[], datetime]) -> PluginFacts:
    """Ask the plugin about a session and an account that nobody has: its version, its clock, a right."""
    before = now()
    observation = _attempt(lambda: observe(transport, Query(code=_NO_SESSION)))
    after = now()
    difference = None
    if isinstance(observation, Observation) and observation.now:
        there = datetime.fromtimestamp(observation.now, UTC)
        difference = ahead((there, there + _SECOND), (before, after))
    accounts = _attempt(lambda: observe(transport, Query(code=_NO_SESSION, accounts=(_NOBODY,))))
    emitter = None
    if not info.lacks(COMPLETIONS):
        emitter = _attempt(lambda: observe(transport, Query(code=_NO_SESSION, emitter=True)))
    return PluginFacts(observation, accounts, difference, emitter, _rights(transport, observation))


def _rights(transport: Transport, observation: Observation | ParcoursError) -> Observation | ParcoursError | None:
    """Ask which capabilities the account has, where the plugin is recent enough to say."""
    if isinstance(observation, ParcoursError) or observation.version < OLDEST_PLUGIN:
        return None
    names = rights.capabilities_of((*rights.WAYS, *rights.ROLLS))
    return _attempt(lambda: observe(transport, Query(code=_NO_SESSION, capabilities=names)))


def _lrs(settings: Settings, lrs: Lrs, now: Callable[[], datetime]) -> LrsFacts:
    """Ask an LRS which versions it speaks, then for its newest statement."""
    authority = _attempt(lambda: settings.lrs_authority(lrs))
    if isinstance(authority, ParcoursError):
        return LrsFacts(lrs, None, authority)
    headers = {"X-Experience-API-Version": lrs.version, "Accept": "application/json"}
    about = visit(lrs.adresse, "/about", now, headers, authority=authority, proxy=lrs.mandataire)
    if about.fault is not None:
        return LrsFacts(lrs, about, None)
    client = _attempt(lambda: lrs_client(settings, lrs, attempts=2))
    if isinstance(client, ParcoursError):
        return LrsFacts(lrs, about, client)
    with closing(client):
        try:
            return LrsFacts(lrs, about, probe(client))
        except XapiError as fault:
            return LrsFacts(lrs, about, fault)


def _mail(settings: Settings, courrier: Courrier) -> MailFacts:
    said = _attempt(lambda: Postman.of(settings, courrier).greet())
    return MailFacts(courrier, said if isinstance(said, ParcoursError) else None)


def _ledger(dsn: str) -> LedgerFacts:
    state = _attempt(lambda: ledger_state(dsn))
    if state != "current":
        return LedgerFacts(state, {})
    ledger = _attempt(lambda: open_as_kept(dsn))
    if isinstance(ledger, ParcoursError):
        return LedgerFacts(ledger, {})
    found: dict[str, tuple[str, ...]] = {}
    try:
        with ledger.read() as connection:
            rows = connection.execute(sa.select(session.c.circonscription, session.c.code).order_by(session.c.code))
            for uai, code in rows:
                found[uai] = (*found.get(uai, ()), code)
            night = last_night(connection)
    finally:
        ledger.close()
    return LedgerFacts(state, found, (night[0], night[1]["code"]) if night else None)


def _folder(path: Path, secrets: tuple[SecretFile, ...]) -> FolderFacts:
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    return FolderFacts(path, _mode(path), shutil.disk_usage(there).free, secrets)


def _secrets(settings: Settings) -> tuple[SecretFile, ...]:
    named = [
        (
            settings.folder / site.jeton_fichier,
            _("jeton de {adresse}", adresse=site.adresse),
            lambda site=site: settings.moodle_token(site),
        )
        for site in settings.moodle
        if site.jeton_fichier is not None
    ]
    named += [
        (
            settings.folder / lrs.fichier,
            _("secret de {adresse}", adresse=lrs.adresse),
            lambda lrs=lrs: settings.lrs_secret(lrs),
        )
        for lrs in settings.lrs
    ]
    found = []
    for path, purpose, read in named:
        said = _attempt(read)
        found.append(SecretFile(path, purpose, _mode(path), said if isinstance(said, ParcoursError) else None))
    return tuple(found)


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None
