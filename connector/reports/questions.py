"""The questions that reports answer, whoever asks: a command, the night, a web page. The scope is theirs to give."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from connector.errors import ConfigError
from connector.language import _
from connector.ledger import schema
from connector.ledger.instants import PARIS, now
from connector.ledger.needs import read_needs
from connector.obligation.dossier import find_teacher
from connector.obligation.policy import LocalRules
from connector.reports.academie import read_academie, read_departement
from connector.reports.boards.design import read_design
from connector.reports.boards.digital import read_digital
from connector.reports.boards.needs import needs_board
from connector.reports.boards.network import read_network
from connector.reports.boards.statistics import read_statistics
from connector.reports.boards.trainer import find_trainer, read_trainer
from connector.reports.coverage import read_coverage
from connector.reports.listing import applying, dated, explained, read_listing
from connector.reports.people import Wanted, read_rows
from connector.reports.releve import read_releve
from connector.reports.report import About
from connector.reports.session import read_session
from scenarios.calendar import timezone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from connector.ledger.scope import Scope
    from connector.reports.academie import AcademieReport
    from connector.reports.boards.model import Board
    from connector.reports.coverage import Answering
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


def conception(connection: sa.Connection, scope: Scope, code: str) -> Board | None:
    """Return what a designer may know of a session; None where the scope opens none of that code."""
    found = connection.execute(schema.session.select().where(schema.session.c.code == code, scope.sessions()))
    row = found.one_or_none()
    if row is None:
        return None
    made_at = now(ZoneInfo(row.fuseau))
    return read_design(connection, About("conception", code, row.titre, row.annee_scolaire, made_at))


def academie(
    connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear, nom: str
) -> AcademieReport | None:
    """Return the aggregates of an académie of the vocabulary; None where there is nothing to see."""
    return read_academie(connection, scope, _about("academie", nom, nom, year, nom), _names(settings))


def departement(
    connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear, code: str
) -> AcademieReport | None:
    """Return the rows of a département in the report of its académie; None where there is nothing to see."""
    about = _about("departement", code, _("Département {code}", code=code), year, None)
    return read_departement(connection, scope, about, _names(settings))


def formateur(connection: sa.Connection, scope: Scope, year: SchoolYear, who: str) -> Board | None:
    """Return the activity report of a trainer, by an address or an identifiant; None where there is nothing to see."""
    found = find_trainer(connection, who)
    return read_trainer(connection, scope, _about("formateur", found.code, found.nom, year, None), found)


def reseau(connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear, nom: str) -> Board | None:
    """Return the schools of a network; None where there is nothing to see, ConfigError where it is not declared."""
    network = settings.network(nom)
    return read_network(connection, scope, _about("reseau", nom, nom, year, None), network, _names(settings))


def numerique(
    connection: sa.Connection,
    settings: Settings,
    scope: Scope,
    year: SchoolYear,
    network: str | None,
    theme: str | None = None,
    domains: Mapping[str, str] = MappingProxyType({}),
) -> Board | None:
    """Return what is done at a distance in the scope, in a network of it or in a theme; None for nothing to see.

    `domains` gives parcours their theme, by matricule without its version.

    ConfigError for a network and a theme together: so fine a sum would tell of people.
    """
    if network and theme:
        raise ConfigError(_("Un réseau, ou un thème : les deux ensemble distingueraient des personnes."))
    ecoles = settings.network(network).ecoles if network else None
    part = network or theme
    named = network or (_(theme) if theme else "")
    title = _("Le numérique, {partie}", partie=named) if part else _("Le numérique")
    about = _about("numerique", f"numerique-{part}" if part else "numerique", title, year, None)
    return read_digital(connection, scope, Wanted(str(year), ecoles=ecoles), about, _names(settings), domains, theme)


def statistiques(connection: sa.Connection, settings: Settings, scope: Scope, year: SchoolYear) -> Board | None:
    """Return the statistics of the sessions of the scope; None where there is nobody to see."""
    about = _about("statistiques", "statistiques", _("Statistiques de formation"), year, None)
    return read_statistics(connection, scope, about, settings.etablissements.prives)


def besoins(
    connection: sa.Connection,
    settings: Settings,
    scope: Scope,
    year: SchoolYear,
    circonscription: str | None,
    answering: Answering,
) -> Board | None:
    """Return the training needs of the scope, or of a circonscription of it, and their coverage; None for none.

    ConfigError where the circonscription is not declared.
    """
    needs = read_needs(connection, scope, str(year), circonscription)
    title, code = _("Besoins de formation"), "besoins"
    if circonscription:
        nom = settings.circonscription(circonscription).nom
        title, code = _("Besoins de formation, {nom}", nom=nom), f"besoins-{circonscription}"
    about = _about("besoins", code, title, year, None)
    found = read_coverage(connection, scope, str(year), needs, answering(needs))
    return needs_board(about, found) if needs else None


def _names(settings: Settings) -> dict[str, str]:
    return {known.uai: known.nom for known in settings.circonscriptions}


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
        found = applying(connection, dated(connection, found, scope, wanted, local), scope, wanted)
    return explained(connection, found, scope, wanted, local) if details else found


def _about(kind: Kind, code: str, nom: str, year: SchoolYear, academie: str | None) -> About:
    return About(kind, code, nom, str(year), now(timezone_of(academie) if academie else PARIS))


def _academie_of(settings: Settings, circonscription: str) -> str | None:
    return next((known.academie for known in settings.circonscriptions if known.uai == circonscription), None)
