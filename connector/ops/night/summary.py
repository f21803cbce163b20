"""What a night says: one line for whoever looks in the morning, and the text of the message. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.language import N_, _, listed, ngettext
from connector.reports.typography import long_day

if TYPE_CHECKING:
    from connector.ops.night.outcome import Night

_VERDICTS = {0: N_("rien à signaler"), 1: N_("des étapes n'ont pas abouti"), 2: N_("quelqu'un a quelque chose à faire")}


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
        parts.append(ngettext("{n} échec", "{n} échecs", len(night.failures)))
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
    for title, sentences in ((_("Échecs"), night.failures), (_("À voir"), night.left)):
        if sentences:
            blocks.append("\n".join([_("{title} :", title=title), *(f"  - {sentence}" for sentence in sentences)]))
    steps = [
        _(
            "  - {name} : {sentence} ({duration})",
            name=step.name,
            sentence=step.done.sentence,
            duration=_duration(step.seconds),
        )
        for step in night.steps
    ]
    blocks.append("\n".join([_("Étapes :"), *steps]))
    return "\n\n".join(blocks) + "\n"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return _("moins d'une seconde")
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
