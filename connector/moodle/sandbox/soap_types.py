"""The types that Moodle's WSDL gives to parameters and results: scalars, lists, and a class for each structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from connector.moodle.sandbox.params import Many, Struct, Value
from connector.moodle.sandbox.soap_stock_types import STOCK_RETURNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.moodle.sandbox.calls import Function
    from connector.moodle.sandbox.params import Spec

Kind = Literal["int", "string", "double", "array"]
Fields: TypeAlias = "Mapping[str, Kind | Fields]"
Returned: TypeAlias = "Kind | Fields | None"


@dataclass(frozen=True)
class Class:
    """A structure under the name that Moodle makes for it."""

    name: str
    fields: Mapping[str, Typed]


Typed: TypeAlias = "Kind | Class"


@dataclass(frozen=True)
class Operation:
    """A function as the WSDL describes it; `returned` is `None` for a function without result."""

    params: Mapping[str, Typed]
    returned: Typed | None


_SITE_INFO: Fields = {
    "sitename": "string",
    "username": "string",
    "firstname": "string",
    "lastname": "string",
    "fullname": "string",
    "lang": "string",
    "userid": "int",
    "siteurl": "string",
    "userpictureurl": "string",
    "functions": "array",
    "downloadfiles": "int",
    "uploadfiles": "int",
    "release": "string",
    "version": "string",
    "mobilecssurl": "string",
    "advancedfeatures": "array",
    "usercanmanageownfiles": "int",
    "userquota": "int",
    "usermaxuploadfilesize": "int",
    "userhomepage": "int",
    "userhomepageurl": "string",
    "userprivateaccesskey": "string",
    "siteid": "int",
    "sitecalendartype": "string",
    "usercalendartype": "string",
    "userissiteadmin": "int",
    "theme": "string",
    "limitconcurrentlogins": "int",
    "usersessionscount": "int",
    "policyagreed": "int",
}

RETURNS: dict[str, Returned] = {
    "core_completion_get_activities_completion_status": {"statuses": "array", "warnings": "array"},
    "core_completion_override_activity_completion_status": {
        "cmid": "int",
        "userid": "int",
        "state": "int",
        "timecompleted": "int",
        "overrideby": "int",
        "tracking": "int",
    },
    "core_completion_update_activity_completion_status_manually": {"status": "int", "warnings": "array"},
    "core_course_get_contents": "array",
    "core_course_get_courses_by_field": {"courses": "array", "warnings": "array"},
    "core_enrol_get_enrolled_users": "array",
    "core_user_get_users_by_field": "array",
    "core_webservice_get_site_info": _SITE_INFO,
    "local_parcours_observe": "string",
    "local_parcours_completions": "string",
    "local_parcours_figures": "string",
    "local_parcours_publish": "string",
    "tool_mobile_call_external_functions": {"responses": "array"},
    **STOCK_RETURNS,
}
"""By function, for each of those that the sandbox answers; `None` for those without result."""


def operations(functions: Mapping[str, Function]) -> tuple[dict[str, Operation], list[Class]]:
    """Return the functions in the order of the WSDL, and the classes in the order of their making."""
    made: list[Class] = []
    described: dict[str, Operation] = {}
    for name in sorted(functions):
        params = {key: _typed(_taken(spec), made) for key, spec in functions[name].params.keys.items()}
        returned = RETURNS[name]
        described[name] = Operation(params, None if returned is None else _typed(returned, made))
    return described, made


def _typed(kind: Kind | Fields, made: list[Class]) -> Typed:
    """Return a type, having made the classes that it needs: those inside before those outside."""
    if isinstance(kind, str):
        return kind
    fields = {key: _typed(inner, made) for key, inner in kind.items()}
    made.append(Class(f"webservices_struct_class_{len(made):06d}", fields))
    return made[-1]


def _taken(spec: Spec) -> Kind | Fields:
    """Return the type of a parameter: booleans are integers in a WSDL of Moodle's."""
    match spec:
        case Value(type="int" | "bool"):
            return "int"
        case Many():
            return "array"
        case Struct():
            return {key: _taken(inner) for key, inner in spec.keys.items()}
        case _:
            return "string"
