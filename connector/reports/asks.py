"""How a report is asked for: in the scope of whoever asks, every answer and every refusal journalled."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from connector.errors import ConfigError, DataError
from connector.language import N_, _, speaking
from connector.obligation.dossier import UnknownTeacherError
from connector.reports import questions
from connector.reports.renderings import spoken_in
from scenarios.vocabularies import ACADEMIES, perhaps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from connector.reports.academie import AcademieReport
    from connector.reports.boards.model import Board
    from connector.reports.coverage import Answering
    from connector.reports.listing import Listing
    from connector.reports.releve import Releve
    from connector.reports.report import Report
    from connector.reports.session_model import SessionReport
    from connector.settings import Settings
    from scenarios.calendar import SchoolYear

Found = TypeVar("Found", bound="Report")


@dataclass(frozen=True)
class Ask:
    """Who asks (`who`), and in which form they want the answer."""

    settings: Settings
    ledger: Ledger
    who: Asker
    form: str

    def circonscription(self, uai: str, year: SchoolYear) -> Listing:
        """Return the teachers of a circonscription; ConfigError where it is not declared or shows nothing."""
        with self._reading() as connection:
            found = questions.circonscription(
                connection, self.settings, self.who.scope, year, uai, details=self._unfolds
            )
        return self._somebody(found, "circonscription", uai, year)

    def ecole(self, uai: str, year: SchoolYear) -> Listing:
        """Return the teachers of a school; ConfigError where it shows nothing."""
        with self._reading() as connection:
            found = questions.ecole(connection, self.settings, self.who.scope, year, uai, details=self._unfolds)
        return self._somebody(found, "ecole", uai, year)

    def everybody(self, year: SchoolYear) -> Listing:
        """Return all the teachers of the scope; ConfigError where it shows nothing."""
        with self._reading() as connection:
            found = questions.everybody(connection, self.settings, self.who.scope, year, details=self._unfolds)
        return self._somebody(found, "tous", "tous", year)

    def teacher(self, named: str, year: SchoolYear) -> Releve:
        """Return the relevé of a teacher; UnknownTeacherError for nobody in the scope."""
        try:
            with self._reading() as connection:
                found = questions.enseignant(connection, self.settings, self.who.scope, year, named)
        except UnknownTeacherError:
            self.who.refuse(self.ledger, named, demande="rapport.enseignant", annee=str(year))
            raise
        self._note("enseignant", found.about.code, year)
        return found

    def session(self, code: str) -> SessionReport:
        """Return a session; DataError where the scope opens none of that code."""
        with self._reading() as connection:
            found = questions.session(connection, self.who.scope, code)
        return self._a_session(found, "session", code)

    def conception(self, code: str) -> Board:
        """Return what a designer may know of a session; DataError where the scope opens none of that code."""
        with self._reading() as connection:
            found = questions.conception(connection, self.who.scope, code)
        return self._a_session(found, "conception", code)

    def academie(self, nom: str, year: SchoolYear) -> AcademieReport:
        """Return the aggregates of an académie; DataError for an unknown one, ConfigError where it shows nothing."""
        if nom not in ACADEMIES:
            raise DataError(
                _("L'académie « {nom} » n'est pas connue{peut_etre}.", nom=nom, peut_etre=perhaps(nom, list(ACADEMIES)))
            )
        with self._reading() as connection:
            found = questions.academie(connection, self.settings, self.who.scope, year, nom)
        return self._something(found, "academie", nom, year)

    def departement(self, code: str, year: SchoolYear) -> AcademieReport:
        """Return the aggregates of a département; ConfigError where it shows nothing."""
        with self._reading() as connection:
            found = questions.departement(connection, self.settings, self.who.scope, year, code)
        return self._something(found, "departement", code, year)

    def formateur(self, named: str, year: SchoolYear) -> Board:
        """Return the activity report of a trainer; ConfigError where it shows no session."""
        with self._reading() as connection:
            found = questions.formateur(connection, self.who.scope, year, named)
        return self._something(found, "formateur", named, year)

    def reseau(self, nom: str, year: SchoolYear) -> Board:
        """Return the schools of a network; ConfigError where it is not declared, or shows nothing."""
        with self._reading() as connection:
            found = questions.reseau(connection, self.settings, self.who.scope, year, nom)
        return self._something(found, "reseau", nom, year)

    def numerique(
        self,
        year: SchoolYear,
        network: str | None = None,
        theme: str | None = None,
        domains: Mapping[str, str] = MappingProxyType({}),
    ) -> Board:
        """Return what is done at a distance, in a network, a theme or everywhere; ConfigError for nothing to show."""
        with self._reading() as connection:
            found = questions.numerique(connection, self.settings, self.who.scope, year, network, theme, domains)
        return self._something(found, "numerique", network or theme or "numerique", year)

    def statistiques(self, year: SchoolYear) -> Board:
        """Return the statistics of the scope; ConfigError where it shows nobody."""
        with self._reading() as connection:
            found = questions.statistiques(connection, self.settings, self.who.scope, year)
        return self._something(found, "statistiques", "statistiques", year)

    def besoins(self, year: SchoolYear, circonscription: str | None, answering: Answering) -> Board:
        """Return the training needs of the scope, or of a circonscription; DataError where there is none."""
        with self._reading() as connection:
            found = questions.besoins(connection, self.settings, self.who.scope, year, circonscription, answering)
        where = circonscription or "tous"
        if found is None:
            self.who.refuse(self.ledger, where, demande="rapport.besoins", annee=str(year))
            raise DataError(
                _("Aucun besoin de formation de votre périmètre n'est saisi pour {annee}.", annee=year),
                remedy=_("Saisissez-les : parcours besoins saisir, ou importer."),
            )
        self._note("besoins", where, year)
        return found

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        """Read the ledger in the language of the answer."""
        with speaking(spoken_in(self.form)), self.ledger.read() as connection:
            yield connection

    @property
    def _unfolds(self) -> bool:
        return self.form == "html"

    def _somebody(self, found: Listing, kind: str, code: str, year: SchoolYear) -> Listing:
        if not found.rows:
            raise self._nothing(kind, code, year)
        self._note(kind, code, year)
        return found

    def _something(self, found: Found | None, kind: str, code: str, year: SchoolYear) -> Found:
        if found is None:
            raise self._nothing(kind, code, year)
        self._note(kind, found.about.code, year)
        return found

    def _a_session(self, found: Found | None, kind: str, code: str) -> Found:
        if found is None:
            self.who.refuse(self.ledger, code, demande=f"rapport.{kind}")
            everything = self.who.scope.everything
            known, theirs = (
                N_("La session « {code} » n'est pas connue."),
                N_("La session « {code} » n'est pas de votre périmètre."),
            )
            raise DataError(
                _(known if everything else theirs, code=code), remedy=_("Vérifiez le code, ou collectez d'abord.")
            )
        self._note(kind, code, None)
        return found

    def _note(self, kind: str, code: str, year: SchoolYear | None) -> None:
        dated = {"annee": str(year)} if year else {}
        self.who.note(self.ledger, f"rapport.{kind}", code, format=self.form, **dated)

    def _nothing(self, kind: str, code: str, year: SchoolYear) -> ConfigError:
        self.who.refuse(self.ledger, code, demande=f"rapport.{kind}", annee=str(year))
        if not self.who.scope.everything:
            return ConfigError(
                _("Rien de {annee} pour {code} dans votre périmètre.", annee=year, code=code),
                remedy=_("Vérifiez ce code."),
            )
        return ConfigError(
            _("Aucun bilan de {annee} pour {qui}.", annee=year, qui=code),
            remedy=_("Importez les personnels, collectez, puis « parcours rapprocher »."),
        )
