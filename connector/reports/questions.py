"""The questions that reports answer, whoever asks: a command, the night, a web page. The scope is theirs to give."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.language import _
from connector.ledger.instants import PARIS
from connector.obligation.dossier import find_teacher
from connector.obligation.policy import LocalRules
from connector.reports.academie import read_academie
from connector.reports.listing import dated, explained, read_listing
from connector.reports.people import Wanted, read_rows
from connector.reports.releve import read_releve
from connector.reports.report import About
from connector.reports.session import read_session
from scenarios.calendar import timezone_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from connector.ledger.scope import Scope
    from connector.reports.academie import AcademieReport
    from connector.reports.listing import Listing
    from connector.reports.releve import Releve
    from connector.reports.report import Kind
    from connector.reports.session_model import SessionReport
    from connector.settings import Settings
    from scenarios.calendar import SchoolYear


def circonscription(
    connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear, uai: str, *, details: bool
) -> Listing:
    """Return the teachers of a circonscription; no row where there is nothing to see.

    With `details`, each has what explains their figures, which an HTML page unfolds. ConfigError where the
    circonscription is not declared.
    """
    known = settings.circonscription(uai)
    wanted = Wanted(str(year), circonscription=uai)
    about = _about("circonscription", uai, known.nom, year, known.academie)
    return _listing(connection, settings, scope, wanted, about, known.academie, details=details)


def ecole(
    connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear, uai: str, *, details: bool
) -> Listing:
    """Return the teachers of a school; no row where there is nothing to see."""
    wanted = Wanted(str(year), ecole=uai)
    one = read_rows(connection, scope, wanted, limit=1)
    academie = _academie_of(settings, one[0].circonscription) if one else None
    about = _about("ecole", uai, one[0].ecole if one else uai, year, academie)
    return _listing(connection, settings, scope, wanted, about, academie, details=details)


def everybody(
    connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear, *, details: bool
) -> Listing:
    """Return all the teachers of the scope; the periods are told where all circonscriptions are of one académie.

    The alerts that depend on the day are left out: for a nation, they would cost as much as all the rest.
    """
    academies = {known.academie for known in settings.circonscriptions}
    academie = academies.pop() if len(academies) == 1 else None
    about = _about("tous", "tous", _("Tous les enseignants"), year, academie)
    return _listing(connection, settings, scope, Wanted(str(year)), about, academie, details=details)


def enseignant(connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear, who: str) -> Releve:
    """Return the relevé of `who`; UnknownTeacherError for nobody in the scope, DataError without a balance."""
    found = find_teacher(connection, who, year, scope)
    rows = read_rows(connection, scope, Wanted(str(year), identifiant=found.identifiant))
    academie = _academie_of(settings, rows[0].circonscription) if rows else None
    about = _about("enseignant", found.identifiant, f"{found.prenom} {found.nom}", year, academie)
    return read_releve(connection, scope, about, LocalRules.of(settings), academie)


def session(connection: sa.Connection, scope: Scope, code: str) -> SessionReport | None:
    """Return a session with those of its people whom the scope shows; None where the scope opens none of that code."""
    return read_session(connection, scope, code)


def academie(
    connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear, nom: str
) -> AcademieReport | None:
    """Return the aggregates of an académie of the vocabulary; None where there is nothing to see."""
    names = {known.uai: known.nom for known in settings.circonscriptions}
    return read_academie(connection, scope, _about("academie", nom, nom, year, nom), names)


def _listing(
    connection: sa.Connection,
    settings: Settings,
    scope: Scope,
    wanted: Wanted,
    about: About,
    academie: str | None,
    *,
    details: bool,
) -> Listing:
    local = LocalRules.of(settings)
    found = read_listing(connection, scope, wanted, about, academie)
    if about.kind != "tous":
        found = dated(connection, found, scope, wanted, local)
    return explained(connection, found, scope, wanted, local) if details else found


def _about(kind: Kind, code: str, nom: str, year: SchoolYear, academie: str | None) -> About:
    return About(kind, code, nom, str(year), datetime.now(timezone_of(academie) if academie else PARIS))


def _academie_of(settings: Settings, circonscription: str) -> str | None:
    return next((known.academie for known in settings.circonscriptions if known.uai == circonscription), None)
