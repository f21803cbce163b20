"""Judges what is on this machine: the configuration, the data folder, the secrets' files, the ledger."""

from __future__ import annotations

import stat
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from connector.errors import ParcoursError
from connector.language import _, ngettext
from connector.ledger.instants import PARIS
from connector.ops.doctor.finding import About
from connector.ops.night.outcome import FAILED
from connector.reports.typography import moment
from connector.settings import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.ops.doctor.facts import FolderFacts, LedgerFacts, MailFacts, SecretFile
    from connector.ops.doctor.finding import Finding
    from connector.settings import Settings

LOW_SPACE, WATCHED_SPACE = 100_000_000, 1_000_000_000
"""Bytes."""
LATE_NIGHT = timedelta(hours=30)
"""As the alert of Prometheus has it."""


def judge_configuration(about: About, settings: Settings | ParcoursError) -> Iterator[Finding]:
    """Judge `parcours.toml`: does it read, does it name what the commands need?"""
    if isinstance(settings, ParcoursError):
        yield about.mend("configuration", settings.message, settings.remedy or _("Corrigez {file}.", file=FILE))
        return
    yield about.ok("configuration", _("{file} se lit.", file=FILE))
    if not settings.moodle:
        yield about.watch(
            "configuration.moodle", _("Aucun site Moodle n'est déclaré."), _("Ajoutez un bloc [[moodle]].")
        )
    if not any(lrs.reads for lrs in settings.lrs):
        yield about.watch(
            "configuration.lrs", _("Aucun LRS n'est à lire : rien ne sera recueilli."), _("Ajoutez un bloc [[lrs]].")
        )
    if not any(lrs.writes for lrs in settings.lrs):
        yield about.watch(
            "configuration.lrs_ecriture",
            _("Aucun LRS ne reçoit nos déclarations : ni émargement ni attestation ne peuvent être saisis."),
            _('Ajoutez usage = "lecture-ecriture" à un bloc [[lrs]].'),
        )
    declared = {known.uai for known in settings.circonscriptions}
    if not declared:
        yield about.watch(
            "configuration.circonscription",
            _("Aucune circonscription n'est déclarée."),
            _("Ajoutez un bloc [[circonscription]]."),
        )
    yield from _policies(about, settings, declared)
    yield from _derogations(about, settings)
    yield from _passwords(about, settings)


def _passwords(about: About, settings: Settings) -> Iterator[Finding]:
    """Whoever copies `parcours.toml`, or shows it to be helped, gives away what is in it."""
    for name, dsn in (("dsn", settings.dsn), ("dsn_brut", settings.dsn_brut)):
        if _has_password(dsn):
            yield about.watch(
                "configuration.mot_de_passe",
                _("Le mot de passe de la base est écrit dans « {name} ».", name=name),
                _("Mettez-le dans ~/.pgpass (chmod 600), et ôtez-le de parcours.toml."),
            )


def _has_password(dsn: str) -> bool:
    try:
        address = urlsplit(dsn)
    except ValueError:  # what opens the database says that this is no address
        return False
    return address.password is not None or "password" in parse_qs(address.query)


def _policies(about: About, settings: Settings, declared: set[str]) -> Iterator[Finding]:
    for policy in settings.politiques:
        if policy.circonscription not in declared:
            yield about.watch(
                "configuration.politique",
                _(
                    "La politique de {annee_scolaire} vise {circonscription}, qui n'est pas déclarée.",
                    annee_scolaire=policy.annee_scolaire,
                    circonscription=policy.circonscription,
                ),
                _("Déclarez-la par un bloc [[circonscription]], ou corrigez [[politique]]."),
            )


def _derogations(about: About, settings: Settings) -> Iterator[Finding]:
    """Judge whether each `[[derogation]]` says who decided it and when: the contract asks neither, its reader does."""
    unsaid = [one for one in settings.derogations if one.decide_par is None or one.decide_le is None]
    if unsaid:
        yield about.watch(
            "configuration.derogation",
            ngettext(
                "{n} dérogation ne dit pas qui l'a décidée, ou quand : {qui}.",
                "{n} dérogations ne disent pas qui les a décidées, ou quand : {qui}.",
                len(unsaid),
                qui=", ".join(f"{one.identifiant} ({one.annee_scolaire})" for one in unsaid),
            ),
            _("Ajoutez decide_par et decide_le à ces blocs [[derogation]] de {file}.", file=FILE),
        )


def judge_sessions(about: About, settings: Settings, ledger: LedgerFacts) -> Iterator[Finding]:
    """Judge whether the circonscription of every published session is declared."""
    declared = {known.uai for known in settings.circonscriptions}
    lost = {uai: codes for uai, codes in ledger.sessions.items() if uai not in declared}
    for uai, codes in sorted(lost.items()):
        yield about.mend(
            "configuration.session",
            _(
                "La circonscription {uai} n'est pas déclarée, et des sessions publiées en sont : {codes}.",
                uai=uai,
                codes=", ".join(codes),
            ),
            _(
                'Ajoutez à {file} un bloc [[circonscription]] avec uai = "{uai}", son nom et son académie.',
                file=FILE,
                uai=uai,
            ),
        )
    if ledger.sessions and not lost:
        yield about.ok("configuration.session", _("Les circonscriptions des sessions publiées sont déclarées."))


def judge_ledger(about: About, ledger: LedgerFacts) -> Finding:
    """Judge the database."""
    match ledger.state:
        case ParcoursError() as fault:
            return about.fault("registre", fault)
        case "absent":
            return about.ok("registre", _("Le registre n'existe pas encore : la première commande le créera."))
        case "older":
            return about.watch(
                "registre",
                _("Le schéma du registre est celui d'une version antérieure."),
                _("Sauvegardez-le : la prochaine commande qui l'ouvre le mettra à niveau."),
            )
        case "newer":
            return about.mend(
                "registre",
                _("Le registre a été ouvert par une version plus récente de parcours."),
                _("Mettez le programme à jour avant de continuer."),
            )
    return about.ok("registre", _("Le registre s'ouvre, son schéma est à jour."))


def judge_night(about: About, ledger: LedgerFacts, now: datetime) -> Iterator[Finding]:
    """Judge the last night, where one was ever run: a machine on which trainers publish has none."""
    if ledger.night is None:
        return
    began, code = ledger.night
    when = moment(began.astimezone(PARIS))
    if now - began > LATE_NIGHT:
        yield about.watch(
            "nuit",
            _("La dernière nuit est celle du {moment} : il en manque.", moment=when),
            _("Voyez pourquoi dans son journal, puis rattrapez : parcours nuit."),
        )
    elif code == FAILED:
        yield about.watch(
            "nuit",
            _("La nuit du {moment} n'a pas tout fait.", moment=when),
            _("Son bilan et son journal disent quoi ; corrigez, puis relancez : parcours nuit."),
        )
    else:
        yield about.ok("nuit", _("La dernière nuit, celle du {moment}, a tout fait.", moment=when))


def judge_folder(about: About, folder: FolderFacts) -> Iterator[Finding]:
    """Judge the data folder and the space left where it is."""
    if folder.mode is None:
        yield about.watch(
            "dossier", _("Le dossier des données n'existe pas."), _("Vérifiez --donnees ou PARCOURS_DONNEES.")
        )
    elif folder.mode & stat.S_IWOTH:
        yield about.mend(
            "dossier",
            _("Tous les comptes de la machine peuvent écrire dans le dossier."),
            _("chmod 700 {path}", path=folder.path),
        )
    elif folder.mode & stat.S_IROTH:
        yield about.watch(
            "dossier",
            _("Tous les comptes de la machine peuvent lire le dossier : il porte des données personnelles."),
            _("chmod 700 {path}", path=folder.path),
        )
    else:
        yield about.ok("dossier", _("Le dossier des données est fermé aux autres comptes."))
    yield _space(about, folder.free)


def _space(about: About, free: int) -> Finding:
    said = _("Il reste {libre} Mo sur le disque.", libre=free // 1000000)
    if free < LOW_SPACE:
        return about.mend("disque", said, _("Libérez de la place : une base pleine n'enregistre plus."))
    if free < WATCHED_SPACE:
        return about.watch("disque", said, _("Prévoyez de la place pour le registre et les rapports."))
    return about.ok("disque", said)


def judge_secret(secret: SecretFile) -> Finding:
    """Judge the file of a secret."""
    about = About(str(secret.path))
    if secret.fault is not None:
        return about.fault("secret", secret.fault)
    if secret.mode is not None and secret.mode & (stat.S_IRWXG | stat.S_IWOTH):
        return about.watch(
            "secret",
            _("D'autres comptes que le vôtre peuvent lire ou changer ce fichier ({purpose}).", purpose=secret.purpose),
            _("chmod 600 {path}", path=secret.path),
        )
    return about.ok("secret", _("Le fichier n'est lisible que de vous ({purpose}).", purpose=secret.purpose))


def judge_mail(mail: MailFacts) -> Finding:
    """Judge the mail server: a night that cannot write tells nobody what went wrong."""
    about = About(mail.courrier.serveur)
    if mail.fault is not None:
        return about.fault("courrier", mail.fault)
    if mail.courrier.identifiant is None:
        return about.ok("courrier", _("Le serveur de courrier répond."))
    return about.ok(
        "courrier", _("Le serveur de courrier répond, et accepte « {name} ».", name=mail.courrier.identifiant)
    )
