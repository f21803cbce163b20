"""What a night says: one line for whoever looks in the morning, and the text of the message. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.language import N_, _, listed, ngettext
from connector.reports.typography import long_day

if TYPE_CHECKING:
    from datetime import datetime

    from connector.ops.night.outcome import Night, Step

_VERDICTS = {0: N_("rien à signaler"), 1: N_("des étapes n'ont pas abouti"), 2: N_("quelqu'un a quelque chose à faire")}


_NAMES = {
    "collecte": N_("collecte"),
    "rapprochement": N_("rapprochement"),
    "mes_heures": N_("mes heures"),
    "rapports": N_("rapports"),
    "rappels": N_("rappels"),
    "courrier": N_("courrier"),
    "conservation": N_("conservation"),
    "metriques": N_("métriques"),
    "bilan": N_("bilan"),
}
"""What a step is called by people; the journal, the metrics and JSON have its own name."""


def one_line(night: Night) -> str:
    """Return the night in one line."""
    done = ", ".join(step.done.sentence for step in night.steps if not step.done.failures)
    parts = [
        _("Nuit du {jour}", jour=long_day(night.started.date())),
        _("{done}, en {duration}", done=done or _("rien"), duration=_duration(night.seconds)),
    ]
    if night.missed:
        parts.append(ngettext("{n} nuit manquée rattrapée", "{n} nuits manquées rattrapées", night.missed))
    if night.failures:
        where = ", ".join(_name(step) for step in night.steps if step.done.failures)
        parts.append(ngettext("{n} échec ({where})", "{n} échecs ({where})", len(night.failures), where=where))
    if night.left:
        parts.append(ngettext("{n} point à voir", "{n} points à voir", len(night.left)))
    head, *rest = parts
    return _("{head} : {rest}.", head=head, rest=listed(rest))


def subject(night: Night) -> str:
    """Return the subject of the message: the verdict first, since it is what a mailbox shows."""
    return _("parcours, {jour} : {verdict}", jour=long_day(night.started.date()), verdict=_(_VERDICTS[night.exit_code]))


def details(night: Night) -> str:
    """Return the whole night as a text: the line, what failed, what waits, each step."""
    blocks = [one_line(night)]
    for title, told in ((_("Échecs"), _failures), (_("À voir"), _left)):
        lines = [
            _("  - {name} : {sentence}", name=_name(step), sentence=sentence)
            for step in night.steps
            for sentence in told(step)
        ]
        if lines:
            blocks.append("\n".join([_("{title} :", title=title), *lines]))
    steps = [
        _(
            "  - {name} : {sentence} ({duration})",
            name=_name(step),
            sentence=step.done.sentence,
            duration=_duration(step.seconds),
        )
        for step in night.steps
    ]
    blocks.append("\n".join([_("Étapes :"), *steps]))
    return "\n\n".join(blocks) + "\n"


def broken_line(started: datetime, failure: str) -> str:
    """Return the line of a night that could not begin, or could not be finished."""
    return _("Nuit du {jour} : elle n'est pas allée au bout. {failure}", jour=long_day(started.date()), failure=failure)


def broken_subject(started: datetime) -> str:
    """Return the subject of the message about such a night."""
    return _("parcours, {jour} : la nuit n'est pas allée au bout", jour=long_day(started.date()))


def _failures(step: Step) -> tuple[str, ...]:
    return step.done.failures


def _left(step: Step) -> tuple[str, ...]:
    return step.done.left


def _name(step: Step) -> str:
    return _(_NAMES.get(step.name, step.name))


def _duration(seconds: float) -> str:
    if seconds < 1:
        return _("moins d'une seconde")
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
