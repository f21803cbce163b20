"""Answers of web services as typed values: what we do not use is ignored, what we need and is not there is an error."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from connector.errors import FatalError
from connector.language import _

if TYPE_CHECKING:
    from pydantic import JsonValue

T = TypeVar("T")

Name = Annotated[str, AfterValidator(html.unescape)]
"""A name as it is stored: Moodle's services give those that it shows with `&`, `<` and `>` spelt as HTML."""


class Read(BaseModel):
    """What we read of an answer: the rest is ignored, since each Moodle version adds some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def read(shape: type[T], function: str, answer: JsonValue) -> T:
    """Return `answer` as `shape`; raise `FatalError` naming the function and the field that is not as expected."""
    try:
        return TypeAdapter(shape).validate_python(answer, extra="ignore")
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "racine"
    raise unexpected(function, _("le champ « {place} » manque ou n'a pas la forme prévue", place=place))


def unexpected(function: str, why: str) -> FatalError:
    """Return the error of an answer that is not of the shape of its function's."""
    return FatalError(
        _("La réponse de Moodle à {function} n'est pas celle attendue : {why}.", function=function, why=why),
        remedy=_("La version de Moodle ou de l'extension est-elle prévue par ce programme ?"),
    )
