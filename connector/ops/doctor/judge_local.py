"""Judges what is on this machine: the configuration, the data folder, the secrets' files, the ledger."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from connector.errors import ParcoursError
from connector.obligation.wording import NBSP
from connector.ops.doctor.finding import About
from connector.settings import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ops.doctor.facts import FolderFacts, LedgerFacts, SecretFile
    from connector.ops.doctor.finding import Finding
    from connector.settings import Settings

LOW_SPACE, WATCHED_SPACE = 100_000_000, 1_000_000_000
"""Bytes."""


def judge_configuration(about: About, settings: Settings | ParcoursError) -> Iterator[Finding]:
    """Judge `parcours.toml`: does it read, does it name what the commands need?"""
    if isinstance(settings, ParcoursError):
        yield about.mend("configuration", settings.message, settings.remedy or f"Corrigez {FILE}.")
        return
    yield about.ok("configuration", f"{FILE} se lit.")
    if not settings.moodle:
        yield about.watch("configuration.moodle", "Aucun site Moodle n'est déclaré.", "Ajoutez un bloc [[moodle]].")
    if not any(lrs.reads for lrs in settings.lrs):
        yield about.watch(
            "configuration.lrs", f"Aucun LRS n'est à lire{NBSP}: rien ne sera recueilli.", "Ajoutez un bloc [[lrs]]."
        )
    if not any(lrs.writes for lrs in settings.lrs):
        yield about.watch(
            "configuration.lrs_ecriture",
            f"Aucun LRS ne reçoit nos déclarations{NBSP}: ni émargement ni attestation ne peuvent être saisis.",
            'Ajoutez usage = "lecture-ecriture" à un bloc [[lrs]].',
        )
    declared = {known.uai for known in settings.circonscriptions}
    if not declared:
        yield about.watch(
            "configuration.circonscription",
            "Aucune circonscription n'est déclarée.",
            "Ajoutez un bloc [[circonscription]].",
        )
    yield from _policies(about, settings, declared)


def _policies(about: About, settings: Settings, declared: set[str]) -> Iterator[Finding]:
    for policy in settings.politiques:
        if policy.circonscription not in declared:
            yield about.watch(
                "configuration.politique",
                f"La politique de {policy.annee_scolaire} vise {policy.circonscription}, qui n'est pas déclarée.",
                "Déclarez-la par un bloc [[circonscription]], ou corrigez [[politique]].",
            )


def judge_sessions(about: About, settings: Settings, ledger: LedgerFacts) -> Iterator[Finding]:
    """Judge whether the circonscription of every published session is declared."""
    declared = {known.uai for known in settings.circonscriptions}
    lost = {uai: codes for uai, codes in ledger.sessions.items() if uai not in declared}
    for uai, codes in sorted(lost.items()):
        yield about.mend(
            "configuration.session",
            f"La circonscription {uai} n'est pas déclarée, et des sessions publiées en sont{NBSP}: {', '.join(codes)}.",
            f'Ajoutez à {FILE} un bloc [[circonscription]] avec uai = "{uai}", son nom et son académie.',
        )
    if ledger.sessions and not lost:
        yield about.ok("configuration.session", "Les circonscriptions des sessions publiées sont déclarées.")


def judge_ledger(about: About, ledger: LedgerFacts) -> Finding:
    """Judge the database."""
    match ledger.state:
        case ParcoursError() as fault:
            return about.fault("registre", fault)
        case "absent":
            return about.ok("registre", f"Le registre n'existe pas encore{NBSP}: la première commande le créera.")
        case "older":
            return about.watch(
                "registre",
                "Le schéma du registre est celui d'une version antérieure.",
                "Sauvegardez-le : la prochaine commande qui l'ouvre le mettra à niveau.",
            )
        case "newer":
            return about.mend(
                "registre",
                "Le registre a été ouvert par une version plus récente de parcours.",
                "Mettez le programme à jour avant de continuer.",
            )
    return about.ok("registre", "Le registre s'ouvre, son schéma est à jour.")


def judge_folder(about: About, folder: FolderFacts) -> Iterator[Finding]:
    """Judge the data folder and the space left where it is."""
    if folder.mode is None:
        yield about.watch("dossier", "Le dossier des données n'existe pas.", "Vérifiez --donnees ou PARCOURS_DONNEES.")
    elif folder.mode & stat.S_IWOTH:
        yield about.mend(
            "dossier", "Tous les comptes de la machine peuvent écrire dans le dossier.", f"chmod 700 {folder.path}"
        )
    elif folder.mode & stat.S_IROTH:
        yield about.watch(
            "dossier",
            f"Tous les comptes de la machine peuvent lire le dossier{NBSP}: il porte des données personnelles.",
            f"chmod 700 {folder.path}",
        )
    else:
        yield about.ok("dossier", "Le dossier des données est fermé aux autres comptes.")
    yield _space(about, folder.free)


def _space(about: About, free: int) -> Finding:
    said = f"Il reste {free // 1_000_000}{NBSP}Mo sur le disque."
    if free < LOW_SPACE:
        return about.mend("disque", said, "Libérez de la place : une base pleine n'enregistre plus.")
    if free < WATCHED_SPACE:
        return about.watch("disque", said, "Prévoyez de la place pour le registre et les rapports.")
    return about.ok("disque", said)


def judge_secret(secret: SecretFile) -> Finding:
    """Judge the file of a secret."""
    about = About(str(secret.path))
    if secret.fault is not None:
        return about.fault("secret", secret.fault)
    if secret.mode is not None and secret.mode & (stat.S_IRWXG | stat.S_IWOTH):
        return about.watch(
            "secret",
            f"D'autres comptes que le vôtre peuvent lire ou changer ce fichier ({secret.purpose}).",
            f"chmod 600 {secret.path}",
        )
    return about.ok("secret", f"Le fichier n'est lisible que de vous ({secret.purpose}).")
