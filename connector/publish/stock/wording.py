"""What modes M and S will not do, do, and leave to a person: in French and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.publish.wording import IN_PREPARATION, left_lines, listed, number, unlisted_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.publish.modes import Mode
    from connector.publish.stock.apply import StockOutcome
    from connector.publish.stock.differences import Difference
    from connector.publish.stock.plan import StockPlan

LIMITS = (
    "Sans l'extension, Moodle ne laisse ni créer une activité, ni changer un texte, un titre, une question, une règle"
    " d'achèvement ou une restriction. Seront mis à jour : noms et dates du cours, groupes, inscriptions, calendrier,"
    " échéances (au jour près), visibilité."
)
_COURSE_FIELDS = {
    "shortname": "nom abrégé",
    "fullname": "nom",
    "idnumber": "idnumber",
    "startdate": "dates",
    "enddate": "dates",
    "visible": "visibilité",
}


def to_do_by_hand(left: Sequence[Difference]) -> list[str]:
    """Return what a person must do in Moodle's pages, one line an activity."""
    if not left:
        return []
    lines = ["À faire à la main dans Moodle :"]
    for one in left:
        what = f"à revoir : {', '.join(one.fields)}" if one.fields else "absente du cours, à créer"
        lines.append(f"  « {one.name} » ({one.idnumber}) : {what}")
    return lines


def said(outcome: StockOutcome, url: str) -> str:
    """Return the summary that a trainer reads after a publication."""
    code = outcome.course.course.idnumber
    done = list(_done(outcome.done))
    head = f"{code} est à jour dans le cours {url}" if done else f"{code} était déjà à jour : {url}"
    lines = [head, *(f"  {line}" for line in done), *left_lines(outcome.kept), *to_do_by_hand(outcome.left.by_hand)]
    unknown = outcome.left.people.unknown
    if unknown:
        count = number(len(unknown), "personne", "personnes")
        lines.append(f"{count} sans compte (ou avec plusieurs) sur le site, à inscrire quand le compte existera :")
        lines += [f"  {email}" for email in unknown]
    lines += unlisted_lines(outcome.left.unlisted)
    lines += [IN_PREPARATION] if outcome.left.prepared else []
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
        "hors_session": list(left.unlisted),
    }


def _done(plan: StockPlan) -> Iterator[str]:
    """Yield what a plan writes."""
    fields = dict.fromkeys(_COURSE_FIELDS[key] for key in plan.course)
    if fields:
        yield f"cours : {', '.join(fields)}"
    people, events = plan.people, plan.events
    counts = (
        (len(plan.groups), "groupe créé", "groupes créés"),
        (len(people.enrol), "inscription", "inscriptions"),
        (len(people.join) + len(people.leave), "changement de groupe", "changements de groupe"),
        (len(events.create), "date écrite au calendrier", "dates écrites au calendrier"),
        (len(plan.moves), "échéance déplacée", "échéances déplacées"),
        (len(plan.show), "activité montrée", "activités montrées"),
        (len(plan.hide), "activité masquée", "activités masquées"),
    )
    for count, singular, plural in counts:
        if count:
            yield number(count, singular, plural)
