"""One person's data (RGPD, article 15): everything that the ledger holds of them, table by table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from connector.language import N_, _
from connector.ledger import schema
from connector.ledger.erasure import held
from connector.ledger.instants import PARIS
from connector.ledger.schema import MAX_US, MIN_US
from connector.reports.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.ledger.erasure import Person
    from connector.reports.table import Kind, Value


class Part(NamedTuple):
    """One table of the export: `key` in JSON, a title, and the rows with the names of their columns."""

    key: str
    title: str
    rows: sa.Select[Any]


def parts(person: Person) -> tuple[Part, ...]:
    """Return all that is asked of the ledger about a person."""
    return (*_who(person), *_sessions(person), *_counted(person), *_elsewhere(person))


def tables(connection: sa.Connection, person: Person) -> dict[str, Table]:
    """Return the tables of an export, by key; those that are empty too: nothing is an answer."""
    return {part.key: _table(part, connection.execute(part.rows)) for part in parts(person)}


def _who(person: Person) -> Iterator[Part]:
    teacher, service, key = schema.teacher, schema.service, schema.teacher_key
    yield Part("identite", _("Identité"), _of(teacher, teacher.c.id == person.teacher_id, "identifiant nom prenom"))
    fields = "uai ecole circonscription departement academie degre situation quotite debut fin imputation_min"
    yield Part("services", _("Périodes de service"), _of(service, _theirs(service, person), fields))
    fields = "kind value main source since_us until_us"
    yield Part(
        "noms", _("Courriels et comptes sous lesquels vous êtes reconnu"), _of(key, _theirs(key, person), fields)
    )
    yield Part("adresses", _("Adresses"), _of(schema.mailbox, _theirs(schema.mailbox, person), "email main"))
    account, fields = schema.moodle_account, "site userid username email first_seen_us last_seen_us"
    yield Part("comptes_moodle", _("Comptes Moodle"), _of(account, held(person.teacher_id), fields))


def _sessions(person: Person) -> Iterator[Part]:
    for key, title, table, fields in (
        ("sessions_suivies", _("Sessions qui vous inscrivent"), schema.participant, "email groupe origine cadre"),
        ("sessions_animees", _("Sessions dont vous êtes formateur"), schema.trainer, "email role"),
    ):
        listed = _of(table, table.c.email.in_(person.emails), f"code {fields}")
        about = schema.session.c["titre", "annee_scolaire", "debut", "fin"]
        yield Part(key, title, listed.add_columns(*about).join(schema.session, schema.session.c.code == table.c.code))
    evidence, said = schema.evidence, schema.resolution
    fields = "statement_id kind state timestamp_us stored_us source actor_value object_id motif auteur sha256"
    found = _of(evidence, said.c.teacher_id == person.teacher_id, fields)
    found = found.add_columns(*said.c["code", "activity_id", "slot_id", "status", "reason"])
    found = found.join(said, said.c.evidence_id == evidence.c.id).order_by(evidence.c.timestamp_us)
    yield Part("declarations", _("Ce qui a été fait : déclarations et décisions retenues"), found)


def _counted(person: Person) -> Iterator[Part]:
    for key, title, table in (
        ("lignes", _("Lignes de crédit"), schema.line),
        ("bilans", _("Bilans par année scolaire"), schema.balance),
        ("contestations", _("Lignes contestées"), schema.contestation),
        ("disparues", _("Achèvements que Moodle n'a plus"), schema.lost),
        ("accompagnements", _("Accompagnements notés par vos formateurs"), schema.accompagnement),
        ("pacte", _("Missions du pacte"), schema.pacte_mission),
        ("pacte_heures", _("Heures du pacte"), schema.pacte_hours),
    ):
        fields = " ".join(column.name for column in table.c if column.name not in {"teacher_id", "regles"})
        yield Part(key, title, _of(table, _theirs(table, person), fields))


def _elsewhere(person: Person) -> Iterator[Part]:
    for key, title, table in (
        ("gaia_stages", _("Stages dans GAIA"), schema.gaia_stagiaire),
        ("gaia_interventions", _("Interventions dans GAIA"), schema.gaia_intervenant),
    ):
        fields = " ".join(column.name for column in table.c)
        yield Part(key, title, _of(table, table.c.email.in_(person.emails), fields))
    for key, title, table, fields in (
        ("mot_de_passe", _("Mot de passe du tableau (son empreinte n'est pas donnée)"), schema.password, "changed_us"),
        ("connexions", _("Connexions ouvertes au tableau"), schema.web_session, "opened_us seen_us"),
        ("liens", _("Liens personnels en cours"), schema.entry_link, "expires_us"),
    ):
        yield Part(key, title, _of(table, table.c.identifiant.in_(person.words), f"identifiant {fields}"))
    noted, fields = schema.accompagnement, "jour modalite minutes partage at_us"
    written = _of(noted, noted.c.auteur.in_(person.words), fields).order_by(noted.c.id)
    yield Part("accompagnements_notes", _("Accompagnements que vous avez notés"), written)
    yield from _needs(person)
    journal = schema.journal
    named = sa.or_(journal.c.subject.in_(person.words), journal.c.author.in_(person.words))
    found = _of(journal, named, "at_us author action subject detail").order_by(journal.c.id)
    yield Part("journal", _("Journal : ce que vous avez fait, ce qui a été fait ou lu à votre sujet"), found)


def _needs(person: Person) -> Iterator[Part]:
    need, named = schema.need, schema.need_person
    fields = "id annee_scolaire uai cycle theme precision_libre author at_us withdrawn_by withdrawn_us"
    about = _of(need, _theirs(named, person), fields).join(named, named.c.need_id == need.c.id)
    yield Part("besoins", _("Besoins de formation qui vous nomment"), about)
    wrote = sa.or_(need.c.author.in_(person.words), need.c.withdrawn_by.in_(person.words))
    yield Part("besoins_saisis", _("Besoins de formation que vous avez saisis ou retirés"), _of(need, wrote, fields))


def _theirs(table: sa.Table, person: Person) -> sa.ColumnElement[bool]:
    return table.c.teacher_id == person.teacher_id


def _of(table: sa.Table, which: sa.ColumnElement[bool], fields: str) -> sa.Select[Any]:
    return sa.select(*table.c[tuple(fields.split())]).select_from(table).where(which)


def _table(part: Part, rows: sa.CursorResult[Any]) -> Table:
    names = tuple(rows.keys())
    columns = tuple(
        Column(_key(name), _(TITLES.get(name) or _key(name).replace("_", " ").capitalize()), _kind(name))
        for name in names
    )
    cells = (tuple(_cell(name, value) for name, value in row.items()) for row in rows.mappings())
    return Table(part.title, columns, tuple(cells))


def _kind(name: str) -> Kind:
    if name == "quotite":
        return "percent"
    return "minutes" if name.endswith("_min") or name.startswith("minutes") else "text"


def _key(name: str) -> str:
    return name.removesuffix("_us")


def _cell(name: str, value: Any) -> Value:
    """Return a value as tables have them: instants in Paris, hashes in hexadecimal, lists as tuples."""
    if name.endswith("_us"):
        return local_instant(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, list):
        return tuple(map(str, value))
    if isinstance(value, dict):
        return tuple(_("{champ} : {valeur}", champ=key, valeur=said) for key, said in value.items() if said is not None)
    return value if value is None or isinstance(value, int | date) else str(value)


def local_instant(at_us: int | None) -> datetime | None:
    """Return an instant in Paris, to the second; None for an open bound."""
    if at_us is None or at_us in {MIN_US, MAX_US}:
        return None
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).astimezone(PARIS)


TITLES: Mapping[str, str] = {
    "academie": N_("Académie"),
    "action": N_("Action"),
    "activity_id": N_("Activité"),
    "actor_value": N_("Nom dans la déclaration"),
    "animation_min": N_("Animation pédagogique"),
    "annee_scolaire": N_("Année scolaire"),
    "at_us": N_("Quand"),
    "author": N_("Par qui"),
    "changed_us": N_("Changé"),
    "cmid": N_("Module Moodle"),
    "code": N_("Session"),
    "course_id": N_("Cours Moodle"),
    "debut": N_("Début"),
    "decision": N_("Décision"),
    "degre": N_("Degré"),
    "departement": N_("Département"),
    "detail": N_("Détail"),
    "distance_min": N_("Distance"),
    "due_min": N_("Dû"),
    "ecole": N_("École"),
    "email": N_("Adresse"),
    "etat": N_("État"),
    "expires_us": N_("Expire"),
    "fc_requis_min": N_("Formation continue requise"),
    "first_seen_us": N_("Vu d'abord"),
    "formation_continue_min": N_("Formation continue"),
    "imputation_min": N_("Imputation"),
    "instant_us": N_("Quand"),
    "kind": N_("Genre"),
    "last_seen_us": N_("Vu en dernier"),
    "main": N_("Principal"),
    "minutes_prevues": N_("Minutes prévues"),
    "modalite": N_("Modalité"),
    "object_id": N_("Objet"),
    "opened_us": N_("Ouverte"),
    "prenom": N_("Prénom"),
    "presence_min": N_("Présence"),
    "quotite": N_("Quotité"),
    "reason": N_("Raison"),
    "reste_min": N_("Reste"),
    "retenu_min": N_("Retenu"),
    "role": N_("Rôle"),
    "seen_us": N_("Vue en dernier"),
    "sha256": N_("SHA-256 de la déclaration"),
    "since_us": N_("Depuis"),
    "site": N_("Site Moodle"),
    "slot_id": N_("Créneau"),
    "source": N_("Source"),
    "state": N_("Dit"),
    "statement_id": N_("Déclaration"),
    "status": N_("Rattachement"),
    "stored_us": N_("Reçue"),
    "subject": N_("Sujet"),
    "table_name": "Table",
    "theme": N_("Thème"),
    "timestamp_us": N_("Date"),
    "uai": N_("UAI"),
    "until_us": N_("Jusqu'à"),
    "userid": N_("Numéro"),
    "username": N_("Nom d'utilisateur"),
    "value": N_("Valeur"),
    "withdrawn_by": N_("Retiré par"),
    "withdrawn_us": N_("Retiré"),
}
"""What a column is called, where its name does not say it well."""
