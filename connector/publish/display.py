"""A plan as lines to show, each with its style. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from connector.language import N_, _, listed, ngettext
from connector.publish.values import changed_lines, field_name, is_long, moved, text
from connector.publish.wording import IN_PREPARATION, KINDS, WHY_KEPT, number, phrase, tally, unlisted_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from connector.publish.changes import Change, FieldChange, Plan
    from connector.publish.hours import Touched

_SIGNS = {
    "creer": ("+", "green"),
    "ouvrir": ("+", "green"),
    "rouvrir": ("+", "green"),
    "modifier": ("~", "yellow"),
    "deplacer": ("↕", "cyan"),
    "masquer": ("-", "red"),
    "annuler": ("-", "red"),
    "retirer": ("-", "red"),
}
_VERBS = {
    "creer": N_("créer"),
    "ouvrir": N_("ouvrir"),
    "rouvrir": N_("rouvrir"),
    "modifier": N_("modifier"),
    "deplacer": N_("déplacer"),
    "masquer": N_("masquer"),
    "annuler": N_("annuler"),
    "retirer": N_("retirer"),
}
_DRIFT = "magenta"


class Line(NamedTuple):
    """One line; `style` is a colour or `bold`, empty for none."""

    text: str
    style: str = ""


class Scene(NamedTuple):
    """What is needed to read a plan: names of activities and sections by key, the session's time zone."""

    names: dict[str, str]
    zone: ZoneInfo


def plan_lines(plan: Plan, scene: Scene, hours: Sequence[Touched] = (), *, complete: bool = True) -> list[Line]:
    """Return everything that a person should know before publishing; not `complete`, something stays to do by hand."""
    enrolled = [one.key for one in plan.changes if (one.kind, one.action) == ("inscription", "creer")]
    rest = [one for one in plan.changes if (one.kind, one.action) != ("inscription", "creer")]
    lines = [line for change in rest for line in _change_lines(change, scene)]
    lines += _enrolled_lines(enrolled)
    if not lines:
        lines.append(_nothing(plan, complete=complete))
    lines += drift_lines(plan, scene)
    lines += [
        Line(_("  = gardé tel quel dans Moodle : {kept}", kept=_kept(one.what, one.idnumber, one.why, scene)))
        for one in plan.kept
    ]
    lines += [Line(f"  = {remark}") for remark in plan.remarks]
    lines += _hour_lines(hours)
    lines += _unknown_lines(plan.unknown_people)
    lines += [Line(line) for line in unlisted_lines(plan.unlisted)]
    lines += [Line(_(IN_PREPARATION), "bold")] if plan.prepared else []
    if plan.changes:
        lines.append(Line(_("En tout, {total}.", total=_total(plan.changes)), "bold"))
    return lines


def _enrolled_lines(enrolled: Sequence[str]) -> list[Line]:
    if not enrolled:
        return []
    said = ngettext(
        "  + inscrire {n} personne : {enrolled}",
        "  + inscrire {n} personnes : {enrolled}",
        len(enrolled),
        enrolled=", ".join(enrolled),
    )
    return [Line(said, "green")]


def _nothing(plan: Plan, *, complete: bool) -> Line:
    """Say why nothing is sent."""
    if plan.drift:
        return Line(_("Rien à publier : vos fichiers n'ont pas changé depuis la dernière publication."))
    if complete:
        return Line(_("Rien à faire : le cours est tel que vos fichiers le décrivent."), "green")
    return Line(_("Rien à publier : ce qui diffère est à faire à la main."))


def _unknown_lines(people: Sequence[str]) -> list[Line]:
    if not people:
        return []
    head = ngettext(
        "{n} personne sans compte (ou avec plusieurs) sur le site :",
        "{n} personnes sans compte (ou avec plusieurs) sur le site :",
        len(people),
    )
    return [Line(head), *(Line(f"  {email}") for email in people)]


def _change_lines(change: Change, scene: Scene, sign: tuple[str, str] | None = None) -> Iterator[Line]:
    mark, style = sign or _SIGNS[change.action]
    if change.kind == "ordre":
        (order,) = change.details
        for key in moved(_strings(order.before), _strings(order.after)):
            yield Line(
                _(
                    "  {mark} déplacer « {name} »{after}",
                    mark=mark,
                    name=scene.names.get(key, key),
                    after=_after(key, _strings(order.after), scene),
                ),
                style,
            )
        return
    yield Line(f"  {mark} {_(_VERBS[change.action])} {phrase(change)}", style)
    if change.action in {"modifier", "deplacer"}:
        for detail in change.details:
            yield from _detail_lines(detail, scene)


def _after(key: str, order: Sequence[str], scene: Scene) -> str:
    rank = order.index(key)
    return _(" après « {name} »", name=scene.names.get(order[rank - 1], order[rank - 1])) if rank else _(" au début")


def _detail_lines(detail: FieldChange, scene: Scene) -> Iterator[Line]:
    before, after = (_shown(detail.name, value, scene) for value in (detail.before, detail.after))
    if not is_long(before, after):
        yield Line(_("      {field} : {before} → {after}", field=field_name(detail.name), before=before, after=after))
        return
    yield Line(_("      {field} :", field=field_name(detail.name)))
    for line in changed_lines(before, after):
        yield Line(f"        {line}", {"-": "red", "+": "green"}.get(line[0], ""))


def _shown(name: str, value: object, scene: Scene) -> str:
    if name == "section" and isinstance(value, str):
        return scene.names.get(value, value) or _("(hors des étapes)")
    return text(name, value, scene.zone)  # type: ignore[arg-type]  # JSON, as every value of a plan


def drift_lines(plan: Plan, scene: Scene) -> Iterator[Line]:
    """Return what somebody has edited in Moodle since the last publication."""
    if not plan.drift:
        return
    fate = _("à écraser") if plan.overwrites else _("laissé tel quel : --ecraser remet ce que disent vos fichiers")
    yield Line(_("Modifié dans Moodle depuis la dernière publication ({fate}) :", fate=fate), _DRIFT)
    for change in plan.drift:
        if change.action == "creer":
            yield Line(_("  ! supprimé dans Moodle : {phrase}", phrase=phrase(change)), _DRIFT)
        elif change.kind == "ordre":
            yield Line(_("  ! l'{name} n'est plus celui de vos fichiers", name=change.name), _DRIFT)
        else:
            yield Line(f"  ! {phrase(change)}", _DRIFT)
            for detail in change.details:
                yield from _drifted(detail, scene)


def _drifted(detail: FieldChange, scene: Scene) -> Iterator[Line]:
    both = _(" (modifié aussi dans vos fichiers)") if detail.origin == "deux" else ""
    there, here = (_shown(detail.name, value, scene) for value in (detail.before, detail.after))
    if not is_long(there, here):
        yield Line(
            _(
                "      {field} : {there} dans Moodle, {here} dans vos fichiers{both}",
                field=field_name(detail.name),
                there=there,
                here=here,
                both=both,
            )
        )
        return
    yield Line(_("      {field}, de Moodle (-) à vos fichiers (+){both} :", field=field_name(detail.name), both=both))
    yield from (Line(f"        {line}") for line in changed_lines(there, here))


def _kept(what: str, key: str, why: str, scene: Scene) -> str:
    return _(
        "{field} de « {name} » ({why})",
        field=field_name(what),
        name=scene.names.get(key, key),
        why=_(WHY_KEPT.get(why, why)),
    )


def _hour_lines(hours: Sequence[Touched]) -> Iterator[Line]:
    if hours:
        yield Line(_("Heures déjà créditées sur ce qui change (elles restent acquises) :"))
    for one in hours:
        yield Line(
            ngettext(
                "  « {title} » : {n} personne, {credited}{planned}",
                "  « {title} » : {n} personnes, {credited}{planned}",
                one.people,
                title=one.title,
                credited=one.credited,
                planned=one.planned,
            )
        )


def _total(changes: Sequence[Change]) -> str:
    """Return « à créer : 1 étape, 4 activités ; à déplacer : 1 activité »: what the lines name but our own affairs."""
    counts = Counter({(action, kind): count for action, kind, count in tally(changes)})
    for change in changes:
        if change.kind == "ordre":
            (order,) = change.details
            kind = "section" if change.key.endswith("/sections") else "activite"
            counts[change.action, kind] += len(moved(_strings(order.before), _strings(order.after)))
    said: dict[str, list[str]] = {}
    for (action, kind), count in counts.items():
        said.setdefault(_(_VERBS[action]), []).append(number(count, *KINDS[kind]))
    return listed(_("à {verb} : {one}", verb=verb, one=", ".join(one)) for verb, one in said.items()) or _(
        "les données du crédit d'heures"
    )


def _strings(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
