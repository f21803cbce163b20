"""The configuration, `parcours.toml` of the data folder (FORMATS.md section 6): read whole, refused whole.

Every section of the published format is checked, those that only some commands use included. A secret is never in the
file: it is read, when a command needs it, from a file beside it or from the environment.
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field, PrivateAttr, SecretStr, ValidationError

from connector.addresses import normalise
from connector.errors import ConfigError
from connector.language import _
from connector.settings.local import Derogation, Politique
from connector.settings.schools import Etablissements, Reseau
from connector.settings.secrets import read_authority, read_secret
from connector.settings.sections import (
    Acces,
    Base,
    Circonscription,
    Conservation,
    Courrier,
    Interface,
    Lrs,
    MoodleSite,
    Nuit,
    Rgpd,
    Section,
    Sessions,
)
from connector.settings.wording import sentences, toml_error
from connector.system_words import why

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = "parcours.toml"
TOKEN_VARIABLE = "PARCOURS_MOODLE_JETON"  # noqa: S105 - the name of a variable, not a secret


class Settings(Section):
    """The whole configuration of a data folder; an absent file is an empty one."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_alias=True, validate_by_name=False)

    _folder: Path = PrivateAttr(default_factory=Path)
    base: Base = Base()
    conservation: Conservation = Conservation()
    rgpd: Rgpd = Rgpd()
    sessions: Sessions = Sessions()
    moodle: tuple[MoodleSite, ...] = ()
    lrs: tuple[Lrs, ...] = ()
    circonscriptions: tuple[Circonscription, ...] = Field((), alias="circonscription")
    reseaux: tuple[Reseau, ...] = Field((), alias="reseau")
    etablissements: Etablissements = Etablissements()
    acces: tuple[Acces, ...] = ()
    courrier: Courrier | None = None
    nuit: Nuit = Nuit()
    interface: Interface = Interface()
    politiques: tuple[Politique, ...] = Field((), alias="politique")
    derogations: tuple[Derogation, ...] = Field((), alias="derogation")

    @classmethod
    def load(cls, folder: Path) -> Settings:
        """Read `parcours.toml` of the data folder; raise `ConfigError` with every error found, one a line."""
        file = folder / FILE
        document = _document(file)
        try:
            settings = cls.model_validate(document)
        except ValidationError as exc:
            problems = sentences(exc, document, cls)
        else:
            problems = _contradictions(settings)
            if not problems:
                settings._folder = folder  # noqa: SLF001 - our own, set once
                return settings
        raise ConfigError("\n".join(_("{file} : {problem}", file=file, problem=problem) for problem in problems))

    @property
    def folder(self) -> Path:
        """The data folder: what every relative path of the file starts from."""
        return self._folder

    @property
    def dsn(self) -> str:
        """The ledger's database, the file of an embedded one under the data folder."""
        return self.database(self.base.dsn)

    @property
    def dsn_brut(self) -> str:
        """The embedded LRS's database, likewise."""
        return self.database(self.base.dsn_brut)

    def database(self, dsn: str) -> str:
        """Return a DSN as `parcours.toml` means it: the file of SQLite starts from the data folder."""
        prefix = "sqlite:///"
        return f"{prefix}{self._folder / dsn.removeprefix(prefix)}" if dsn.startswith(prefix) else dsn

    @property
    def erasure_key_file(self) -> Path:
        """The file of the key by which erased people are known."""
        return self._folder / self.rgpd.cle_fichier

    def erasure_key(self) -> SecretStr | None:
        """Return that key, None where nobody was erased from here yet; raise `ConfigError` where it cannot be read."""
        file = self.erasure_key_file
        return read_secret(file, _("clé des personnes effacées")) if file.exists() else None

    @property
    def names_file(self) -> Path | None:
        """The file of names of the pseudonymised mode, None in clear."""
        return None if self.base.pseudonymes is None else self._folder / self.base.pseudonymes

    @property
    def session_folders(self) -> tuple[Path, ...]:
        """The folders of session files."""
        return tuple(self._folder / name for name in self.sessions.dossiers)

    def circonscription(self, uai: str) -> Circonscription:
        """Return the circonscription declared under `uai`; raise `ConfigError` when there is none."""
        for known in self.circonscriptions:
            if known.uai == uai:
                return known
        raise ConfigError(
            _("La circonscription {uai} n'est pas déclarée dans {fichier}.", uai=uai, fichier=self._folder / FILE),
            remedy=_('Ajoutez un bloc [[circonscription]] avec uai = "{uai}", son nom et son académie.', uai=uai),
        )

    def network(self, nom: str) -> Reseau:
        """Return the network declared under `nom`; raise `ConfigError` when there is none."""
        for known in self.reseaux:
            if known.nom == nom:
                return known
        names = ", ".join(_("« {nom} »", nom=known.nom) for known in self.reseaux)
        raise ConfigError(
            _("Le réseau « {nom} » n'est pas déclaré dans {fichier}.", nom=nom, fichier=self._folder / FILE),
            remedy=_("Connus : {names}.", names=names)
            if names
            else _('Ajoutez un bloc [[reseau]] avec son nom et ecoles = ["…"], les UAI de ses écoles.'),
        )

    def access(self, identifiant: str) -> Acces | None:
        """Return the role and scope given to somebody, if any were."""
        return next((person for person in self.acces if person.identifiant == identifiant), None)

    def validation(self, uai: str, school_year: str) -> Literal["achevement", "attestation"]:
        """Return how the sessions of a circonscription that say nothing are validated in a school year."""
        of_both = (one for one in self.politiques if (one.circonscription, one.annee_scolaire) == (uai, school_year))
        policy = next(of_both, None)
        return policy.validation if policy else "achevement"

    def moodle_site(self, address: str | None = None) -> MoodleSite:
        """Return the site at `address`, or the only one declared; raise `ConfigError` when there is no such site."""
        if not self.moodle:
            raise ConfigError(
                _("Aucun site Moodle n'est déclaré dans {fichier}.", fichier=self._folder / FILE),
                remedy=_(
                    "Ajoutez un bloc [[moodle]] avec son adresse ; pour essayer sans Moodle : « parcours "
                    "bac-a-sable servir »."
                ),
            )
        if address is None and len(self.moodle) == 1:
            return self.moodle[0]
        known = ", ".join(site.adresse for site in self.moodle)
        if address is None:
            raise ConfigError(
                _("Plusieurs sites Moodle sont déclarés."), remedy=_("Choisissez avec --site : {known}.", known=known)
            )
        wanted = _normal(address)
        for site in self.moodle:
            if site.adresse == wanted:
                return site
        raise ConfigError(
            _("Le site {wanted} n'est pas dans {fichier}.", wanted=wanted, fichier=self._folder / FILE),
            remedy=_("Connus : {known}.", known=known),
        )

    def moodle_token(self, site: MoodleSite) -> SecretStr:
        """Return the site's token; raise `ConfigError` without one.

        The variable wins over the file of the only site declared: of several, it could be another's.
        """
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if site.jeton_fichier is not None and not (token and len(self.moodle) == 1):
            return read_secret(self._folder / site.jeton_fichier, _("jeton de Moodle"))
        if not token:
            raise ConfigError(
                _("Il manque le jeton de {adresse}.", adresse=site.adresse),
                remedy=_(
                    "Donnez « jeton_fichier » dans {file}, ou la variable {token_variable}.",
                    file=FILE,
                    token_variable=TOKEN_VARIABLE,
                ),
            )
        return SecretStr(token)

    def lrs_secret(self, lrs: Lrs) -> SecretStr:
        """Return the password or the token for an LRS; raise `ConfigError` without one."""
        return read_secret(
            self._folder / lrs.fichier, _("secret du LRS") if lrs.jeton_fichier is None else _("jeton du LRS")
        )

    def lrs_authority(self, lrs: Lrs) -> Path | None:
        """Return the file of certificates to trust for an LRS, if it has one; raise `ConfigError` for no such file."""
        if lrs.autorite is None:
            return None
        return read_authority(self._folder / lrs.autorite)

    def mail_secret(self, courrier: Courrier) -> SecretStr | None:
        """Return the secret for the mail server, None where it needs none; raise `ConfigError` without its file."""
        if courrier.secret_fichier is None:
            return None
        return read_secret(self._folder / courrier.secret_fichier, _("secret du serveur de courrier"))


def _document(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(
            _("{file} n'est pas du TOML valide : {toml_error}.", file=file, toml_error=toml_error(str(exc)))
        ) from None
    except (OSError, UnicodeDecodeError) as exc:
        reason = why(exc) if isinstance(exc, OSError) else _("ce n'est pas du texte UTF-8")
        raise ConfigError(_("{file} ne peut pas être lu : {reason}.", file=file, reason=reason)) from None
    except (ValueError, RecursionError):  # more digits, or levels, than Python's reader of TOML has room for
        raise ConfigError(_("{file} tient un nombre ou un niveau démesuré.", file=file)) from None


def _normal(address: str) -> str:
    try:
        return normalise(address)
    except ValueError as exc:
        raise ConfigError(_("« {address} » : {exc}.", address=address, exc=exc)) from None


def _contradictions(settings: Settings) -> list[str]:
    """Return what is wrong between sections that are each well formed."""
    found = [
        *_repeated(
            "[[moodle]]",
            "adresse",
            (address for site in settings.moodle for address in (site.adresse, *site.anciennes_adresses)),
        ),
        *_repeated("[[circonscription]]", "uai", (known.uai for known in settings.circonscriptions)),
        *_repeated("[[reseau]]", "nom", (network.nom for network in settings.reseaux)),
        *_repeated("[[reseau]]", "ecoles", (uai for network in settings.reseaux for uai in network.ecoles)),
        *_repeated("[[acces]]", "identifiant", (person.identifiant for person in settings.acces)),
        *_repeated(
            "[[politique]]",
            _("circonscription et annee_scolaire"),
            (f"{policy.circonscription}, {policy.annee_scolaire}" for policy in settings.politiques),
        ),
        *_repeated(
            "[[derogation]]",
            _("identifiant et annee_scolaire"),
            (f"{one.identifiant}, {one.annee_scolaire}" for one in settings.derogations),
        ),
    ]
    if sum(site.jeton_fichier is None for site in settings.moodle) > 1:
        found.append(
            _(
                "[[moodle]] : un seul site peut se passer de « jeton_fichier », sinon le jeton de l'un "
                "serait envoyé à l'autre."
            )
        )
    if sum(lrs.writes for lrs in settings.lrs) > 1:
        found.append(_("[[lrs]] : un seul LRS peut recevoir des déclarations (« ecriture »)."))
    return found


def _repeated(section: str, key: str, values: Iterable[str]) -> list[str]:
    counted = Counter(values)
    return [
        _("{section} : {key} en double : « {value} ».", section=section, key=key, value=value)
        for value, count in counted.items()
        if count > 1
    ]
