"""What modes M and S will not do, do, and leave to a person: in French and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.language import N_, _
from connector.publish.wording import IN_PREPARATION, left_lines, listed, number, unknown_lines, unlisted_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.publish.modes import Mode
    from connector.publish.stock.differences import Difference
    from connector.publish.stock.outcome import StockOutcome
    from connector.publish.stock.plan import StockPlan

LIMITS = N_(
    "Sans l'extension, Moodle ne laisse ni créer une activité, ni changer un texte, un "
    "titre, une question, une règle d'achèvement ou une restriction. Seront mis à jour : "
    "noms et dates du cours, groupes, inscriptions, calendrier, échéances (au jour près), "
    "visibilité."
)
_COURSE_FIELDS = {
    "shortname": N_("nom abrégé"),
    "fullname": N_("nom"),
    "idnumber": "idnumber",
    "startdate": N_("dates"),
    "enddate": N_("dates"),
    "visible": N_("visibilité"),
}


def to_do_by_hand(left: Sequence[Difference]) -> list[str]:
    """Return what a person must do in Moodle's pages, one line an activity."""
    if not left:
        return []
    lines = [_("À faire à la main dans Moodle :")]
    for one in left:
        what = _("à revoir : {fields}", fields=", ".join(one.fields)) if one.fields else _("absente du cours, à créer")
        lines.append(_("  « {name} » ({idnumber}) : {what}", name=one.name, idnumber=one.idnumber, what=what))
    return lines


def said(outcome: StockOutcome, url: str) -> str:
    """Return the summary that a trainer reads after a publication."""
    code = outcome.course.course.idnumber
    done = list(_done(outcome.done))
    head = (
        _("{code} est à jour dans le cours {url}", code=code, url=url)
        if done
        else _("{code} était déjà à jour : {url}", code=code, url=url)
    )
    lines = [head, *(f"  {line}" for line in done), *left_lines(outcome.kept), *to_do_by_hand(outcome.left.by_hand)]
    lines += unknown_lines(outcome.left.people.unknown)
    lines += unlisted_lines(outcome.left.unlisted)
    lines += [f"  {remark}" for remark in outcome.done.remarks]
    lines += [_(IN_PREPARATION)] if outcome.left.prepared else []
    return "\n".join(lines)


def as_json(mode: Mode, outcome: StockOutcome, url: str) -> dict[str, Any]:
    """Return the same as a JSON document."""
    left = outcome.left
    return {
        "session": outcome.course.course.idnumber,
        "mode": mode.letter,
        "raison": mode.why,
        "en_preparation": left.prepared,
        "cours": {"id": outcome.course.course.id, "url": url},
        "fait": list(_done(outcome.done)),
        "laissees": listed(outcome.kept),
        "liees": {key: module.cmid for key, module in left.ties.found.items()},
        "a_la_main": [
            {"idnumber": one.idnumber, "nom": one.name, "champs": list(one.fields), "absente": not one.fields}
            for one in left.by_hand
        ],
        "sans_compte": list(left.people.unknown),
        "remarques": list(outcome.done.remarks),
        "hors_session": list(left.unlisted),
    }


def _done(plan: StockPlan) -> Iterator[str]:
    """Yield what a plan writes."""
    fields = dict.fromkeys(_(_COURSE_FIELDS[key]) for key in plan.course)
    if fields:
        yield _("cours : {champs}", champs=", ".join(fields))
    people, events = plan.people, plan.events
    counts = (
        (len(plan.groups), N_("groupe créé"), N_("groupes créés")),
        (len(people.enrol), N_("inscription"), N_("inscriptions")),
        (len(people.join) + len(people.leave), N_("changement de groupe"), N_("changements de groupe")),
        (len(events.create), N_("date écrite au calendrier"), N_("dates écrites au calendrier")),
        (len(plan.moves), N_("échéance déplacée"), N_("échéances déplacées")),
        (len(plan.show), N_("activité montrée"), N_("activités montrées")),
        (len(plan.hide), N_("activité masquée"), N_("activités masquées")),
    )
    for count, singular, plural in counts:
        if count:
            yield number(count, singular, plural)
