"""The types of the authors' fields: each reads what YAML holds (text) or what Python gives, and refuses in French."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeGuard

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from scenarios.calendar import RelativeDay, SchoolYear
from scenarios.durations import parse_duration
from scenarios.language import N_, _
from scenarios.vocabularies import ACADEMIES, COLLECTIONS, CYCLES, ORIGINES, PUBLICS, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED = "parcours_refused"
"""Type of the pydantic errors whose sentence is already ours (in the context, under `phrase`)."""

LINE_MAX = 250
MARKDOWN_MAX = 100_000
UAI_KEYS = "ABCDEFGHJKLMNPRSTUVWXYZ"

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_INTEGER = re.compile(r"[0-9]{1,9}", re.ASCII)
_PERCENT = re.compile(r"([0-9]{1,3}) ?%?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", re.ASCII)
_UAI = re.compile(r"([0-9]{7})([A-Za-z])", re.ASCII)
_MATRICULE = re.compile(r"([0-9]{2}_[A-Z0-9-]{1,20}_[A-Z0-9-]{1,15})_([0-9]\.[0-9])", re.ASCII)

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What no name nor title holds: databases and sites have no room for it."""


def refusal(sentence: str) -> PydanticCustomError:
    """Return the error to raise in a validator: `sentence` reaches the author as it is."""
    return PydanticCustomError(REFUSED, "{phrase}", {"phrase": sentence})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refusal(_("un texte est attendu ici"))
    if not value.strip():
        raise refusal(_("ce texte est vide"))
    return value


def _line(value: object) -> str:
    text = _text(value).strip()
    if len(text) > LINE_MAX:
        raise refusal(
            _("texte trop long : {nombre} caractères, au plus {line_max}", nombre=len(text), line_max=LINE_MAX)
        )
    if any(character in text for character in "\n\r\t"):
        raise refusal(_("ce texte doit tenir sur une seule ligne"))
    if CONTROL.search(text):
        raise refusal(_("ce texte contient un caractère de contrôle, invisible"))
    return text


def is_line(text: str | None) -> TypeGuard[str]:
    """Tell whether `Ligne` takes a text; where it does not, its refusal is told and nothing else is said of it."""
    return text is not None and 0 < len(text) <= LINE_MAX and CONTROL.search(text) is None


def _markdown(value: object) -> str:
    text = _text(value)
    if len(text) > MARKDOWN_MAX:
        raise refusal(
            _(
                "texte trop long : {nombre} caractères, au plus {markdown_max} ; mettez-le dans un fichier",
                nombre=len(text),
                markdown_max=MARKDOWN_MAX,
            )
        )
    return text


def _pattern(form: str, sentence: str) -> Callable[[object], str]:
    compiled = re.compile(form, re.ASCII)

    def check(value: object) -> str:
        text = _line(value)
        if not compiled.fullmatch(text):
            raise refusal(_("« {text} » : {sentence}", text=text, sentence=_(sentence)))
        return text

    return check


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in {"true", "false"}:
        return value == "true"
    raise refusal(_("écrivez « true » (oui) ou « false » (non)"))


def _integer(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    raise refusal(_("un nombre entier, sans signe, est attendu ici"))


def parse_percent(value: object) -> int:
    """Return a whole percentage between 1 and 100, from `50%`, `50 %`, `50` or 50; refuse in French."""
    found = _PERCENT.fullmatch(str(value)) if isinstance(value, str | int) else None
    if found is None or not 1 <= int(found[1]) <= 100:
        raise refusal(_("un pourcentage entier de 1 à 100 est attendu ici, par exemple « 50% »"))
    return int(found[1])


def _duration(value: object) -> int:
    try:
        return parse_duration(value)  # type: ignore[arg-type]  # it refuses every other type itself
    except ValueError as exc:
        raise refusal(str(exc)) from None


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise refusal(_("la date « {value} » n'existe pas", value=value)) from None
    raise refusal(_("une date est attendue ici, par exemple « 2026-10-05 »"))


def _instant(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)  # local to the académie: `prepare` gives the zone
        except ValueError:
            raise refusal(_("la date et l'heure « {value} » n'existent pas", value=value)) from None
    raise refusal(_("une date et une heure locales sont attendues ici, par exemple « 2026-10-07T13:30 »"))


def _relative(value: object) -> RelativeDay:
    if isinstance(value, RelativeDay):
        return value
    found = RelativeDay.parse(value) if isinstance(value, str) else None
    if found is None:
        raise refusal(_("un délai après le début de la session est attendu ici, par exemple « J+21 »"))
    return found


def _deadline(value: object) -> date | RelativeDay:
    if isinstance(value, str) and value.startswith("J"):
        return _relative(value)
    if isinstance(value, RelativeDay):
        return value
    try:
        return _day(value)
    except PydanticCustomError as exc:
        raise refusal(_("{sentence}, ou « J+41 »", sentence=exc.message())) from None


def _email(value: object) -> str:
    text = _line(value)
    if not _EMAIL.fullmatch(text):
        raise refusal(_("« {text} » n'est pas une adresse électronique", text=text))
    return text.lower()


def _https(value: object) -> str:
    text = _line(value)
    host = text.removeprefix("https://")
    if host == text or not re.match(r"[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]+)?(?:[/?#]|$)", host) or " " in text:
        raise refusal(_("« {text} » : une adresse complète qui commence par « https:// » est attendue ici", text=text))
    return text


def uai(value: object) -> str:
    """Return a UAI in capitals; refuse one whose key letter is not that of its digits."""
    text = _line(value)
    found = _UAI.fullmatch(text)
    if not found:
        raise refusal(
            _("« {text} » n'est pas un UAI : sept chiffres et une lettre, par exemple « 0693456G »", text=text)
        )
    expected = UAI_KEYS[int(found[1]) % 23]
    if found[2].upper() != expected:
        raise refusal(_("UAI « {text} » : la lettre de contrôle devrait être {expected}", text=text, expected=expected))
    return text.upper()


def _matricule(value: object) -> str:
    text = _line(value)
    if not _MATRICULE.fullmatch(text):
        raise refusal(
            _(
                "matricule « {text} » : la forme est AA_CODE_INTITULE_VERSION, l'intitulé sur 15 "
                "caractères au plus, en capitales sans accent ; par exemple « 26_ACA10_CALCMENTAL_1.0 »",
                text=text,
            )
        )
    return text


def _school_year(value: object) -> str:
    try:
        return str(SchoolYear.parse(_line(value)))
    except ValueError as exc:
        raise refusal(str(exc)) from None


def _member(vocabulary: Vocabulary) -> Callable[[object], str]:
    def check(value: object) -> str:
        text = _line(value)
        if text not in vocabulary:
            raise refusal(vocabulary.refusal(text))
        return text

    return check


def _schema(**facts: Any) -> WithJsonSchema:
    return WithJsonSchema(facts)


def _of(vocabulary: Vocabulary) -> WithJsonSchema:
    return _schema(type="string", enum=list(vocabulary))


Ligne = Annotated[str, PlainValidator(_line), _schema(type="string", minLength=1, maxLength=LINE_MAX)]
Markdown = Annotated[str, PlainValidator(_markdown), _schema(type="string", minLength=1, maxLength=MARKDOWN_MAX)]
Identifiant = Annotated[
    str,
    PlainValidator(_pattern("[a-z0-9-]{1,40}", N_("1 à 40 lettres minuscules sans accent, chiffres ou tirets"))),
    _schema(type="string", pattern="^[a-z0-9-]{1,40}$"),
]
CodeSession = Annotated[
    str,
    PlainValidator(
        _pattern("[A-Za-z0-9][A-Za-z0-9._-]{0,49}", N_("1 à 50 lettres sans accent, chiffres, points ou tirets"))
    ),
    _schema(type="string", pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$"),
]
Empreinte = Annotated[
    str,
    PlainValidator(
        _pattern("[0-9a-f]{64}", N_("64 chiffres hexadécimaux, tels que « parcours contextualiser » les écrit"))
    ),
    _schema(type="string", pattern="^[0-9a-f]{64}$"),
]
NomGroupe = Annotated[
    str,
    PlainValidator(_pattern("[^/;,~]{1,40}", N_("1 à 40 caractères, sans « / », « ; », « , » ni « ~ »"))),
    _schema(type="string", pattern="^[^/;,~]{1,40}$"),
]
Booleen = Annotated[bool, PlainValidator(_boolean), _schema(type="boolean")]
Entier = Annotated[int, PlainValidator(_integer), _schema(type="integer", minimum=0)]
Pourcentage = Annotated[
    int, PlainValidator(parse_percent), _schema(type=["string", "integer"], pattern="^[0-9]{1,3} ?%?$")
]
Duree = Annotated[
    int,
    PlainValidator(_duration),
    _schema(type=["string", "integer"], pattern="^([0-9]{1,3}h([0-5][0-9])?|[0-9]{1,4}(min)?)$", minimum=0),
]
Jour = Annotated[date, PlainValidator(_day), _schema(type="string", format="date")]
Instant = Annotated[
    datetime, PlainValidator(_instant), _schema(type="string", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$")
]
Delai = Annotated[RelativeDay, PlainValidator(_relative), _schema(type="string", pattern=r"^J\+[0-9]{1,3}$")]
Echeance = Annotated[
    date | RelativeDay,
    PlainValidator(_deadline),
    _schema(type="string", pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|J\+[0-9]{1,3})$"),
]
Courriel = Annotated[str, PlainValidator(_email), _schema(type="string", format="email")]
AdresseHttps = Annotated[str, PlainValidator(_https), _schema(type="string", format="uri", pattern="^https://")]
Uai = Annotated[str, PlainValidator(uai), _schema(type="string", pattern="^[0-9]{7}[A-HJ-NPR-Za-hj-npr-z]$")]
Matricule = Annotated[
    str, PlainValidator(_matricule), _schema(type="string", pattern=_MATRICULE.pattern.join(("^", "$")))
]
AnneeScolaire = Annotated[str, PlainValidator(_school_year), _schema(type="string", pattern="^20[0-9]{2}-20[0-9]{2}$")]
Collection = Annotated[str, PlainValidator(_member(COLLECTIONS)), _of(COLLECTIONS)]
Origine = Annotated[str, PlainValidator(_member(ORIGINES)), _of(ORIGINES)]
Public = Annotated[str, PlainValidator(_member(PUBLICS)), _of(PUBLICS)]
Cycle = Annotated[str, PlainValidator(_member(CYCLES)), _of(CYCLES)]
Academie = Annotated[str, PlainValidator(_member(ACADEMIES)), _of(ACADEMIES)]
