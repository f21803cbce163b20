"""Judges how a Moodle site sends statements by itself: the settings of logstore_xapi that decide what is lost.

What they do was measured on a real chain (docs/verification.md). Reading completions back makes up for what is not
sent; what is sent is there sooner, and says more.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connector.errors import ParcoursError
from connector.language import N_, _, ngettext
from connector.reports.typography import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.moodle.observation import EmitterSettings, Observation
    from connector.ops.doctor.finding import About, Finding
    from connector.settings.sections import Lrs

SMALLEST_BATCH = 100
"""Events a minute, at the usual rhythm of cron, below which an evening of training takes hours to be told."""
LATE = timedelta(hours=1)

_SETTINGS = N_("Administration du site > Plugins > Journalisation > Logstore xAPI")
_FAILED = N_("Administration du site > Rapports > xAPI : journal des échecs")


def judge_emitter(
    about: About, said: Observation | ParcoursError | None, lrs: Sequence[Lrs], now: datetime
) -> Iterator[Finding]:
    """Judge what the plugin says of the emitter; nothing where it was not asked. `now` is aware."""
    if said is None:
        return
    if isinstance(said, ParcoursError):
        yield about.fault("moodle.emission", said)
    elif said.emitter is None:
        yield about.ok(
            "moodle.emission",
            _(
                "Le site n'envoie pas de déclarations (logstore_xapi absent) : « collecter » les fait de "
                "ses achèvements."
            ),
        )
    elif not said.emitter.enabled:
        yield about.watch(
            "moodle.emission",
            _(
                "logstore_xapi est installé et n'est pas activé : seule la relecture des achèvements dit "
                "ce qui est fait."
            ),
            _("Activez-le : Administration du site > Plugins > Journalisation > Gérer les magasins de journaux."),
        )
    else:
        yield about.ok("moodle.emission", _("Le site envoie des déclarations par logstore_xapi."))
        yield _endpoint(about, said.emitter, lrs)
        yield from _content(about, said.emitter)
        yield from _rhythm(about, said.emitter, now)
        yield _failed(about, said.emitter, now)


def _endpoint(about: About, emitter: EmitterSettings, lrs: Sequence[Lrs]) -> Finding:
    known = [one.adresse for one in lrs if one.reads]
    if any(_host(emitter.endpoint) == _host(address) for address in known):
        return about.ok(
            "moodle.emission.lrs", _("Il les envoie à {endpoint}, un LRS qui est lu.", endpoint=emitter.endpoint)
        )
    return about.watch(
        "moodle.emission.lrs",
        _(
            "Il les envoie à « {endpoint} », qui n'est pas un LRS lu ici ({known}).",
            endpoint=emitter.endpoint,
            known=", ".join(known) or _("aucun"),
        ),
        _(
            "Mettez dans « endpoint » ({settings}) l'adresse du LRS, ou dans parcours.toml un [[lrs]] pour celui-là.",
            settings=_(_SETTINGS),
        ),
    )


def _host(address: str) -> tuple[str | None, int | None]:
    parts = urlsplit(address)
    return parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _content(about: About, emitter: EmitterSettings) -> Iterator[Finding]:
    if emitter.completions:
        yield about.ok("moodle.emission.achevements", _("Les achèvements d'activité sont parmi ce qu'il envoie."))
    else:
        yield about.mend(
            "moodle.emission.achevements",
            _("Les achèvements d'activité ne sont pas parmi ce qu'il envoie."),
            _("Cochez course_module_completion_updated dans « routes » ({settings}).", settings=_(_SETTINGS)),
        )
    if emitter.idnumbers:
        yield about.ok("moodle.emission.idnumber", _("Ses déclarations portent les idnumbers des activités."))
    else:
        yield about.watch(
            "moodle.emission.idnumber",
            _("Ses déclarations ne portent pas les idnumbers : dans une copie de cours, l'activité reste inconnue."),
            _("Cochez « sendidnumber » ({settings}).", settings=_(_SETTINGS)),
        )
    if emitter.actor == "id":
        yield about.ok(
            "moodle.emission.personne", _("Il nomme les personnes par leur numéro de compte, qui ne change pas.")
        )
    else:
        by = "courriel" if emitter.actor == "email" else "identifiant"
        yield about.watch(
            "moodle.emission.personne",
            _("Il nomme les personnes par leur {by} du moment de l'envoi : qui en change a plusieurs noms.", by=by),
            _("Décochez « mbox » et « send_username » ({settings}).", settings=_(_SETTINGS)),
        )


def _rhythm(about: About, emitter: EmitterSettings, now: datetime) -> Iterator[Finding]:
    if not emitter.background:
        yield about.mend(
            "moodle.emission.differe",
            _("Il envoie pendant que la page s'affiche : ce que le LRS ne prend pas à cet instant est perdu."),
            _("Cochez « backgroundmode » ({settings}).", settings=_(_SETTINGS)),
        )
    elif 0 < emitter.batch < SMALLEST_BATCH:
        yield about.watch(
            "moodle.emission.lot",
            ngettext(
                "Il envoie {n} événement par passage du cron : le retard dure.",
                "Il envoie {n} événements par passage du cron : le retard dure.",
                emitter.batch,
            ),
            _("Mettez 500 dans « maxbatchsize » ({settings}).", settings=_(_SETTINGS)),
        )
    else:
        most = _("jusqu'à {batch} événements", batch=emitter.batch) if emitter.batch else _("tout ce qui attend")
        yield about.ok("moodle.emission.lot", _("Il envoie {most} à chaque passage du cron.", most=most))
    since = _instant(emitter.waiting.oldest, now)
    if emitter.waiting.events and now - since > LATE:
        waiting = ngettext("{n} événement attend", "{n} événements attendent", emitter.waiting.events)
        yield about.watch(
            "moodle.emission.attente",
            _("{waiting} son envoi, depuis le {moment}.", waiting=waiting, moment=moment(since)),
            _("Vérifiez que le cron de Moodle passe chaque minute ; s'il passe, augmentez « maxbatchsize »."),
        )


def _failed(about: About, emitter: EmitterSettings, now: datetime) -> Finding:
    if not emitter.failed.events:
        return about.ok("moodle.emission.echecs", _("Aucun événement n'est resté sans être envoyé."))
    events = ngettext(
        "{n} événement n'a pas pu être envoyé", "{n} événements n'ont pas pu être envoyés", emitter.failed.events
    )
    again = (
        ""
        if emitter.resend
        else _(" Cochez « resendfailedbatches » ({settings}) pour ceux qu'un LRS refuse.", settings=_(_SETTINGS))
    )
    return about.watch(
        "moodle.emission.echecs",
        _(
            "{events}, depuis le {moment} : rien ne les renvoie de soi-même.",
            events=events,
            moment=moment(_instant(emitter.failed.oldest, now)),
        ),
        _("Renvoyez-les ({failed}). Ne rejouez pas l'historique.{again}", failed=_(_FAILED), again=again),
    )


def _instant(seconds: int, now: datetime) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(now.tzinfo)
