"""An explanation as a person reads it, and as FORMATS.md section 5 gives it to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.language import N_, _, listed
from connector.ledger.instants import day_of
from connector.obligation.balance import thresholds
from connector.obligation.retelling import retold
from connector.obligation.wording import day, decimal, hours, percentage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from connector.obligation.balance import Threshold
    from connector.obligation.closed_years import ClosedYear
    from connector.obligation.due import Due, Part
    from connector.obligation.explain import ExplainedLine, Explanation
    from connector.obligation.policy import Derogation, Policy
    from connector.obligation.rules import Regulation, RuleSet

_DECISIONS = {"credite": N_("crédité"), "refuse": N_("refusé"), "en_attente": N_("en attente")}
_ETATS = {"atteint": N_("atteint"), "incomplet": N_("incomplet"), "dispense": N_("dispensé")}
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
        "derogation_decidee_par": owed.derogation.decide_par if owed.derogation else None,
        "derogation_decidee_le": _isoformat(owed.derogation.decide_le) if owed.derogation else None,
        "politique_decidee_par": owed.policy.decide_par,
        "politique_decidee_le": _isoformat(owed.policy.decide_le),
        "imputation_demandee": owed.imputation_asked,
        "imputation": owed.imputation,
        "seuils": [{"nom": one.name, "plein": one.full, "minutes": one.least} for one in thresholds(owed)],
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


def _isoformat(on: date | None) -> str | None:
    return on.isoformat() if on else None


def as_text(found: Explanation) -> str:
    """Return the explanation as text: the due, then every line, then the balance."""
    title = _(
        "{prenom} {nom} ({identifiant}), année scolaire {annee}",
        prenom=found.prenom,
        nom=found.nom,
        identifiant=found.identifiant,
        annee=found.due.year,
    )
    blocks = [title, *_closed_text(found), "\n".join(_due_text(found.due, found.due.law))]
    blocks += ["\n".join(_line_text(line)) for line in found.lines] or [_("Aucune activité suivie ni aucun créneau.")]
    blocks.append("\n".join(_balance_text(found)))
    return "\n\n".join(blocks)


def _closed_text(found: Explanation) -> Iterator[str]:
    """Tell a closed year, and a due that the roster would no longer give."""
    if found.closed is None:
        return
    yield _(
        "Année close le {jour} par {auteur}, avec les règles d'alors.",
        jour=day(_closed_on(found.closed)),
        auteur=found.closed.author,
    )
    stored = found.balance["due_min"] if found.balance is not None else None
    if stored is not None and stored != found.due.minutes:
        yield _(
            "Le dû a été arrêté à {arrete} à la clôture : le fichier des personnels, qui a changé depuis,"
            " donnerait {donnerait}.",
            arrete=hours(stored),
            donnerait=hours(found.due.minutes),
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
        yield _("Aucun service dans l'année scolaire.")
    yield _rounding_text(owed, law)
    if owed.imputation_asked:
        whole = N_("Imputations autorisées : {demandees}, à déduire")
        capped = N_("Imputations autorisées : {demandees}, ramenées au plafond de {plafond}, à déduire")
        kept = {"demandees": hours(owed.imputation_asked), "plafond": hours(owed.imputation)}
        yield _(capped if owed.imputation < owed.imputation_asked else whole, **kept)
    yield from (_threshold_text(one, owed, rules) for one in thresholds(owed) if one.full and owed.minutes)


def _due_text(owed: Due, law: Regulation) -> Iterator[str]:
    rules = law.rules_for(owed.year)
    yield _("Dû : {minutes}", minutes=hours(owed.minutes))
    for step in due_steps(owed):
        yield f"  {step}"
    said = listed(_titles(rules.sources, law))
    yield "  " + _("Textes ({regles}) : {textes}", regles=rules.id, textes=said)
    yield "  " + _("Certitude : {certitude}", certitude=_(rules.certitude))


def _part_text(part: Part, owed: Due, rules: RuleSet, law: Regulation) -> str:
    situation = law.situation(part.service.situation)
    share = f"{part.days} ÷ {owed.year.days}"
    if part.mode == "quotite":
        how = f"{hours(rules.total_min)} × {percentage(part.service.quotite)} × {share}"
    elif part.mode == "forfait":
        how = _("forfait de {forfait}", forfait=hours(situation.forfait_min or 0)) + f" × {share}"
    else:
        how = _("rien n'est dû")
    return _(
        "du {debut} au {fin} ({jours} j sur {annee}), {situation} : {calcul} = {minutes} min (certitude {certitude})",
        debut=day(part.first),
        fin=day(part.last),
        jours=part.days,
        annee=owed.year.days,
        situation=_(situation.libelle),
        calcul=how,
        minutes=decimal(float(part.minutes)),
        certitude=_(situation.certitude),
    )


def _rounding_text(owed: Due, law: Regulation) -> str:
    rounded = hours(owed.before_imputation)
    if owed.derogation is not None:
        return _(
            "Remplacé par dérogation ({raison}){par} : {minutes}",
            raison=_derogation_reason(owed.derogation, law),
            par=_decided(owed.derogation),
            minutes=rounded,
        )
    if owed.policy.arrondi == "module_3h_sup":
        return _(
            "Arrondi au multiple de {module} supérieur{par} : {minutes}",
            module=hours(law.arrondi.module_min),
            par=_decided(owed.policy),
            minutes=rounded,
        )
    return _("Arrondi à la minute : {minutes}", minutes=rounded)


def _threshold_text(one: Threshold, owed: Due, rules: RuleSet) -> str:
    """Say how a threshold scales with the due, and where what is owed is less still."""
    figures = {"seuil": _(one.name), "plein": hours(one.full), "du": hours(owed.before_imputation)}
    scaled = N_("Seuil « {seuil} » : {plein} × {du} ÷ {total} = {minutes}")
    capped = N_("Seuil « {seuil} » : {plein} × {du} ÷ {total}, ramené au dû : {minutes}")
    said = capped if one.full * owed.before_imputation > rules.total_min * owed.minutes else scaled
    return _(said, **figures, total=hours(rules.total_min), minutes=hours(one.least))


def _derogation_reason(said: Derogation, law: Regulation) -> str:
    """Say a reason in words; one that is not of ours is a word of whoever decided."""
    known = law.derogations.get(said.motif)
    return _(known.libelle) if known else _("« {motif} »", motif=said.motif)


def _decided(said: Policy | Derogation) -> str:
    """Say who decided a local rule, and when; nothing where nobody is named."""
    on = day(said.decide_le) if said.decide_le else ""
    if said.decide_par and on:
        return _(", décidé par {auteur} le {jour}", auteur=said.decide_par, jour=on)
    if said.decide_par:
        return _(", décidé par {auteur}", auteur=said.decide_par)
    return _(" le {jour}", jour=on) if on else ""


def _line_text(line: ExplainedLine) -> Iterator[str]:
    reason = f" ({line.motif})" if line.motif else ""
    yield f"{line.session} · {line.activite_titre} [{line.activite}]"
    yield "  " + _(
        "{minutes} sur {prevues}, {decision}{motif}",
        minutes=hours(line.minutes),
        prevues=hours(line.minutes_prevues),
        decision=_(_DECISIONS[line.decision]),
        motif=reason,
    )
    yield f"  {line.phrase}"
    for detail in line.details:
        yield f"  {detail}"
    texts = f", {listed(line.textes)}" if line.textes else ""
    yield "  " + _(
        "Règle {regle}{textes} (certitude : {certitude})", regle=line.regle, textes=texts, certitude=line.certitude
    )
    if line.jour:
        yield "  " + _("Date : {jour}", jour=day(line.jour))
    for declaration in line.declarations:
        yield "  " + _("Déclaration {identifiant}", identifiant=declaration)


def _balance_text(found: Explanation) -> Iterator[str]:
    stored = found.balance
    if stored is None:
        yield _(
            "Pas encore de bilan pour cette année : lancez parcours rapprocher --annee {annee}.", annee=found.due.year
        )
    else:
        yield _(
            "Bilan : {etat}, {retenues} retenues, reste {reste}",
            etat=_(_ETATS[stored["etat"]]),
            retenues=hours(stored["retenu_min"]),
            reste=hours(stored["reste_min"]),
        )
        unmet = (_("Seuil non atteint : {seuil}", seuil=retold(one)) for one in stored["manques"])
        for sentence in (*_totals_text(stored, found.due), *unmet, *map(retold, stored["alertes"])):
            yield f"  {sentence}"
    if found.stale:
        yield _("Des éléments sont arrivés depuis : lancez parcours rapprocher.")


def _totals_text(stored: Mapping[str, Any], owed: Due) -> Iterator[str]:
    """Say how the total kept came about: by modality, by nature, and what animation is not kept."""
    presence, distance = hours(stored["presence_min"]), hours(stored["distance_min"])
    yield _("Présence : {presence} ; distance : {distance}", presence=presence, distance=distance)
    fc, animation = stored["formation_continue_min"], stored["animation_min"]
    yield _(
        "Formation continue : {formation} ; animation pédagogique : {animation}",
        formation=hours(fc),
        animation=hours(animation),
    )
    kept = stored["retenu_min"] - fc
    if kept < animation:
        yield _(
            "De l'animation, {retenues} sont retenues sur {animation} : sur {dues} dues,"
            " {moins} au moins sont de la formation continue.",
            retenues=hours(kept),
            animation=hours(animation),
            dues=hours(stored["due_min"]),
            moins=hours(stored["fc_requis_min"]),
        )
    if owed.policy.decide_par and (owed.policy.distance_min is not None or owed.policy.themes_min):
        yield _("Choix de seuils de la circonscription{par}.", par=_decided(owed.policy))


def _titles(names: Sequence[str], law: Regulation) -> list[str]:
    return [law.sources[name].titre for name in names]
