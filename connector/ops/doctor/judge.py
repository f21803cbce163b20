"""Facts in, findings out: asks nothing, so that every fault can be judged without having it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ParcoursError
from connector.ops.doctor.finding import About
from connector.ops.doctor.judge_emitter import judge_emitter
from connector.ops.doctor.judge_local import (
    judge_configuration,
    judge_folder,
    judge_ledger,
    judge_mail,
    judge_night,
    judge_secret,
    judge_sessions,
)
from connector.ops.doctor.judge_lrs import judge_lrs
from connector.ops.doctor.judge_moodle import judge_site

if TYPE_CHECKING:
    from datetime import datetime

    from connector.moodle.plugin_zip import PluginVersion
    from connector.ops.doctor.facts import Facts
    from connector.ops.doctor.finding import Finding


def judge(facts: Facts, ours: PluginVersion, now: datetime) -> tuple[Finding, ...]:
    """Return every finding: this machine first, then each site, each LRS, the mail server.

    `ours` is the version of the plugin that this program builds; `now` is aware.
    """
    about = About(str(facts.folder.path))
    findings = [*judge_configuration(about, facts.settings), *judge_folder(about, facts.folder)]
    if facts.ledger is not None:
        findings.append(judge_ledger(about, facts.ledger))
        findings += judge_night(about, facts.ledger, now)
        if not isinstance(facts.settings, ParcoursError):
            findings += judge_sessions(about, facts.settings, facts.ledger)
    findings += [judge_secret(secret) for secret in facts.folder.secrets]
    for site in facts.sites:
        findings += judge_site(site, ours, now)
        if site.plugin is not None and not isinstance(facts.settings, ParcoursError):
            findings += judge_emitter(About(site.site.adresse), site.plugin.emitter, facts.settings.lrs, now)
    for lrs in facts.lrs:
        findings += judge_lrs(lrs, now)
    if facts.mail is not None:
        findings.append(judge_mail(facts.mail))
    return tuple(findings)
