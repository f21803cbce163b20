"""The record of processing activities (RGPD, article 30), made from the configuration: what is done here.

What the configuration cannot know (who answers for it, the legal basis) is said by `[rgpd]`, or left to be filled in.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.addresses import is_protected
from connector.reports.table import Column, Table
from connector.reports.typography import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from connector.settings import Settings
    from connector.settings.sections import Courrier, Role

TO_FILL = "À compléter dans [rgpd] de parcours.toml"
_ROLES: Mapping[Role, tuple[str, str]] = {
    "operateur": ("Opérateurs", "tout"),
    "ien": ("IEN et leurs secrétariats", "les enseignants de leurs circonscriptions"),
    "formateur": ("Formateurs", "les personnes de leurs sessions"),
    "tuteur": ("Tuteurs", "les personnes de leurs sessions"),
    "concepteur": ("Concepteurs", "ce que prévoient leurs sessions, et des totaux masqués"),
    "enseignant": ("Enseignants", "eux-mêmes"),
}


def register(settings: Settings) -> dict[str, Table]:
    """Return the record, a table for each thing that article 30 asks for, by key."""
    return {
        "responsable": _said("Responsable", _responsible(settings)),
        "traitement": _said("Traitement", _processing(settings)),
        "donnees": _rows("Personnes et données", ("Personnes", "Données", "D'où elles viennent"), _DATA),
        "destinataires": _rows("Destinataires", ("Qui", "Ce qui leur est montré"), _recipients(settings)),
        "durees": _rows("Durées de conservation", ("Quoi", "Durée", "Réglage"), _periods(settings)),
        "lieux": _rows("Où elles sont, où elles vont", ("Service", "Adresse", "Protection"), _places(settings)),
        "securite": _said("Mesures de sécurité", _measures(settings)),
        "droits": _said("Droits des personnes", _RIGHTS),
    }


def _said(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    return _rows(title, ("Quoi", "Ici"), rows)


def _rows(title: str, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    keys = ("quoi", "ici", "reglage")
    columns = tuple(Column(key, name) for key, name in zip(keys, names, strict=False))
    return Table(title, columns, tuple(rows))


def _responsible(settings: Settings) -> Iterator[tuple[str, str]]:
    said = settings.rgpd
    yield "Responsable du traitement", said.responsable or TO_FILL
    yield "Contact", said.contact or TO_FILL
    yield "Délégué à la protection des données", said.dpo or TO_FILL


def _processing(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "Finalité", "Suivre les 18 heures annuelles de formation des enseignants du premier degré"
    yield "Base légale proposée, à confirmer par le responsable", settings.rgpd.base_legale
    yield "Décision automatisée", "Aucune : un calcul expliqué ligne par ligne, qu'une personne peut corriger"
    yield "Données sensibles", "Aucune : ni motif d'absence, ni motif syndical, ni NUMEN"
    yield "Jamais relevé", "Temps de connexion, clics, pages vues, réponses, notes"
    places = sorted(f"{known.nom} ({known.uai})" for known in settings.circonscriptions)
    yield "Circonscriptions", ", ".join(places) or "aucune n'est déclarée"


_DATA: tuple[tuple[str, str, str], ...] = (
    (
        "Enseignants",
        "Identifiant, nom, courriels, école, circonscription, service et quotité",
        "Fichier des personnels",
    ),
    ("Enseignants", "Comptes Moodle : numéro, nom d'utilisateur, courriel", "Moodle"),
    ("Enseignants", "Achèvements, présences, attestations, décisions, et leurs dates", "LRS, Moodle, feuilles signées"),
    ("Enseignants", "Minutes créditées et dues, missions du pacte", "Calculées, ou saisies"),
    ("Enseignants", "Accompagnements : jour, durée, texte du formateur", "Notés par les formateurs"),
    ("Enseignants", "Besoins de formation où leur école les nomme", "Saisis par les IEN"),
    ("Stagiaires et intervenants", "Nom, courriel, stage", "Exports de GAIA"),
    ("Formateurs", "Courriel, rôle dans chaque session", "Fichiers des sessions"),
    ("Utilisateurs du programme", "Identifiant, rôle, ce qu'ils ont fait et consulté", "parcours.toml, journal"),
)

_RIGHTS: tuple[tuple[str, str], ...] = (
    ("Accès et portabilité (articles 15 et 20)", "parcours rgpd exporter IDENTIFIANT"),
    ("Rectification (article 16)", "Fichier des personnels corrigé ; ligne contestée, puis parcours decider"),
    ("Effacement (article 17)", "parcours rgpd effacer IDENTIFIANT : la personne devient un pseudonyme"),
    ("Qui a consulté mes données", "parcours rgpd journal IDENTIFIANT"),
)


def _recipients(settings: Settings) -> Iterator[tuple[str, ...]]:
    roles = Counter(access.role for access in settings.acces)
    for role, (who, what) in _ROLES.items():
        if roles[role]:
            yield f"{who} ({roles[role]})", what
    for courrier in filter(None, [settings.courrier]):
        yield from _mailed(settings, courrier)
    yield "Académie", "des totaux, où les petits effectifs sont masqués"


def _mailed(settings: Settings, courrier: Courrier) -> Iterator[tuple[str, ...]]:
    if courrier.resume:
        yield ", ".join(courrier.resume), "le bilan de chaque nuit, sans nom"
    if courrier.rapports_aux_ien:
        for known in settings.circonscriptions:
            if known.courriel:
                yield known.courriel, f"chaque nuit, le rapport de {known.nom}"
    if courrier.expediteur and courrier.rappels_aux_formateurs:
        yield "Formateurs des sessions à attester", "un rappel au début, à la fin, puis à 7, 14 et 21 jours, sans nom"


def _periods(settings: Settings) -> Iterator[tuple[str, ...]]:
    kept = settings.conservation
    years = count(kept.annees, "année scolaire", "années scolaires")
    yield "Personnes, preuves, lignes, bilans, sessions", f"l'année en cours et {years}", "[conservation] annees"
    yield "Déclarations de personnes inconnues des personnels", _days(kept.attente), "[conservation] attente"
    yield "Journal des actions et des consultations", _days(kept.journal), "[conservation] journal"
    yield "Carnets de suivi des formateurs", _days(kept.suivi), "[conservation] suivi"
    yield "Déclarations brutes du LRS intégré", _days(settings.base.conservation_brut), "[base] conservation_brut"
    yield "Copie de GAIA", "deux années civiles", "règle du programme"
    yield "Sauvegardes", "celle que vous fixez : une sauvegarde garde ce qu'elle a", "hors du programme"


def _days(number: int) -> str:
    return count(number, "jour", "jours")


def _places(settings: Settings) -> Iterator[tuple[str, ...]]:
    yield "Registre", _database(settings.dsn), "compte de service ; fichier lisible par lui seul (SQLite)"
    yield "LRS intégré, s'il sert", _database(settings.dsn_brut), "de même"
    for site in settings.moodle:
        yield "Moodle", site.adresse, _protection(site.adresse)
    for lrs in settings.lrs:
        yield f"LRS ({lrs.usage})", lrs.adresse, _protection(lrs.adresse)
    if settings.courrier is not None:
        sealed = {"aucune": "EN CLAIR (securite = aucune)"}.get(settings.courrier.securite, "TLS")
        yield "Courrier", settings.courrier.serveur, sealed
    yield "Hors de l'Union européenne", "aucun transfert par le programme ; vérifiez où sont ces adresses", ""


def _protection(address: str) -> str:
    return "chiffré, ou sur cette machine" if is_protected(address) else "EN CLAIR (sans_https = true)"


def _database(dsn: str) -> str:
    """Name a database without its user nor its password."""
    url = sa.make_url(dsn)
    if url.get_backend_name() == "sqlite":
        return "fichier SQLite du dossier des données"
    return f"PostgreSQL, {url.host or 'cette machine'}, base {url.database}"


def _measures(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "Accès", "Chacun ne lit que son périmètre, par les requêtes mêmes ; mots de passe hachés (argon2id)"
    yield "Traçabilité", "Chaque consultation d'une personne et chaque décision sont au journal, avec leur auteur"
    yield "Secrets", "Dans des fichiers protégés, masqués dans les journaux et les erreurs"
    yield "Minimisation", "Les déclarations sont réduites à ce qui compte, avec l'empreinte de l'original"
    erased = "une clé est en place" if settings.erasure_key_file.exists() else "personne n'a été effacé d'ici"
    yield "Effacement", f"Les personnes effacées ne sont connues que par des HMAC ; {erased}"
    yield "Menaces et tests", "docs/securite.md"
