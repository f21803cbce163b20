"""What a night says: one line for whoever looks in the morning, and the text of the message. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.reports.typography import count, long_day

if TYPE_CHECKING:
    from connector.ops.night.outcome import Night

_VERDICTS = {0: "rien à signaler", 1: "des étapes n'ont pas abouti", 2: "quelqu'un a quelque chose à faire"}


def one_line(night: Night) -> str:
    """Return the night in one line."""
    done = ", ".join(step.done.sentence for step in night.steps if not step.done.failures)
    parts = [f"Nuit du {long_day(night.started.date())}", f"{done or 'rien'}, en {_duration(night.seconds)}"]
    if night.missed:
        parts.append(count(night.missed, "nuit manquée rattrapée", "nuits manquées rattrapées"))
    if night.failures:
        parts.append(count(len(night.failures), "échec", "échecs"))
    if night.left:
        parts.append(count(len(night.left), "point à voir", "points à voir"))
    head, *rest = parts
    return f"{head} : {' ; '.join(rest)}."


def subject(night: Night) -> str:
    """Return the subject of the message: the verdict first, since it is what a mailbox shows."""
    return f"parcours, {long_day(night.started.date())} : {_VERDICTS[night.exit_code]}"


def details(night: Night) -> str:
    """Return the whole night as a text: the line, what failed, what waits, each step."""
    blocks = [one_line(night)]
    for title, sentences in (("Échecs", night.failures), ("À voir", night.left)):
        if sentences:
            blocks.append("\n".join([f"{title} :", *(f"  - {sentence}" for sentence in sentences)]))
    steps = [f"  - {step.name} : {step.done.sentence} ({_duration(step.seconds)})" for step in night.steps]
    blocks.append("\n".join(["Étapes :", *steps]))
    return "\n\n".join(blocks) + "\n"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "moins d'une seconde"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
