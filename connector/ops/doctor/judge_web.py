"""Judges what Moodle sites and LRS have in common: the connection, its protection, the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.addresses import is_protected
from connector.language import N_, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ops.doctor.finding import About, Finding
    from connector.ops.doctor.visit import Visit

WARN_BEFORE = timedelta(days=30)
WARN_AHEAD = timedelta(seconds=60)

_REFUSED = {
    9: N_("il n'est pas encore valable"),
    10: N_("il a expiré"),
    18: N_("il est signé par le serveur lui-même"),
    19: N_("il est signé par une autorité inconnue de cette machine"),
    20: N_("il est signé par une autorité inconnue de cette machine"),
    62: N_("il est au nom d'un autre serveur"),
    64: N_("il est au nom d'une autre adresse IP"),
}
"""By OpenSSL's numbers (X509_V_ERR_…, openssl-verification-options)."""

_AUTHORITY = N_("Faites corriger le certificat du serveur, ou indiquez votre autorité par REQUESTS_CA_BUNDLE.")


def judge_connection(about: About, kind: str, visit: Visit, now: datetime) -> Iterator[Finding]:
    """Judge whether the server answers, and how the connection is protected; codes begin with `kind`."""
    if visit.certificate_refused is not None:
        why = _REFUSED.get(visit.certificate_refused, f"OpenSSL le refuse (code {visit.certificate_refused})")
        yield about.mend(
            f"{kind}.certificat", _("Le certificat du serveur n'est pas accepté : {why}.", why=why), _AUTHORITY
        )
    elif visit.fault is not None:
        yield about.fault(f"{kind}.connexion", visit.fault)
    else:
        yield about.ok(f"{kind}.connexion", _("Le serveur répond."))
    if visit.address.startswith("https:"):
        if visit.certificate_until is not None:
            yield _certificate(about, kind, visit.certificate_until, now)
    elif is_protected(visit.address):
        yield about.ok(f"{kind}.chiffrement", _("Sans chiffrement, mais sans quitter cette machine."))
    else:
        yield about.watch(
            f"{kind}.chiffrement",
            _("Les échanges ne sont pas chiffrés : qui est sur le réseau peut lire le secret et les données."),
            _("Faites servir l'adresse en https, corrigez « adresse » et retirez « sans_https » de parcours.toml."),
        )


def _certificate(about: About, kind: str, until: datetime, now: datetime) -> Finding:
    day = f"{until:%d/%m/%Y}"
    if until - now < WARN_BEFORE:
        return about.watch(
            f"{kind}.certificat",
            ngettext(
                "Le certificat du serveur expire le {day}, dans {n} jour.",
                "Le certificat du serveur expire le {day}, dans {n} jours.",
                max((until - now).days, 0),
                day=day,
            ),
            _("Demandez à l'administrateur du serveur de le renouveler."),
        )
    return about.ok(f"{kind}.certificat", _("Le certificat du serveur est valable jusqu'au {day}.", day=day))


def judge_clock(about: About, kind: str, ahead: timedelta | None) -> Finding:
    """Judge the difference between the server's clock and ours."""
    if ahead is None:
        return about.untold(
            f"{kind}.horloge", _("Le serveur ne dit pas son heure."), _("Comparez-la à celle de cette machine.")
        )
    seconds = round(abs(ahead).total_seconds())
    if abs(ahead) <= WARN_AHEAD:
        return about.ok(
            f"{kind}.horloge", _("Son horloge et la nôtre concordent (écart : {seconds} s).", seconds=seconds)
        )
    side = _("avance") if ahead > timedelta(0) else _("retarde")
    return about.watch(
        f"{kind}.horloge",
        _(
            "Son horloge {side} de {seconds} s sur la nôtre : l'ordre des faits peut s'en trouver faussé.",
            side=side,
            seconds=seconds,
        ),
        _("Réglez les deux machines sur un serveur de temps (NTP)."),
    )
