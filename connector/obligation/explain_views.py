"""An explanation as a person reads it, and as FORMATS.md section 5 gives it to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.ledger.instants import day_of
from connector.obligation.wording import NBSP, day, hours, percentage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from connector.obligation.closed_years import ClosedYear
    from connector.obligation.due import Due, Part
    from connector.obligation.explain import ExplainedLine, Explanation
    from connector.obligation.policy import Derogation, Policy
    from connector.obligation.rules import Regulation, RuleSet

_DECISIONS = {"credite": "crédité", "refuse": "refusé", "en_attente": "en attente"}
_ETATS = {"atteint": "atteint", "incomplet": "incomplet", "dispense": "dispensé"}
_FIGURES = (
    "presence_min", "distance_min", "formation_continue_min", "animation_min", "retenu_min", "reste_min", "etat",
    "manques", "alertes",
)  # fmt: skip


def as_document(found: Explanation) -> dict[str, Any]:
    """Return the JSON object of `expliquer --json`; durations in whole minutes, quotités in percent."""
    return {
        "identifiant": found.identifiant,
        "nom": found.nom,
        "prenom": found.prenom,
        "annee_scolaire": str(found.due.year),
        "a_rapprocher": found.stale,
        "lignes": [_line_object(line) for line in found.lines],
        "du": _due_object(found.due, found.due.law),
        "close_le": _closed_on(found.closed).isoformat() if found.closed else None,
        "bilan": {name: found.balance[name] for name in _FIGURES} if found.balance is not None else None,
    }


def _line_object(line: ExplainedLine) -> dict[str, Any]:
    return {
        "session": line.session,
        "activite": line.activite,
        "minutes": line.minutes,
        "minutes_prevues": line.minutes_prevues,
        "decision": line.decision,
        "motif": line.motif,
        "date": line.jour.isoformat() if line.jour else None,
        "declarations": list(line.declarations),
        "phrase": line.phrase,
        "details": list(line.details),
        "regle": line.regle,
        "textes": list(line.textes),
        "certitude": line.certitude,
    }


def _due_object(owed: Due, law: Regulation) -> dict[str, Any]:
    rules = law.rules_for(owed.year)
    return {
        "minutes": owed.minutes,
        "exact": float(owed.exact),
        "arrondi": owed.policy.arrondi,
        "apres_arrondi": owed.before_imputation,
        "derogation": owed.derogation.motif if owed.derogation else None,
        "politique_decidee_par": owed.policy.decide_par,
        "politique_decidee_le": owed.policy.decide_le.isoformat() if owed.policy.decide_le else None,
        "imputation_demandee": owed.imputation_asked,
        "imputation": owed.imputation,
        "jeu": rules.id,
        "textes": _titles(rules.sources, law),
        "certitude": rules.certitude,
        "intervalles": [
            {
                "debut": part.first.isoformat(),
                "fin": part.last.isoformat(),
                "jours": part.days,
                "jours_annee": owed.year.days,
                "quotite": part.service.quotite / 1000,
                "degre": part.service.degre,
                "situation": part.service.situation,
                "ecole": part.service.ecole,
                "minutes": float(part.minutes),
                "certitude": law.situation(part.service.situation).certitude,
            }
            for part in owed.parts
        ],
    }


def as_text(found: Explanation) -> str:
    """Return the explanation as French text: the due, then every line, then the balance."""
    title = f"{found.prenom} {found.nom} ({found.identifiant}), année scolaire {found.due.year}"
    blocks = [title, *_closed_text(found), "\n".join(_due_text(found.due, found.due.law))]
    blocks += ["\n".join(_line_text(line)) for line in found.lines] or ["Aucune activité suivie ni aucun créneau."]
    blocks.append("\n".join(_balance_text(found)))
    return "\n\n".join(blocks)


def _closed_text(found: Explanation) -> Iterator[str]:
    """Tell a closed year, and a due that the roster would no longer give."""
    if found.closed is None:
        return
    yield f"Année close le {day(_closed_on(found.closed))} par {found.closed.author}, avec les règles d'alors."
    stored = found.balance["due_min"] if found.balance is not None else None
    if stored is not None and stored != found.due.minutes:
        yield (
            f"Le dû a été arrêté à {hours(stored)} à la clôture{NBSP}: le fichier des personnels, qui a changé depuis,"
            f" donnerait {hours(found.due.minutes)}."
        )


def _closed_on(closed: ClosedYear) -> date:
    return day_of(closed.at_us)


def due_steps(owed: Due) -> Iterator[str]:
    """Yield how the due came about, a sentence a step: each service, the rounding or decision, the imputations."""
    law = owed.law
    rules = law.rules_for(owed.year)
    for part in owed.parts:
        yield _part_text(part, owed, rules, law)
    if not owed.parts:
        yield "Aucun service dans l'année scolaire."
    yield _rounding_text(owed, law)
    if owed.imputation_asked:
        capped = f", ramenées au plafond de {hours(owed.imputation)}" if owed.imputation < owed.imputation_asked else ""
        yield f"Imputations autorisées{NBSP}: {hours(owed.imputation_asked)}{capped}, à déduire"


def _due_text(owed: Due, law: Regulation) -> Iterator[str]:
    rules = law.rules_for(owed.year)
    yield f"Dû{NBSP}: {hours(owed.minutes)}"
    for step in due_steps(owed):
        yield f"  {step}"
    yield f"  Textes ({rules.id}){NBSP}: {'; '.join(_titles(rules.sources, law))}"
    yield f"  Certitude{NBSP}: {rules.certitude}"


def _part_text(part: Part, owed: Due, rules: RuleSet, law: Regulation) -> str:
    situation = law.situation(part.service.situation)
    when = f"du {day(part.first)} au {day(part.last)} ({part.days}{NBSP}j sur {owed.year.days})"
    if part.mode == "quotite":
        how = f"{hours(rules.total_min)} × {percentage(part.service.quotite)} × {part.days} ÷ {owed.year.days}"
    elif part.mode == "forfait":
        how = f"forfait de {hours(situation.forfait_min or 0)} × {part.days} ÷ {owed.year.days}"
    else:
        how = "rien n'est dû"
    minutes = f"{float(part.minutes):.2f}".replace(".", ",")
    return f"{when}, {situation.libelle}{NBSP}: {how} = {minutes}{NBSP}min (certitude {situation.certitude})"


def _rounding_text(owed: Due, law: Regulation) -> str:
    if owed.derogation is not None:
        by = _decided(owed.derogation)
        return f"Remplacé par décision ({owed.derogation.motif}){by}{NBSP}: {hours(owed.before_imputation)}"
    if owed.policy.arrondi == "module_3h_sup":
        step = hours(law.arrondi.module_min)
        by = _decided(owed.policy)
        return f"Arrondi au multiple de {step} supérieur{by}{NBSP}: {hours(owed.before_imputation)}"
    return f"Arrondi à la minute{NBSP}: {hours(owed.before_imputation)}"


def _decided(said: Policy | Derogation) -> str:
    """Say who decided a local rule, and when; nothing where nobody is named."""
    by = f", décidé par {said.decide_par}" if said.decide_par else ""
    return f"{by} le {day(said.decide_le)}" if said.decide_le else by


def _line_text(line: ExplainedLine) -> Iterator[str]:
    reason = f" ({line.motif})" if line.motif else ""
    yield f"{line.session} · {line.activite_titre} [{line.activite}]"
    yield f"  {hours(line.minutes)} sur {hours(line.minutes_prevues)}, {_DECISIONS[line.decision]}{reason}"
    yield f"  {line.phrase}"
    for detail in line.details:
        yield f"  {detail}"
    texts = f", {'; '.join(line.textes)}" if line.textes else ""
    yield f"  Règle {line.regle}{texts} (certitude{NBSP}: {line.certitude})"
    if line.jour:
        yield f"  Date{NBSP}: {day(line.jour)}"
    for declaration in line.declarations:
        yield f"  Déclaration {declaration}"


def _balance_text(found: Explanation) -> Iterator[str]:
    stored = found.balance
    if stored is None:
        yield f"Pas encore de bilan pour cette année{NBSP}: lancez parcours rapprocher --annee {found.due.year}."
    else:
        retenu, reste = hours(stored["retenu_min"]), hours(stored["reste_min"])
        yield f"Bilan{NBSP}: {_ETATS[stored['etat']]}, {retenu} retenues, reste {reste}"
        for sentence in (*_totals_text(stored, found.due), *stored["manques"], *stored["alertes"]):
            yield f"  {sentence}"
    if found.stale:
        yield f"Des éléments sont arrivés depuis{NBSP}: lancez parcours rapprocher."


def _totals_text(stored: Mapping[str, Any], owed: Due) -> Iterator[str]:
    """Say how the total kept came about: by modality, by nature, and what animation is not kept."""
    presence, distance = hours(stored["presence_min"]), hours(stored["distance_min"])
    yield f"Présence{NBSP}: {presence}{NBSP}; distance{NBSP}: {distance}"
    fc, animation = stored["formation_continue_min"], stored["animation_min"]
    yield f"Formation continue{NBSP}: {hours(fc)}{NBSP}; animation pédagogique{NBSP}: {hours(animation)}"
    kept = stored["retenu_min"] - fc
    if kept < animation:
        least, due = hours(stored["fc_requis_min"]), hours(stored["due_min"])
        yield (
            f"De l'animation, {hours(kept)} sont retenues sur {hours(animation)}{NBSP}: sur {due} dues,"
            f" {least} au moins sont de la formation continue."
        )
    if owed.policy.decide_par and (owed.policy.distance_min is not None or owed.policy.themes_min):
        yield f"Seuils de la circonscription{_decided(owed.policy)}."


def _titles(names: Sequence[str], law: Regulation) -> list[str]:
    return [law.sources[name].titre for name in names]
