"""Judges the rights of a site's account: each command's capabilities by the roles that it has, and what they assign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ParcoursError
from connector.language import N_, _, ngettext
from connector.ops.doctor import rights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.moodle.functions import SiteInfo
    from connector.moodle.observation import Place, Rights
    from connector.ops.doctor.facts import PluginFacts
    from connector.ops.doctor.finding import About, Finding

_LOOKS_UP = "moodle/course:viewparticipants"
_PROVED = frozenset({"webservice/rest:use", "webservice/soap:use", _LOOKS_UP})
"""What harmless calls show: that web services answer, and that the plugin looks accounts up."""

_ROLL = "appel"
_ROLES_PAGE = N_("Administration du site > Utilisateurs > Permissions > Définir les rôles")

Needs = dict[str, tuple[str, ...]]
"""The capabilities that a command needs, by mode: those of one mode are enough."""


def judge_rights(about: About, plugin: PluginFacts | None, info: SiteInfo) -> Iterator[Finding]:
    """Judge what the account may do, as far as the site tells it: only our plugin does."""
    if plugin is None or isinstance(plugin.observation, ParcoursError):
        yield from _untold(about, info, _PROVED - {_LOOKS_UP})
        return
    if isinstance(plugin.accounts, ParcoursError):
        yield about.fault("moodle.capacite.participants", plugin.accounts)
    else:
        yield about.ok("moodle.capacite.participants", _("Le compte peut chercher les personnes du site."))
    if isinstance(plugin.rights, ParcoursError):
        yield about.fault("moodle.capacites", plugin.rights)
    elif plugin.rights is None or plugin.rights.capabilities is None:
        yield from _untold(about, info, _PROVED)
    else:
        told = plugin.rights.capabilities
        for name, needs in _needs(info).items():
            yield from _command(about, info, told, name, needs)
        if not info.userissiteadmin:
            yield from (finding for place in told.places for finding in _assigned(about, info, place))


def _untold(about: About, info: SiteInfo, proved: frozenset[str]) -> Iterator[Finding]:
    """Name the capabilities that nothing proves, where the service has functions that ask for any."""
    useful = [way for way in (*rights.WAYS, *rights.ROLLS) if not info.lacks(*way.functions)]
    names = [name for name in rights.capabilities_of(useful) if name not in proved]
    if not names:
        return
    yield about.untold(
        "moodle.capacites",
        _(
            "Les services web ne disent pas si le rôle du compte « {username} » a : {names}.",
            username=info.username,
            names=", ".join(names),
        ),
        _(
            "Un administrateur le voit dans Administration du site > Utilisateurs > Permissions > "
            "Vérifier les permissions du système ; le rôle ne doit pouvoir attribuer que student, "
            "teacher et editingteacher. L'extension local_parcours, à jour, le dit d'elle-même."
        ),
    )


def _needs(info: SiteInfo) -> dict[str, Needs]:
    """Return what is needed by command, in the modes whose functions the service has, then by the roll."""
    found: dict[str, Needs] = {}
    for command in rights.commands():
        open_ways = [way for way in rights.ways_of(command) if not info.lacks(*way.functions)]
        if open_ways:
            found[command] = {way.mode: way.capabilities for way in open_ways}
    if not info.lacks(*rights.functions_of(rights.ROLLS)):
        found[_ROLL] = {"A": rights.capabilities_of(rights.ROLLS)}
    return found


def _command(about: About, info: SiteInfo, told: Rights, name: str, needs: Needs) -> Iterator[Finding]:
    """Judge a command in each place, in the mode that it takes unasked: P where it can be, else any other one.

    Where the capabilities of a mode are incomplete, the nearest one is told; other modes are told where they are not.
    """
    unasked = {"P"} if "P" in needs else set(needs)
    code = f"moodle.capacites.{name.replace(' ', '_')}"
    enough: list[set[str]] = []
    for place in told.places:
        granted = {*place.held, *told.unknown, *_PROVED}
        missing = {mode: [one for one in names if one not in granted] for mode, names in needs.items()}
        enough.append({mode for mode, names in missing.items() if not names})
        if not enough[-1] & unasked:
            mode, names = min(
                ((mode, missing[mode]) for mode in needs if mode in unasked), key=lambda pair: len(pair[1])
            )
            yield _lacking(about, info, place, code, f"{name}{_in_mode(mode)}", names)
    if all(one & unasked for one in enough):
        modes = ", ".join(mode for mode in needs if all(mode in one for one in enough))
        yield about.ok(
            code,
            _("{name} : le compte a toutes les capacités qu'il faut{in_mode}.", name=name, in_mode=_in_mode(modes)),
        )


def _in_mode(mode: str) -> str:
    return "" if mode in ("", "A") else _(", en mode {mode}", mode=mode)


def _lacking(about: About, info: SiteInfo, place: Place, code: str, need: str, names: list[str]) -> Finding:
    """Say how many capabilities are missing to whom and where, then which, and how they are granted."""
    sentence = ngettext(
        "{need} : il manque {n} capacité {to}, {at}.",
        "{need} : il manque {n} capacités {to}, {at}.",
        len(names),
        need=need,
        to=_to(info, place),
        at=_at(place),
    )
    above = _("{at} ou au niveau du système", at=_at(place)) if place.category else _(_SYSTEM_OR_CATEGORY)
    remedy = _(
        "Donnez {names} {to} ({roles_page}) ; le compte « {username} » doit avoir ce rôle {above}.",
        names=", ".join(names),
        to=_to(info, place),
        roles_page=_(_ROLES_PAGE),
        username=info.username,
        above=above,
    )
    return about.mend(code, sentence, remedy)


_SYSTEM_OR_CATEGORY = N_("au niveau du système, ou de la catégorie des sessions quand le site en a une à part")


def _to(info: SiteInfo, place: Place) -> str:
    """Name the roles that something is granted to, or the account where it has none there."""
    if not place.roles:
        return _("à un rôle du compte « {username} »", username=info.username)
    named = [_("« {role} »", role=role) for role in place.roles]
    return (
        _("au rôle {named}", named=named[0])
        if len(named) == 1
        else _("à l'un des rôles {named}", named=", ".join(named))
    )


def _at(place: Place) -> str:
    if place.category is None:
        return _("au niveau du système")
    return _("dans la catégorie « {name} »", name=place.category.name)


def _assigned(about: About, info: SiteInfo, place: Place) -> Iterator[Finding]:
    """Judge which roles the account's roles may assign: too few and nobody is enrolled, too many and it can promote."""
    publishes = any(not info.lacks(*way.functions) for way in rights.ways_of("publier"))
    missing = [role for role in rights.ASSIGNABLE_ROLES if role not in place.assignable] if publishes else []
    extra = [role for role in place.assignable if role not in rights.ASSIGNABLE_ROLES]
    remedy = _(
        "Accordez-les {to} ({roles_page} > Autoriser l'attribution des rôles).",
        to=_to(info, place),
        roles_page=_(_ROLES_PAGE),
    )
    if missing:
        yield about.mend(
            "moodle.roles",
            _("Le compte ne peut pas attribuer, {at} : {missing}.", at=_at(place), missing=", ".join(missing)),
            remedy,
        )
    if extra:
        yield about.watch(
            "moodle.roles",
            _(
                "Le compte peut attribuer plus de rôles qu'il ne faut, {at} : {extra}.",
                at=_at(place),
                extra=", ".join(extra),
            ),
            _("Retirez-les ({roles_page} > Autoriser l'attribution des rôles).", roles_page=_(_ROLES_PAGE)),
        )
    if not missing and not extra:
        yield about.ok(
            "moodle.roles", _("Le compte attribue les rôles qu'il faut, et aucun autre, {at}.", at=_at(place))
        )
