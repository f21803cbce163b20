"""Attesting a session, for everybody on its list or for some: whom it is about, who may say so, the statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.attendance.declare import YES_NO
from connector.errors import ConfigError, DataError
from connector.language import _
from connector.ledger.schema import evidence, resolution, void
from xapi.emit import attestation
from xapi.names import normalise_email
from xapi.statement import Actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.attendance.directory import Directory
    from connector.settings import Settings
    from scenarios.snapshot import Snapshot
    from xapi.statement import Statement


@dataclass(frozen=True)
class Attested:
    """An attestation, or its withdrawal, as a fact of `declare`; another date is another fact only when `dated`."""

    code: str
    email: str
    at_us: int
    says: bool
    dated: bool
    trainer: str | None

    @property
    def answers(self) -> Sequence[bool]:
        """Attested, or withdrawn."""
        return YES_NO

    def same(self, said: Statement) -> bool:
        """Attesting again without naming a date keeps the first date."""
        return not self.dated or said.timestamp_us == self.at_us

    def unneeded(self) -> bool:
        """There is nothing to withdraw where nothing was attested."""
        return not self.says

    def statement(self, *, says: bool, revision: int) -> dict[str, Any]:
        """Return the statement about the person named by `email`."""
        trainer = Actor("mbox", self.trainer) if self.trainer else None
        who = Actor("mbox", self.email)
        return attestation(who, code=self.code, at_us=self.at_us, attested=says, trainer=trainer, revision=revision)


def check_author(settings: Settings, snapshot: Snapshot, author: str, trainer: str | None) -> str | None:
    """Return the address of the trainer who attests, None where it is the operator; refuse anybody else.

    Whoever holds the data folder is the operator, unless `[[acces]]` gives them another role.
    """
    if snapshot.validation != "attestation":
        raise DataError(
            _(
                "La session {session} se valide par achèvement : elle n'attend pas d'attestation.",
                session=snapshot.code,
            ),
            remedy=_("Pour qu'elle en attende une, publiez-la avec « validation: attestation »."),
            for_operator=True,
        )
    if trainer is not None:
        leading = (one.courriel for one in snapshot.formateurs if one.role == "formateur")
        trainers = sorted(set(map(normalise_email, leading)))
        if normalise_email(trainer) not in trainers:
            known = ", ".join(trainers) or _("aucun")
            raise DataError(
                _("{qui} n'est pas formateur de {session}.", qui=trainer, session=snapshot.code),
                remedy=_("Ses formateurs : {noms}.", noms=known),
            )
        return normalise_email(trainer)
    access = settings.access(author)
    if access is not None and access.role != "operateur":
        raise ConfigError(
            _(
                "« {qui} » a le rôle « {role} » : seul un formateur de la session, ou l'opérateur, peut attester.",
                qui=author,
                role=access.role,
            ),
            remedy=_("Dites quel formateur atteste : --formateur COURRIEL."),
        )
    return None


def people_to_attest(snapshot: Snapshot, named: Sequence[str], people: Directory) -> list[str]:
    """Return the addresses of those named (identifiant or e-mail), or of everybody on the list.

    Somebody of the roster is named by their address on the list, else by their main one. Raises DataError with
    everybody who is not known.
    """
    listed = [normalise_email(one.courriel) for one in snapshot.participants]
    if not named:
        if not listed:
            raise DataError(
                _("La session {session} n'a pas de liste.", session=snapshot.code),
                remedy=_("Nommez les personnes : --enseignant ID."),
            )
        return sorted(set(listed))
    found, unknown, shared = set(), [], []
    for who in named:
        known = people.by_identifiant.get(who) or people.person(who)
        if known is not None and known.addresses:
            found.add(next((email for email in known.addresses if email in listed), known.addresses[0]))
        elif normalise_email(who) in listed:
            found.add(normalise_email(who))
        elif said := _shared(who, people):
            shared.append(said)
        else:
            unknown.append(who)
    if unknown:
        names = ", ".join(_("« {nom} »", nom=who) for who in unknown)
        raise DataError(
            _("Ni dans les personnels ni sur la liste de {session} : {noms}.", session=snapshot.code, noms=names),
            remedy=_("Rien n'a été attesté : donnez l'identifiant ou l'adresse électronique de la personne."),
        )
    if shared:
        raise DataError(
            " ".join(shared),
            remedy=_(
                "Rien n'est enregistré : corrigez le fichier des personnels, puis parcours personnels importer FICHIER"
                " (avec --complet si quelqu'un n'y est plus) ; quelqu'un y est par erreur : parcours personnels retirer"
                " IDENTIFIANT ; ou donnez une autre adresse de la personne dans le fichier."
            ),
            for_operator=True,
        )
    return sorted(found)


def _shared(who: str, people: Directory) -> str:
    """Return the sentence that says with whom somebody shares the address that should name them; empty for nobody."""
    email = normalise_email(who)
    shared = people.shared_with(who) or {one: names for one, names in people.shared.items() if one == email}
    return " ".join(
        _(
            "L'adresse « {adresse} » est celle de plusieurs personnes ({noms}) : elle ne désigne personne.",
            adresse=address,
            noms=", ".join(names),
        )
        for address, names in sorted(shared.items())
    )


def without_trace(connection: sa.Connection, code: str, emails: Sequence[str], people: Directory) -> list[str]:
    """Return those of whom nothing was ever said in the session, as far as the ledger has collected."""
    ids = {email: known.teacher_id for email in emails if (known := people.person(email))}
    alive = ~sa.exists().where(void.c.target_id == evidence.c.statement_id)
    query = (
        sa.select(resolution.c.teacher_id)
        .distinct()
        .join(evidence, evidence.c.id == resolution.c.evidence_id)
        .where(
            resolution.c.code == code, resolution.c.activity_id.is_not(None), resolution.c.status == "resolved", alive
        )
    )
    seen = set(connection.scalars(query))
    return [email for email in emails if ids.get(email) not in seen]
