"""The roll of mod_attendance, published after the course where the site has it, and told with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from connector.cli.publishing import warn
from connector.moodle.roll import has_rolls
from connector.publish.rollcall import wording
from connector.publish.rollcall.apply import publish_roll

if TYPE_CHECKING:
    from connector.moodle.document import Publication
    from connector.moodle.functions import SiteInfo
    from connector.moodle.transport import Transport
    from connector.publish.journal import PublicationJournal
    from connector.publish.rollcall.apply import RollOutcome


def roll_of(
    transport: Transport,
    info: SiteInfo,
    wanted: Publication,
    course: int,
    journal: PublicationJournal,
    *,
    overwrite: bool = False,
    unchanged: bool = False,
) -> RollOutcome | None:
    """Publish the roll of a course; None on a site without mod_attendance. `unchanged` says that of the course."""
    if not has_rolls(info):
        return None
    steps = journal.steps("appel")
    return publish_roll(transport, wanted, course, steps, say=warn, overwrite=overwrite, unchanged=unchanged)


def left_in(roll: RollOutcome | None) -> bool:
    """Tell whether a person has something to do in the roll."""
    return roll is not None and bool(roll.left.by_hand or roll.left.drift)


def tell(outcome: str | dict[str, Any], roll: RollOutcome | None) -> None:
    """Show what was published, the roll included: a text, or a JSON document."""
    if isinstance(outcome, dict):
        document = outcome | ({"appel": wording.as_json(roll)} if roll else {})
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join([outcome, *(wording.said(roll) if roll else [])]))
