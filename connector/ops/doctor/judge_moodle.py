"""Judges a Moodle site: what it is, what the token may call, how sessions can be published there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.addresses import normalise
from connector.errors import ConfigError, ParcoursError, RetriableError
from connector.language import N_, _, listed, ngettext
from connector.moodle.attendance_functions import ATTENDANCE_FUNCTIONS
from connector.moodle.functions import OBSERVE, PUBLISH, SiteInfo
from connector.obligation.wording import NBSP
from connector.ops.doctor import rights
from connector.ops.doctor.finding import About
from connector.ops.doctor.judge_rights import judge_rights
from connector.ops.doctor.judge_web import judge_clock, judge_connection
from connector.publish.apply import OLDEST_PLUGIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.moodle.plugin_zip import PluginVersion
    from connector.ops.doctor.facts import PluginFacts, SiteFacts
    from connector.ops.doctor.finding import Finding

SUPPORTED = ((4, 5), (5, 1))
"""The oldest and the newest Moodle that the program was tried on; the plugin's `version.php` says the same."""

_RELEASE = re.compile(r"(\d+)\.(\d+)")
_MODES: dict[rights.Letter, str] = {
    "P": N_("avec l'extension local_parcours"),
    "M": N_("dans un cours restauré à la main (« publier --cours »)"),
    "S": N_("par copie d'un cours déjà restauré (« publier --modele »)"),
}
_ZIP = N_("« parcours plugin construire » fait le zip à installer (Administration du site > Plugins).")
_LIST = N_("« parcours diagnostiquer --droits » en donne la liste exacte.")
_SERVICE = N_("Ajoutez-les au service du jeton (Administration du site > Serveur > Services web).")


def judge_site(facts: SiteFacts, ours: PluginVersion, now: datetime) -> Iterator[Finding]:
    """Judge one site; `ours` is the version of the plugin that this program builds."""
    about = About(facts.site.adresse)
    yield from judge_connection(about, "moodle", facts.visit, now)
    ahead = facts.visit.ahead if facts.plugin is None or facts.plugin.ahead is None else facts.plugin.ahead
    if facts.visit.answer is not None:
        yield judge_clock(about, "moodle", ahead)
    if isinstance(facts.info, ParcoursError):
        yield about.fault(_access_code(facts.info), facts.info)
    elif facts.info is not None:
        yield from _known_site(about, facts, facts.info, ours)


def _access_code(fault: ParcoursError) -> str:
    if isinstance(fault, RetriableError):
        return "moodle.indisponible"
    return "moodle.acces" if isinstance(fault, ConfigError) else "moodle.reponse"


def _known_site(about: About, facts: SiteFacts, info: SiteInfo, ours: PluginVersion) -> Iterator[Finding]:
    protocol = facts.site.protocole.upper()
    yield about.ok(
        "moodle.acces",
        _("Le jeton est accepté par {protocol} : compte « {username} ».", protocol=protocol, username=info.username),
    )
    yield _address(about, info)
    yield _version(about, info)
    yield _plugin(about, facts.plugin, ours)
    yield _mode(about, info, facts.plugin)
    for command in rights.commands():
        yield _command(about, info, command)
    yield from _rolls(about, info)
    yield from _rooms(about, facts.plugin)
    yield from _excess(about, info)
    yield from judge_rights(about, facts.plugin, info)


def _address(about: About, info: SiteInfo) -> Finding:
    try:
        own = normalise(info.siteurl)
    except ValueError:
        own = ""
    if own == about.subject:
        return about.ok("moodle.adresse", _("Le site se connaît sous la même adresse."))
    return about.watch(
        "moodle.adresse",
        _(
            "Le site se nomme lui-même « {siteurl} » : c'est cette adresse que portent ses déclarations.",
            siteurl=info.siteurl,
        ),
        _("Mettez-la dans « adresse » de [[moodle]], si elle est joignable d'ici."),
    )


def _version(about: About, info: SiteInfo) -> Finding:
    found = _RELEASE.match(info.release)
    if found is None:
        return about.untold(
            "moodle.version",
            _("Le site ne dit pas sa version."),
            _("Vérifiez qu'il est entre 4.5 et 5.1 (page Notifications)."),
        )
    version = (int(found[1]), int(found[2]))
    said = f"Moodle {info.release.split(' ', maxsplit=1)[0]}"
    if version < SUPPORTED[0]:
        return about.mend("moodle.version", _("{said} est trop ancien.", said=said), _("Il faut Moodle 4.5 au moins."))
    if version > SUPPORTED[1]:
        return about.watch(
            "moodle.version",
            _("{said} est plus récent que ceux sur lesquels le programme a été essayé (4.5 à 5.1).", said=said),
            _("Cherchez une version plus récente de parcours, ou essayez sur un site de test."),
        )
    return about.ok("moodle.version", _("{said} est prévu par le programme.", said=said))


def _plugin(about: About, facts: PluginFacts | None, ours: PluginVersion) -> Finding:
    if facts is None:
        return about.ok("moodle.extension", _("L'extension local_parcours n'est pas offerte à ce compte."))
    if isinstance(facts.observation, ParcoursError):
        return about.fault("moodle.extension", facts.observation)
    said = facts.observation.plugin
    theirs = _number(facts)
    if theirs < OLDEST_PLUGIN:
        return about.mend(
            "moodle.extension",
            _("L'extension local_parcours ({said}) est trop ancienne.", said=said or _("sans version")),
            _ZIP,
        )
    if theirs < ours.number:
        sentence = _(
            "L'extension local_parcours ({said}) est moins récente que celle du programme ({number}).",
            said=said,
            number=ours.number,
        )
        return about.watch("moodle.extension", sentence, _ZIP)
    if theirs > ours.number:
        sentence = _(
            "L'extension local_parcours ({said}) est plus récente que celle du programme ({number}).",
            said=said,
            number=ours.number,
        )
        return about.watch("moodle.extension", sentence, _("Mettez parcours à jour."))
    return about.ok("moodle.extension", _("L'extension local_parcours est celle du programme ({said}).", said=said))


def _number(facts: PluginFacts) -> int:
    """Return the plugin's version, 0 where it did not say one."""
    return 0 if isinstance(facts.observation, ParcoursError) else facts.observation.version


def _mode(about: About, info: SiteInfo, plugin: PluginFacts | None) -> Finding:
    lively = plugin is not None and _number(plugin) >= OLDEST_PLUGIN
    open_ways = [
        way for way in rights.ways_of("publier") if not info.lacks(*way.functions) and (way.mode != "P" or lively)
    ]
    if not open_ways:
        return about.mend(
            "moodle.mode",
            _("Aucun mode de publication n'est possible : l'extension, à jour, ou des fonctions y manquent."),
            _(
                "Faites installer l'extension et ajouter ses fonctions au service du jeton. {zip} {list}",
                zip=_(_ZIP),
                list=_(_LIST),
            ),
        )
    said = listed(f"{way.mode}, {_(_MODES[way.mode])}" for way in open_ways)
    return about.ok(
        "moodle.mode", _("Publier est possible en mode {said} : le jeton en a toutes les fonctions.", said=said)
    )


def _command(about: About, info: SiteInfo, command: str) -> Finding:
    """Judge one command: it needs every function of one of its ways, and the nearest way tells what is missing."""
    code = f"moodle.fonctions.{command.replace(' ', '_')}"
    missing = {way.mode: info.lacks(*way.functions) for way in rights.ways_of(command)}
    complete = [mode for mode, names in missing.items() if not names]
    if complete:
        return about.ok(
            code,
            _(
                "{command} : toutes les fonctions y sont (mode {complete}).",
                command=command,
                complete=", ".join(complete),
            ),
        )
    mode, names = min(missing.items(), key=lambda pair: len(pair[1]))
    plugin = f" {_(_ZIP)}" if {OBSERVE, PUBLISH} & set(names) else ""
    return about.mend(
        code,
        _("{command} : il manque, en mode {mode}, {names}.", command=command, mode=mode, names=", ".join(names)),
        f"{_(_SERVICE)} {_(_LIST)}{plugin}",
    )


def _rolls(about: About, info: SiteInfo) -> Iterator[Finding]:
    """Judge mod_attendance, where the service has any of its functions: all are needed for a roll."""
    missing = info.lacks(*rights.functions_of(rights.ROLLS))
    if not info.lacks(*ATTENDANCE_FUNCTIONS) and not missing:
        yield about.ok("moodle.appel", _("mod_attendance : toutes les fonctions de la feuille d'appel y sont."))
    elif len(info.lacks(*ATTENDANCE_FUNCTIONS)) < len(ATTENDANCE_FUNCTIONS):
        yield about.mend(
            "moodle.appel",
            _("mod_attendance : il manque {missing}.", missing=", ".join(missing)),
            f"{_(_SERVICE)} {_(_LIST)}",
        )


def _rooms(about: About, plugin: PluginFacts | None) -> Iterator[Finding]:
    """Say as what virtual classes are published; a site may well do without the module."""
    if plugin is None or isinstance(plugin.observation, ParcoursError) or _number(plugin) < OLDEST_PLUGIN:
        return
    said = (
        _("BigBlueButton est activé : les classes virtuelles y sont des salles.")
        if "bigbluebuttonbn" in plugin.observation.modules
        else _("BigBlueButton n'est pas activé : les classes virtuelles y sont publiées comme pages.")
    )
    yield about.ok("moodle.bigbluebutton", said.replace(" :", f"{NBSP}:"))


def _excess(about: About, info: SiteInfo) -> Iterator[Finding]:
    """Judge whether the token may do more than the program asks for: whoever steals it could too."""
    if info.userissiteadmin:
        yield about.watch(
            "moodle.administrateur",
            _("Le jeton est celui d'un administrateur du site : il peut tout."),
            _("Faites créer un compte de service, avec un rôle à lui. {list}", list=_(_LIST)),
        )
    needed = rights.functions_of((*rights.WAYS, *rights.ROLLS))
    extra = sorted({function.name for function in info.functions} - {*needed, *rights.TOLERATED})
    if extra:
        shown = ", ".join(extra[:3]) + ("…" if len(extra) > 3 else "")
        yield about.watch(
            "moodle.service",
            ngettext(
                "Le service ouvre {n} fonction dont parcours ne se sert pas ({shown}).",
                "Le service ouvre {n} fonctions dont parcours ne se sert pas ({shown}).",
                len(extra),
                shown=shown,
            ),
            _("Faites-les retirer, ou faites faire un service à part. {list}", list=_(_LIST)),
        )
    else:
        yield about.ok("moodle.service", _("Le service du jeton n'ouvre rien de plus que le nécessaire."))
