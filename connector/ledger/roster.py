"""`personnels.csv` (FORMATS.md, section 3) as people: pure, and every error of the file at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha1
from typing import TYPE_CHECKING, Any, NamedTuple

from connector.errors import DataError
from connector.language import _
from connector.ledger.csv_rows import csv_rows
from connector.ledger.roster_cells import FULL_TIME, READERS, printable
from xapi.names import normalise_email

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

COLUMNS = tuple(READERS)

_MAX_BYTES = 64 * 2**20
_SHOWN_ERRORS = 100


class Key(NamedTuple):
    """One way to recognise a person: `kind` is mbox, mbox_sha1sum or account, `value` the normalised form."""

    kind: str
    value: str
    main: bool = False


@dataclass(frozen=True)
class Interval:
    """One row: a service from `debut` to `fin`, both included, either open; `quotite` in thousandths of a percent."""

    uai: str
    ecole: str
    circonscription: str
    departement: str
    academie: str
    degre: str
    situation: str
    quotite: int
    debut: date | None
    fin: date | None
    imputation_min: int


def ordered(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return intervals in the one order that makes equal what says the same."""
    return tuple(sorted(intervals, key=repr))


@dataclass(frozen=True)
class Person:
    """Somebody of the roster: the name of their last row, the keys and the intervals of all of them."""

    identifiant: str
    nom: str
    prenom: str
    keys: frozenset[Key]
    intervals: tuple[Interval, ...]
    """`ordered`, whatever the order of the file."""


@dataclass(frozen=True)
class Roster:
    """What the file `name` says; `lines` are those of each identifiant.

    `warnings` are sentences about what is odd and yet accepted.
    """

    name: str
    people: tuple[Person, ...]
    lines: Mapping[str, tuple[int, ...]] = field(compare=False)
    warnings: tuple[str, ...]


class _Row(NamedTuple):
    line: int
    values: Mapping[str, Any]


def parse_roster(data: bytes, name: str, situations: Collection[str]) -> Roster:
    """Read a roster; `name` is how errors call the file, `situations` the codes that the rules know.

    Raises DataError whose message holds one line per mistake, each with its place; nothing is then to be kept.
    """
    errors: list[str] = []
    rows = [row for line, cells in _records(data, name) if (row := _read(line, cells, name, situations, errors))]
    if not rows and not errors:
        errors.append(_("{name}:1 : le fichier ne contient aucune personne.", name=name))
    if errors:
        hidden = len(errors) - _SHOWN_ERRORS
        shown = errors[:_SHOWN_ERRORS] + ([_("… et {hidden} autres erreurs.", hidden=hidden)] if hidden > 0 else [])
        raise DataError("\n".join(shown), remedy=_("\nRien n'a été importé : corrigez le fichier et recommencez."))
    by_person: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        by_person[row.values["identifiant"]].append(row)
    people = tuple(_person(its_rows) for its_rows in by_person.values())
    warnings = [warning for its_rows in by_person.values() for warning in _overlaps(name, its_rows)]
    lines = {identifiant: tuple(row.line for row in its_rows) for identifiant, its_rows in by_person.items()}
    return Roster(name, people, lines, tuple(warnings))


def _records(data: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    if len(data) > _MAX_BYTES:
        raise DataError(_("{name} : le fichier dépasse 64 Mo.", name=name), remedy=_("Importez-le en plusieurs fois."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise DataError(
            _("{name}:{line} : le fichier n'est pas en UTF-8.", name=name, line=line),
            remedy=_("Dans le tableur, enregistrez-le en « CSV UTF-8 », séparateur point-virgule."),
        ) from exc
    rows = csv_rows(text, name)
    header = [cell.strip() for cell in next((row.cells for row in rows), [])]
    _check_header(header, name)
    for row in rows:
        if any(cell.strip() for cell in row.cells):
            padded = [cell.strip() for cell in row.cells] + [""] * (len(header) - len(row.cells))
            extra = {"": "x"} if len(row.cells) > len(header) else {}
            yield row.first, dict(zip(header, padded, strict=False)) | extra


def _check_header(header: Sequence[str], name: str) -> None:
    missing = [column for column in COLUMNS if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    twice = sorted({column for column in header if header.count(column) > 1})
    problems = [
        _(
            "{name}:1 : {said} : {columns}.",
            name=name,
            said=said,
            columns=", ".join(_("« {column} »", column=column) for column in columns),
        )
        for said, columns in (
            (_("colonnes manquantes"), missing),
            (_("colonnes inconnues"), unknown),
            (_("colonnes en double"), twice),
        )
        if columns
    ]
    if problems:
        raise DataError("\n".join(problems), remedy=_("\nL'en-tête attendu est : {columns}", columns=";".join(COLUMNS)))


def _read(
    line: int, cells: Mapping[str, str], name: str, situations: Collection[str], errors: list[str]
) -> _Row | None:
    values: dict[str, Any] = {}
    found: list[str] = []
    if "" in cells:
        found.append(_("{name}:{line} : la ligne a plus de cases que l'en-tête.", name=name, line=line))
    for column in COLUMNS:
        try:
            values[column] = READERS[column](printable(cells[column]))
        except ValueError as exc:
            found.append(_("{name}:{line} : {column} : {exc}.", name=name, line=line, column=column, exc=exc))
    if cells["situation"] not in situations:
        known = ", ".join(sorted(situations))
        found.append(
            _(
                "{name}:{line} : situation : code inconnu « {situation} » ; codes connus : {known}.",
                name=name,
                line=line,
                situation=cells["situation"],
                known=known,
            )
        )
    debut, fin = values.get("debut"), values.get("fin")
    if debut and fin and fin < debut:
        found.append(
            _("{name}:{line} : fin : elle précède le début ({debut}).", name=name, line=line, debut=debut.isoformat())
        )
    errors.extend(found)
    return None if found else _Row(line, values)


# --- People ----------------------------------------------------------------------------------------------------


def _person(rows: Sequence[_Row]) -> Person:
    last = rows[-1].values
    keys = {key for row in rows for key in _keys(row.values, last["courriel"])}
    intervals = ordered(_interval(row.values) for row in rows)
    return Person(last["identifiant"], last["nom"], last["prenom"], frozenset(keys), intervals)


def _interval(values: Mapping[str, Any]) -> Interval:
    return Interval(**{field: values[field] for field in Interval.__dataclass_fields__})


def _keys(values: Mapping[str, Any], main: str) -> Iterator[Key]:
    for email in (values["courriel"], *values["autres_courriels"]):
        normal = normalise_email(email)
        yield Key("mbox", normal, main=normal == normalise_email(main))
        for digest in email_hashes(email):
            yield Key("mbox_sha1sum", digest)
    for account in values["compte_moodle"]:
        yield Key("account", account)


def email_hashes(email: str) -> set[str]:
    """Return the `mbox_sha1sum` of an address, as it is written and normalised."""
    spellings = {email, normalise_email(email)}
    return {sha1(f"mailto:{spelling}".encode(), usedforsecurity=False).hexdigest() for spelling in spellings}


def _overlaps(name: str, rows: Sequence[_Row]) -> Iterator[str]:
    """Yield one warning for a person whose rows add up to more than a whole service on some day."""
    for row in rows:
        day = row.values["debut"]
        together = [other for other in rows if _in_force(other.values, day)]
        total = sum(other.values["quotite"] for other in together)
        if total > FULL_TIME:
            lines = ", ".join(str(other.line) for other in together)
            since = _("au {day:%d/%m/%Y}", day=day) if day else _("dès l'origine")
            percent = f"{total / 1000:g}".replace(".", ",")
            yield _(
                "{name}:{lines} : les services de {identifiant} font {percent} % {since}.",
                name=name,
                lines=lines,
                identifiant=row.values["identifiant"],
                percent=percent,
                since=since,
            )
            return


def _in_force(values: Mapping[str, Any], day: date | None) -> bool:
    debut, fin = values["debut"], values["fin"]
    if day is None:
        return debut is None
    return (debut is None or debut <= day) and (fin is None or fin >= day)


def shared_keys(roster: Roster, others: Iterable[Person], settled: Collection[tuple[str, str]]) -> Iterator[str]:
    """Yield a warning for each name of somebody in the file that is also somebody else's, there or among `others`.

    Those of which a person has said whose they are, `settled` (kind and value), are nobody else's.
    """
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for person in (*roster.people, *others):
        for key in person.keys:
            if key.kind != "mbox_sha1sum" and (key.kind, key.value) not in settled:
                holders[key.kind, key.value].append(person.identifiant)
    for (_kind, value), names in sorted(holders.items()):
        lines = sorted(line for name in names for line in roster.lines.get(name, ()))
        if len(names) > 1 and lines:
            yield (
                _(
                    "{name}:{lines} : « {value} » désigne plusieurs personnes ({names}) : les déclarations "
                    "faites sous ce nom attendront.",
                    name=roster.name,
                    lines=", ".join(map(str, lines)),
                    value=value,
                    names=", ".join(sorted(names)),
                )
            )
