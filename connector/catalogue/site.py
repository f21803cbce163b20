"""The catalogue as a folder of files that any web server, or a disk, gives as it is: pages, XML, packages.

index.html        all the parcours; search and filters where the browser runs scripts
<nom>.html        one parcours: what it is for, and how it goes, without facilitation notes nor answers
catalogue.xml     m@gistère's XML
paquets/          the package of each parcours that says its licence

The pages are in the language being spoken; what authors and m@gistère's closed lists say stays in French, and says so.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, PackageLoader
from markupsafe import Markup

from connector.catalogue.entries import BANDS
from connector.catalogue.listing import page_name, to_xml
from connector.catalogue.package import pack
from connector.deliver import deliver
from connector.language import N_, _, ngettext
from connector.moodle.activities.html import markdown
from connector.reports.drawing import asset, environment
from connector.reports.page import policy_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jinja2 import Environment

    from connector.catalogue.entries import Entry
    from scenarios.model import Sequence as Step

TYPES: Mapping[str, str] = {
    "page": N_("Lecture"),
    "etiquette": N_("Repère"),
    "url": N_("Ressource en ligne"),
    "fichier": N_("Documents"),
    "forum": N_("Échange"),
    "devoir": N_("Production"),
    "test": N_("Test"),
    "sondage": N_("Sondage"),
    "questionnaire": N_("Questionnaire"),
    "classe_virtuelle": N_("Classe virtuelle"),
    "presence": N_("Rencontre"),
    "h5p": N_("Activité interactive"),
    "mise_en_oeuvre": N_("Mise en œuvre en classe"),
}
"""What an activity is, for somebody who chooses a parcours."""

SOCIAL: Mapping[str, str] = {
    "individuel": N_("Seul"),
    "binome": N_("À deux"),
    "groupe": N_("En petit groupe"),
    "collectif": N_("Tous ensemble"),
}


def write_site(entries: Sequence[Entry], folder: Path, address: str = "") -> Path:
    """Write the site of `entries` in a folder and return its first page, which is written last.

    `address` is where the folder will be on the web: what the XML's addresses begin with.
    """
    for entry in entries:
        if entry.licence:
            _give(pack(entry.loaded), folder / package_path(entry))
        _give(_page("parcours", entry=entry).encode(), folder / page_name(entry))
    _give(to_xml(entries, address), folder / "catalogue.xml")
    offers = [(offer, list(group)) for offer, group in groupby(entries, key=lambda entry: entry.offre)]
    index = _page("index", _own("catalogue.js"), entries=entries, offers=offers)
    return _give(index.encode(), folder / "index.html")


def _give(content: bytes, path: Path) -> Path:
    """Write a file that a web server may read, whoever it runs as."""
    deliver(content, path).chmod(0o644)
    return path


def package_path(entry: Entry) -> str:
    """Return where the site has the package of a parcours."""
    return f"paquets/{entry.matricule}.zip"


def _page(name: str, script: str = "", **values: Any) -> str:
    style = str(asset("report.css")) + _own("catalogue.css")
    template = _environment().get_template(f"{name}.html.j2")
    # Our own packaged assets, put into the page as they are: the policy is their hashes.
    inside = {"style": Markup(style), "script": Markup(script)}  # noqa: S704
    return template.render(policy=policy_of(style, script), **inside, **values)


@cache
def _environment() -> Environment:
    loaders = [PackageLoader("connector.catalogue"), PackageLoader("connector.reports")]
    made = environment().overlay(loader=ChoiceLoader(loaders))
    made.filters.update(
        translated=_, words=_duration, markdown=_harmless, page_name=page_name, package_path=package_path
    )
    made.globals.update(bands=BANDS, types=TYPES, social=SOCIAL, minutes_of=_credited)
    return made


def _harmless(text: str) -> Markup:
    return Markup(markdown(text))  # noqa: S704 - cleaned by `markdown`, whatever the author wrote


def _duration(minutes: int) -> str:
    """Return a duration in words: `1 heure 30 minutes`, `45 minutes`, `0 heure`."""
    whole, rest = divmod(minutes, 60)
    in_hours = ngettext("{n}\N{NO-BREAK SPACE}heure", "{n}\N{NO-BREAK SPACE}heures", whole)
    in_minutes = ngettext("{n}\N{NO-BREAK SPACE}minute", "{n}\N{NO-BREAK SPACE}minutes", rest)
    if not rest:
        return in_hours
    return _("{heures} {minutes}", heures=in_hours, minutes=in_minutes) if whole else in_minutes


def _credited(step: Step) -> int:
    return sum(activity.duree for activity in step.activites if activity.credite)


def _own(name: str) -> str:
    return resources.files("connector.catalogue").joinpath("templates", name).read_text("utf-8")
