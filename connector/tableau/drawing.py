"""What the pages are drawn with: the reports' own words, figures and pictures, in templates of their own."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, PackageLoader
from starlette.responses import HTMLResponse

from connector.language import LANGUAGES, NAMES, language, speaking
from connector.reports.drawing import environment, stylesheet
from connector.tableau.speech import address

if TYPE_CHECKING:
    from jinja2 import Environment

    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor


@cache
def _environment() -> Environment:
    loaders = [PackageLoader("connector.tableau"), PackageLoader("connector.reports")]
    return environment().overlay(loader=ChoiceLoader(loaders))


@cache
def files() -> dict[str, tuple[bytes, str]]:
    """Return the files that pages name, with their type: the look of the reports, then that of the pages."""
    styles = {}
    for code in LANGUAGES:
        with speaking(code):
            styles[f"style-{code}.css"] = (f"{stylesheet()}{_own('page.css')}".encode(), "text/css; charset=utf-8")
    return {
        **styles,
        "page.js": (_own("page.js").encode(), "text/javascript; charset=utf-8"),
    }


def _own(name: str) -> str:
    return resources.files("connector.tableau").joinpath("templates", name).read_text("utf-8")


def draw(name: str, place: Place, visitor: Visitor | None, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page; `values` are what its template takes."""
    template = _environment().get_template(f"{name}.html.j2")
    others = [(code, NAMES[code]) for code in LANGUAGES if code != language()]
    drawn = template.render(place=place, visitor=visitor, came_for=address(), other_languages=others, **values)
    return HTMLResponse(drawn, status)
