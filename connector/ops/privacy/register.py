"""The record of processing activities (RGPD, article 30), made from the configuration: what is done here.

What the configuration cannot know (who answers for it, the legal basis) is said by `[rgpd]`, or left to be filled in.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.addresses import is_protected
from connector.language import N_, _, ngettext
from connector.reports.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from connector.settings import Settings
    from connector.settings.sections import Courrier, Role

TO_FILL = N_("À compléter dans [rgpd] de parcours.toml")
_ROLES: Mapping[Role, tuple[str, str]] = {
    "operateur": (N_("Opérateurs"), N_("tout")),
    "ien": (N_("IEN et leurs secrétariats"), N_("les enseignants de leurs circonscriptions")),
    "formateur": (N_("Formateurs"), N_("les personnes de leurs sessions")),
    "tuteur": (N_("Tuteurs"), N_("les personnes de leurs sessions")),
    "concepteur": (N_("Concepteurs"), N_("ce que prévoient leurs sessions, et des totaux masqués")),
    "enseignant": (N_("Enseignants"), N_("eux-mêmes")),
}


def register(settings: Settings) -> dict[str, Table]:
    """Return the record, a table for each thing that article 30 asks for, by key."""
    return {
        "responsable": _said(_("Responsable"), _responsible(settings)),
        "traitement": _said(_("Traitement"), _processing(settings)),
        "donnees": _rows(_("Personnes et données"), (_("Personnes"), _("Données"), _("D'où elles viennent")), _DATA),
        "destinataires": _rows(_("Destinataires"), (_("Qui"), _("Ce qui leur est montré")), _recipients(settings)),
        "durees": _rows(_("Durées de conservation"), (_("Quoi"), _("Durée"), _("Réglage")), _periods(settings)),
        "lieux": _rows(
            _("Où elles sont, où elles vont"), (_("Service"), _("Adresse"), _("Protection")), _places(settings)
        ),
        "securite": _said(_("Mesures de sécurité"), _measures(settings)),
        "droits": _said(_("Droits des personnes"), _RIGHTS),
    }


def _said(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    return _rows(title, (_("Quoi"), _("Ici")), rows)


def _rows(title: str, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    keys = ("quoi", "ici", "reglage")
    columns = tuple(Column(key, name) for key, name in zip(keys, names, strict=False))
    return Table(title, columns, tuple(tuple(map(_, row)) for row in rows))


def _responsible(settings: Settings) -> Iterator[tuple[str, str]]:
    said = settings.rgpd
    yield _("Responsable du traitement"), said.responsable or TO_FILL
    yield _("Contact"), said.contact or TO_FILL
    yield _("Délégué à la protection des données"), said.dpo or TO_FILL


def _processing(settings: Settings) -> Iterator[tuple[str, str]]:
    yield _("Finalité"), _("Suivre les 18 heures annuelles de formation des enseignants du premier degré")
    yield _("Base légale proposée, à confirmer par le responsable"), settings.rgpd.base_legale
    yield _("Décision automatisée"), _("Aucune : un calcul expliqué ligne par ligne, qu'une personne peut corriger")
    yield _("Données sensibles"), _("Aucune : ni motif d'absence, ni motif syndical, ni NUMEN")
    yield _("Jamais relevé"), _("Temps de connexion, clics, pages vues, réponses, notes")
    places = sorted(f"{known.nom} ({known.uai})" for known in settings.circonscriptions)
    yield "Circonscriptions", ", ".join(places) or _("aucune n'est déclarée")


_DATA: tuple[tuple[str, str, str], ...] = (
    (
        N_("Enseignants"),
        N_("Identifiant, nom, courriels, école, circonscription, service et quotité"),
        N_("Fichier des personnels"),
    ),
    (N_("Enseignants"), N_("Comptes Moodle : numéro, nom d'utilisateur, courriel"), "Moodle"),
    (
        N_("Enseignants"),
        N_("Achèvements, présences, attestations, décisions, et leurs dates"),
        N_("LRS, Moodle, feuilles signées"),
    ),
    (N_("Enseignants"), N_("Minutes créditées et dues, missions du pacte"), N_("Calculées, ou saisies")),
    (N_("Enseignants"), N_("Accompagnements : jour, durée, texte du formateur"), N_("Notés par les formateurs")),
    (N_("Enseignants"), N_("Besoins de formation où leur école les nomme"), N_("Saisis par les IEN")),
    (N_("Stagiaires et intervenants"), N_("Nom, courriel, stage"), N_("Exports de GAIA")),
    (N_("Formateurs"), N_("Courriel, rôle dans chaque session"), N_("Fichiers des sessions")),
    (
        N_("Utilisateurs du programme"),
        N_("Identifiant, rôle, ce qu'ils ont fait et consulté"),
        N_("parcours.toml, journal"),
    ),
)

_RIGHTS: tuple[tuple[str, str], ...] = (
    (N_("Accès et portabilité (articles 15 et 20)"), N_("parcours rgpd exporter IDENTIFIANT")),
    (N_("Rectification (article 16)"), N_("Fichier des personnels corrigé ; ligne contestée, puis parcours decider")),
    (N_("Effacement (article 17)"), N_("parcours rgpd effacer IDENTIFIANT : la personne devient un pseudonyme")),
    (N_("Qui a consulté mes données"), N_("parcours rgpd journal IDENTIFIANT")),
)


def _recipients(settings: Settings) -> Iterator[tuple[str, ...]]:
    roles = Counter(access.role for access in settings.acces)
    for role, (who, what) in _ROLES.items():
        if roles[role]:
            yield f"{who} ({roles[role]})", what
    for courrier in filter(None, [settings.courrier]):
        yield from _mailed(settings, courrier)
    yield _("Académie"), _("des totaux, où les petits effectifs sont masqués")


def _mailed(settings: Settings, courrier: Courrier) -> Iterator[tuple[str, ...]]:
    if courrier.resume:
        yield ", ".join(courrier.resume), _("le bilan de chaque nuit, sans nom")
    if courrier.rapports_aux_ien:
        for known in settings.circonscriptions:
            if known.courriel:
                yield known.courriel, _("chaque nuit, le rapport de {nom}", nom=known.nom)
    if courrier.expediteur and courrier.rappels_aux_formateurs:
        yield (
            _("Formateurs des sessions à attester"),
            _("un rappel au début, à la fin, puis à 7, 14 et 21 jours, sans nom"),
        )


def _periods(settings: Settings) -> Iterator[tuple[str, ...]]:
    kept = settings.conservation
    years = ngettext("{n} année scolaire", "{n} années scolaires", kept.annees)
    yield (
        _("Personnes, preuves, lignes, bilans, sessions"),
        _("l'année en cours et {years}", years=years),
        _("[conservation] annees"),
    )
    yield _("Déclarations de personnes inconnues des personnels"), _days(kept.attente), _("[conservation] attente")
    yield _("Journal des actions et des consultations"), _days(kept.journal), _("[conservation] journal")
    yield _("Carnets de suivi des formateurs"), _days(kept.suivi), _("[conservation] suivi")
    yield _("Déclarations brutes du LRS intégré"), _days(settings.base.conservation_brut), _("[base] conservation_brut")
    yield _("Copie de GAIA"), _("deux années civiles"), _("règle du programme")
    yield _("Sauvegardes"), _("celle que vous fixez : une sauvegarde garde ce qu'elle a"), _("hors du programme")


def _days(number: int) -> str:
    return ngettext("{n} jour", "{n} jours", number)


def _places(settings: Settings) -> Iterator[tuple[str, ...]]:
    yield _("Registre"), _database(settings.dsn), _("compte de service ; fichier lisible par lui seul (SQLite)")
    yield _("LRS intégré, s'il sert"), _database(settings.dsn_brut), _("de même")
    for site in settings.moodle:
        yield "Moodle", site.adresse, _protection(site.adresse)
    for lrs in settings.lrs:
        yield f"LRS ({lrs.usage})", lrs.adresse, _protection(lrs.adresse)
    if settings.courrier is not None:
        sealed = {"aucune": _("EN CLAIR (securite = aucune)")}.get(settings.courrier.securite, "TLS")
        yield _("Courrier"), settings.courrier.serveur, sealed
    yield _("Hors de l'Union européenne"), _("aucun transfert par le programme ; vérifiez où sont ces adresses"), ""


def _protection(address: str) -> str:
    return _("chiffré, ou sur cette machine") if is_protected(address) else _("EN CLAIR (sans_https = true)")


def _database(dsn: str) -> str:
    """Name a database without its user nor its password."""
    url = sa.make_url(dsn)
    if url.get_backend_name() == "sqlite":
        return _("fichier SQLite du dossier des données")
    return _("PostgreSQL, {host}, base {database}", host=url.host or _("cette machine"), database=url.database)


def _measures(settings: Settings) -> Iterator[tuple[str, str]]:
    yield _("Accès"), _("Chacun ne lit que son périmètre, par les requêtes mêmes ; mots de passe hachés (argon2id)")
    yield _("Traçabilité"), _("Chaque consultation d'une personne et chaque décision sont au journal, avec leur auteur")
    yield "Secrets", _("Dans des fichiers protégés, masqués dans les journaux et les erreurs")
    yield _("Minimisation"), _("Les déclarations sont réduites à ce qui compte, avec l'empreinte de l'original")
    erased = _("une clé est en place") if settings.erasure_key_file.exists() else _("personne n'a été effacé d'ici")
    yield _("Effacement"), _("Les personnes effacées ne sont connues que par des HMAC ; {erased}", erased=erased)
    apart = _("Le registre n'a que des HMAC ; les noms sont dans un autre fichier, et la clé dans un troisième")
    held = _("Non : le registre a les noms ; « pseudonymes », partie [base], les en sort")
    yield _("Pseudonymisation"), held if settings.names_file is None else apart
    yield _("Menaces et tests"), "docs/securite.md"
