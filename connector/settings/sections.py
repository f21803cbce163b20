"""The sections of `parcours.toml`, one frozen model each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter, model_validator

from connector.addresses import is_protected, normalise
from scenarios.calendar import timezone_of
from scenarios.fields import Academie, AnneeScolaire, Booleen, Courriel, Duree, Jour, Ligne, Uai, refusal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAYS = re.compile(r"([0-9]{1,5}) jours?", re.ASCII)


def _days(value: object) -> int:
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise refusal("un nombre de jours est attendu ici, par exemple « 400 jours »")
    return int(found[1])


def _address(value: object) -> str:
    try:
        return normalise(value if isinstance(value, str) else "")
    except ValueError as exc:
        raise refusal(str(exc)) from None


def _code(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9_]{1,40}", value, re.ASCII):
        raise refusal("un code est attendu ici : lettres minuscules sans accent, chiffres ou « _ »")
    return value


Jours = Annotated[int, PlainValidator(_days)]
Adresse = Annotated[str, PlainValidator(_address)]
Code = Annotated[str, PlainValidator(_code)]
Role = Literal["operateur", "ien", "formateur", "tuteur", "enseignant"]


class Section(BaseModel):
    """Base of every section: frozen, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Service(Section):
    """A web service that receives a secret of ours."""

    adresse: Adresse
    sans_https: Booleen = False

    @model_validator(mode="after")
    def _secret_stays_unread(self) -> _Service:
        if not (self.sans_https or is_protected(self.adresse)):
            raise refusal(
                f"« {self.adresse} » : le secret voyagerait en clair ; écrivez l'adresse en https,"
                " ou ajoutez « sans_https = true » pour un réseau dont vous répondez"
            )
        return self


class Base(Section):
    """The ledger's database; `conservation_brut` is how many days the embedded LRS keeps raw statements."""

    dsn: Ligne = "sqlite:///registre.db"
    conservation_brut: Jours = 400


class Sessions(Section):
    """Folders of session files, for courses that no plugin describes."""

    dossiers: tuple[Ligne, ...] = ("sessions",)


class MoodleSite(_Service):
    """A Moodle site; without `jeton_fichier` its token is in the environment."""

    jeton_fichier: Ligne | None = None
    protocole: Literal["rest", "soap"] = "rest"


class Lrs(_Service):
    """A learning record store; `adresse` without trailing slash."""

    identifiant: Ligne
    secret_fichier: Ligne
    usage: Literal["lecture", "ecriture", "lecture-ecriture"] = "lecture"

    @property
    def reads(self) -> bool:
        """Statements are collected from it."""
        return self.usage != "ecriture"

    @property
    def writes(self) -> bool:
        """Statements of ours go to it."""
        return self.usage != "lecture"


class Circonscription(Section):
    """A circonscription; its académie gives the time zone."""

    uai: Uai
    nom: Ligne
    academie: Academie
    courriel: Courriel | None = None

    @property
    def timezone(self) -> ZoneInfo:
        """The académie's time zone."""
        return timezone_of(self.academie)


class Acces(Section):
    """A person who uses the program, and what they may see.

    `perimetre` holds what the role needs: UAI of circonscriptions for an IEN, e-mail addresses under which a trainer or
    a tutor is named in sessions, the one identifiant or address of a teacher; where it is empty, the last three are
    their own `identifiant`. An operator sees everything.
    """

    identifiant: Ligne
    role: Role
    perimetre: tuple[Ligne, ...] = ()

    @model_validator(mode="after")
    def _perimetre_of_the_role(self) -> Acces:
        if self.role == "ien":
            if not self.perimetre:
                raise refusal("un IEN a un périmètre : l'UAI d'une circonscription au moins")
            for uai in self.perimetre:
                TypeAdapter(Uai).validate_python(uai)
        elif self.role == "operateur" and self.perimetre:
            raise refusal("un opérateur voit tout : pas de « perimetre » ici")
        elif self.role == "enseignant" and len(self.perimetre) > 1:
            raise refusal("un enseignant ne voit que lui-même : un seul identifiant, ou une seule adresse")
        return self


class Courrier(Section):
    """The mail server."""

    serveur: Ligne


class Politique(Section):
    """Local policy of one circonscription for one school year; minutes are for a full due."""

    circonscription: Uai
    annee_scolaire: AnneeScolaire
    arrondi: Literal["exact", "module_3h_sup"] = "exact"
    distance_min: Duree | None = None
    themes_min: dict[Literal["mathematiques", "francais", "autre"], Duree] = Field(default_factory=dict)
    validation: Literal["achevement", "attestation"] = "achevement"
    decide_par: Ligne
    decide_le: Jour


class Derogation(Section):
    """A due decided for one teacher and one school year, in minutes, with a neutral reason code."""

    identifiant: Ligne
    annee_scolaire: AnneeScolaire
    du: Duree
    motif: Code
