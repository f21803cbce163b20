"""How a report is asked for: in the scope of whoever asks, every answer and every refusal journalled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import ConfigError, DataError
from connector.obligation.dossier import UnknownTeacherError
from connector.reports import questions
from scenarios.vocabularies import ACADEMIES, perhaps

if TYPE_CHECKING:
    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from connector.reports.academie import AcademieReport
    from connector.reports.listing import Listing
    from connector.reports.releve import Releve
    from connector.reports.session_model import SessionReport
    from connector.settings import Settings
    from scenarios.calendar import SchoolYear


@dataclass(frozen=True)
class Ask:
    """Who asks (`who`), and in which form they want the answer."""

    settings: Settings
    ledger: Ledger
    who: Asker
    form: str

    def circonscription(self, uai: str, year: SchoolYear) -> Listing:
        """Return the teachers of a circonscription; ConfigError where it is not declared or shows nothing."""
        with self.ledger.read() as connection:
            found = questions.circonscription(
                connection, self.settings, self.who.scope, year, uai, details=self._unfolds
            )
        return self._somebody(found, "circonscription", uai, year)

    def ecole(self, uai: str, year: SchoolYear) -> Listing:
        """Return the teachers of a school; ConfigError where it shows nothing."""
        with self.ledger.read() as connection:
            found = questions.ecole(connection, self.settings, self.who.scope, year, uai, details=self._unfolds)
        return self._somebody(found, "ecole", uai, year)

    def everybody(self, year: SchoolYear) -> Listing:
        """Return all the teachers of the scope; ConfigError where it shows nothing."""
        with self.ledger.read() as connection:
            found = questions.everybody(connection, self.settings, self.who.scope, year, details=self._unfolds)
        return self._somebody(found, "tous", "tous", year)

    def teacher(self, named: str, year: SchoolYear) -> Releve:
        """Return the relevé of a teacher; UnknownTeacherError for nobody in the scope."""
        try:
            with self.ledger.read() as connection:
                found = questions.enseignant(connection, self.settings, self.who.scope, year, named)
        except UnknownTeacherError:
            self.who.refuse(self.ledger, named, demande="rapport.enseignant", annee=str(year))
            raise
        self._note("enseignant", found.about.code, year)
        return found

    def session(self, code: str) -> SessionReport:
        """Return a session; DataError where the scope opens none of that code."""
        with self.ledger.read() as connection:
            found = questions.session(connection, self.who.scope, code)
        if found is None:
            self.who.refuse(self.ledger, code, demande="rapport.session")
            where = "connue" if self.who.scope.everything else "de votre périmètre"
            raise DataError(
                f"La session « {code} » n'est pas {where}.", remedy="Vérifiez le code, ou collectez d'abord."
            )
        self._note("session", code, None)
        return found

    def academie(self, nom: str, year: SchoolYear) -> AcademieReport:
        """Return the aggregates of an académie; DataError for an unknown one, ConfigError where it shows nothing."""
        if nom not in ACADEMIES:
            raise DataError(f"L'académie « {nom} » n'est pas connue{perhaps(nom, list(ACADEMIES))}.")
        with self.ledger.read() as connection:
            found = questions.academie(connection, self.settings, self.who.scope, year, nom)
        if found is None:
            raise self._nothing("academie", nom, year)
        self._note("academie", nom, year)
        return found

    @property
    def _unfolds(self) -> bool:
        return self.form == "html"

    def _somebody(self, found: Listing, kind: str, code: str, year: SchoolYear) -> Listing:
        if not found.rows:
            raise self._nothing(kind, code, year)
        self._note(kind, code, year)
        return found

    def _note(self, kind: str, code: str, year: SchoolYear | None) -> None:
        dated = {"annee": str(year)} if year else {}
        self.who.note(self.ledger, f"rapport.{kind}", code, format=self.form, **dated)

    def _nothing(self, kind: str, code: str, year: SchoolYear) -> ConfigError:
        self.who.refuse(self.ledger, code, demande=f"rapport.{kind}", annee=str(year))
        if not self.who.scope.everything:
            return ConfigError(f"Rien de {year} pour {code} dans votre périmètre.", remedy="Vérifiez ce code.")
        return ConfigError(
            f"Aucun bilan de {year} pour {code}.",
            remedy="Importez les personnels, collectez, puis « parcours rapprocher ».",
        )
