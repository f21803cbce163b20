"""Judges what Moodle sites and LRS have in common: the connection, its protection, the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.addresses import is_protected
from connector.obligation.wording import NBSP
from connector.reports.typography import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ops.doctor.finding import About, Finding
    from connector.ops.doctor.visit import Visit

WARN_BEFORE = timedelta(days=30)
WARN_AHEAD = timedelta(seconds=60)

_REFUSED = {
    9: "il n'est pas encore valable",
    10: "il a expiré",
    18: "il est signé par le serveur lui-même",
    19: "il est signé par une autorité inconnue de cette machine",
    20: "il est signé par une autorité inconnue de cette machine",
    62: "il est au nom d'un autre serveur",
    64: "il est au nom d'une autre adresse IP",
}
"""By OpenSSL's numbers (X509_V_ERR_…, openssl-verification-options)."""

_AUTHORITY = "Faites corriger le certificat du serveur, ou indiquez votre autorité par REQUESTS_CA_BUNDLE."


def judge_connection(about: About, kind: str, visit: Visit, now: datetime) -> Iterator[Finding]:
    """Judge whether the server answers, and how the connection is protected; codes begin with `kind`."""
    if visit.certificate_refused is not None:
        why = _REFUSED.get(visit.certificate_refused, f"OpenSSL le refuse (code {visit.certificate_refused})")
        yield about.mend(f"{kind}.certificat", f"Le certificat du serveur n'est pas accepté{NBSP}: {why}.", _AUTHORITY)
    elif visit.fault is not None:
        yield about.fault(f"{kind}.connexion", visit.fault)
    else:
        yield about.ok(f"{kind}.connexion", "Le serveur répond.")
    if visit.address.startswith("https:"):
        if visit.certificate_until is not None:
            yield _certificate(about, kind, visit.certificate_until, now)
    elif is_protected(visit.address):
        yield about.ok(f"{kind}.chiffrement", "Sans chiffrement, mais sans quitter cette machine.")
    else:
        yield about.watch(
            f"{kind}.chiffrement",
            f"Les échanges ne sont pas chiffrés{NBSP}: qui est sur le réseau peut lire le secret et les données.",
            "Faites servir l'adresse en https, corrigez « adresse » et retirez « sans_https » de parcours.toml.",
        )


def _certificate(about: About, kind: str, until: datetime, now: datetime) -> Finding:
    day = f"{until:%d/%m/%Y}"
    if until - now < WARN_BEFORE:
        return about.watch(
            f"{kind}.certificat",
            f"Le certificat du serveur expire le {day}, dans {count(max((until - now).days, 0), 'jour', 'jours')}.",
            "Demandez à l'administrateur du serveur de le renouveler.",
        )
    return about.ok(f"{kind}.certificat", f"Le certificat du serveur est valable jusqu'au {day}.")


def judge_clock(about: About, kind: str, ahead: timedelta | None) -> Finding:
    """Judge the difference between the server's clock and ours."""
    if ahead is None:
        return about.untold(
            f"{kind}.horloge", "Le serveur ne dit pas son heure.", "Comparez-la à celle de cette machine."
        )
    seconds = round(abs(ahead).total_seconds())
    if abs(ahead) <= WARN_AHEAD:
        return about.ok(f"{kind}.horloge", f"Son horloge et la nôtre concordent (écart{NBSP}: {seconds}{NBSP}s).")
    side = "avance" if ahead > timedelta(0) else "retarde"
    return about.watch(
        f"{kind}.horloge",
        f"Son horloge {side} de {seconds}{NBSP}s sur la nôtre{NBSP}: l'ordre des faits peut s'en trouver faussé.",
        "Réglez les deux machines sur un serveur de temps (NTP).",
    )
