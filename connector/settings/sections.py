"""The sections of `parcours.toml`, one frozen model each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, PlainValidator, TypeAdapter, model_validator

from connector.addresses import is_protected, normalise
from connector.language import Language, _
from scenarios.calendar import timezone_of
from scenarios.fields import Academie, Booleen, Courriel, Ligne, Uai, refusal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAYS = re.compile(r"([0-9]{1,5}) jours?", re.ASCII)
_LONGEST_DELAY = 600
_LAST_PORT = 65535
_MOST_YEARS = 50


def _days(value: object) -> int:
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise refusal(_("un nombre de jours est attendu ici, par exemple « 400 jours »"))
    return int(found[1])


def _years(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_YEARS:
        raise refusal(_("un nombre d'années scolaires est attendu ici, de 1 à {most_years}", most_years=_MOST_YEARS))
    return value


def _address(value: object) -> str:
    try:
        return normalise(value if isinstance(value, str) else "")
    except ValueError as exc:
        raise refusal(str(exc)) from None


def _code(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9_]{1,40}", value, re.ASCII):
        raise refusal(_("un code est attendu ici : lettres minuscules sans accent, chiffres ou « _ »"))
    return value


def _seconds(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _LONGEST_DELAY:
        raise refusal(
            _("un nombre entier de secondes est attendu ici, de 1 à {longest_delay}", longest_delay=_LONGEST_DELAY)
        )
    return value


def _port(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _LAST_PORT:
        raise refusal(_("un numéro de port est attendu ici, de 1 à {last_port}", last_port=_LAST_PORT))
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise refusal(_("un numéro est attendu ici : un nombre entier, à partir de 1"))
    return value


Numero = Annotated[int, PlainValidator(_number)]
Jours = Annotated[int, PlainValidator(_days)]
Annees = Annotated[int, PlainValidator(_years)]
Port = Annotated[int, PlainValidator(_port)]
Secondes = Annotated[int, PlainValidator(_seconds)]
Adresse = Annotated[str, PlainValidator(_address)]
Code = Annotated[str, PlainValidator(_code)]
Role = Literal["operateur", "ien", "formateur", "tuteur", "concepteur", "enseignant"]
ACCOMPANYING: frozenset[Role] = frozenset({"formateur", "tuteur"})
"""The roles that keep a follow-up log."""


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
                _(
                    "« {adresse} » : le secret voyagerait en clair ; écrivez l'adresse en https, ou ajoutez "
                    "« sans_https = true » pour un réseau dont vous répondez",
                    adresse=self.adresse,
                )
            )
        return self


class Base(Section):
    """The ledger's database, and that of the embedded LRS (`dsn_brut`).

    `conservation_brut` is how many days the latter keeps raw statements. With `pseudonymes`, the file of names, both
    hold pseudonyms only.
    """

    dsn: Ligne = "sqlite:///registre.db"
    dsn_brut: Ligne = "sqlite:///lrs.db"
    conservation_brut: Jours = 400
    pseudonymes: Ligne | None = None


class Conservation(Section):
    """How long the ledger keeps things; docs/guide.md gives the source of each default.

    `annees` are whole school years after the current one's start: people, evidence, lines and balances of an older year
    go. `attente` is for what never concerned anybody of the roster, `journal` for who did and read what, `suivi` for
    what trainers noted of the teachers whom they accompany: three years, which is what entering the trade takes.
    """

    annees: Annees = 5
    attente: Jours = 400
    journal: Jours = 365
    suivi: Jours = 1100


class Rgpd(Section):
    """What the processing register says of who answers for it, and the file of the key that knows erased people.

    `base_legale` is a proposal: the controller decides, and the register says so.
    """

    responsable: Ligne | None = None
    contact: Ligne | None = None
    dpo: Ligne | None = None
    base_legale: Ligne = (
        "RGPD, article 6(1)(e) : mission d'intérêt public ; obligations de service, décret n° 2008-775, article 2"
    )
    cle_fichier: Ligne = "cle-rgpd"


class Sessions(Section):
    """Folders of session files, for courses that no plugin describes."""

    dossiers: tuple[Ligne, ...] = ("sessions",)


class Roles(Section):
    """The numbers of a site's roles, as its page of roles has them in its addresses; those of an installation."""

    formateur: Numero = 3
    tuteur: Numero = 4
    participant: Numero = 5


class MoodleSite(_Service):
    """A Moodle site; without `jeton_fichier` its token is in the environment.

    `anciennes_adresses` are those under which statements have named it, or still do. `roles` are what is given without
    the plugin to somebody whose role nobody in the course bears yet. With `creer_comptes`, people of GAIA without an
    account are given one, which the plugin of Moodle named by `authentification` lets in.
    """

    jeton_fichier: Ligne | None = None
    protocole: Literal["rest", "soap"] = "rest"
    anciennes_adresses: tuple[Adresse, ...] = ()
    roles: Roles = Roles()
    creer_comptes: Booleen = False
    authentification: Code = "manual"


class Lrs(_Service):
    """A learning record store; `adresse` without trailing slash.

    Its secret is in `secret_fichier`, for `identifiant` (HTTP basic), or in `jeton_fichier` (a bearer token).
    `autorite` is a file of certificates to trust in place of the machine's, `mandataire` a proxy to go through in
    place of the environment's, `delai` how long to wait for an answer, in seconds.
    """

    identifiant: Ligne | None = None
    secret_fichier: Ligne | None = None
    jeton_fichier: Ligne | None = None
    version: Literal["1.0.3", "2.0.0"] = "1.0.3"
    autorite: Ligne | None = None
    mandataire: Adresse | None = None
    delai: Secondes = 60
    usage: Literal["lecture", "ecriture", "lecture-ecriture"] = "lecture"

    @model_validator(mode="after")
    def _one_way_in(self) -> Lrs:
        if (self.identifiant is None) is not (self.secret_fichier is None):
            raise refusal(_("« identifiant » et « secret_fichier » vont ensemble"))
        if (self.identifiant is None) is (self.jeton_fichier is None):
            raise refusal(
                _("donnez « identifiant » et « secret_fichier », ou bien « jeton_fichier » : l'un des deux, et un seul")
            )
        return self

    @property
    def fichier(self) -> str:
        """The file of the secret, whichever it is."""
        return self.jeton_fichier or self.secret_fichier or ""

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

    `perimetre` holds what the role needs: UAI of circonscriptions for an IEN, e-mail addresses under which a trainer, a
    tutor or a designer is named in sessions, the one identifiant or address of a teacher; where it is empty, the last
    four are their own `identifiant`. An operator sees everything. `accompagne` holds the UAI of circonscriptions and
    schools whose teachers an IEN has entrusted to a trainer or a tutor, beside those of their sessions.
    """

    identifiant: Ligne
    role: Role
    perimetre: tuple[Ligne, ...] = ()
    accompagne: tuple[Uai, ...] = ()

    @model_validator(mode="after")
    def _perimetre_of_the_role(self) -> Acces:
        if self.role == "ien":
            if not self.perimetre:
                raise refusal(_("un IEN a un périmètre : l'UAI d'une circonscription au moins"))
            for uai in self.perimetre:
                TypeAdapter(Uai).validate_python(uai)
        elif self.role == "operateur" and self.perimetre:
            raise refusal(_("un opérateur voit tout : pas de « perimetre » ici"))
        elif self.role == "enseignant" and len(self.perimetre) > 1:
            raise refusal(_("un enseignant ne voit que lui-même : un seul identifiant, ou une seule adresse"))
        if self.accompagne and self.role not in ACCOMPANYING:
            raise refusal(_("« accompagne » se dit d'un formateur ou d'un tuteur, qui tiennent un carnet de suivi"))
        return self


class Courrier(Section):
    """The mail server, and who gets what: the night's summary, its report for each IEN who has an address, reminders.

    Without `expediteur` trainers are not written to: their reminders are in the night's summary.
    """

    serveur: Ligne
    port: Port = 587
    securite: Literal["starttls", "tls", "aucune"] = "starttls"
    identifiant: Ligne | None = None
    secret_fichier: Ligne | None = None
    expediteur: Courriel | None = None
    resume: tuple[Courriel, ...] = ()
    rapports_aux_ien: Booleen = False
    rappels_aux_formateurs: Booleen = True

    @model_validator(mode="after")
    def _whole(self) -> Courrier:
        if (self.identifiant is None) != (self.secret_fichier is None):
            raise refusal(_("« identifiant » et « secret_fichier » vont ensemble"))
        if self.expediteur is None and (self.resume or self.rapports_aux_ien):
            raise refusal(_("« expediteur » manque : l'adresse d'où partent les messages"))
        if self.identifiant is not None and self.securite == "aucune":
            raise refusal(_("le secret voyagerait en clair : « securite » est « starttls » ou « tls »"))
        return self


class Nuit(Section):
    """What the nightly run leaves: the formats of its reports, and the file of its metrics, if any."""

    rapports: tuple[Literal["html", "csv", "xlsx", "ods", "pdf", "json"], ...] = ("html", "csv")
    metriques: Ligne | None = None


class Interface(Section):
    """The language that people are spoken to, where they have not chosen one themselves."""

    langue: Language | None = None
