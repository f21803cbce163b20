"""What Moodle's WSDL says that each function returns: a scalar, a list, or a structure with its fields in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from connector.moodle.sandbox.params import Many, Value

if TYPE_CHECKING:
    from connector.moodle.sandbox.params import Spec

Kind = Literal["int", "string", "array"]
Returned: TypeAlias = "Kind | dict[str, Kind]"

_SITE_INFO: dict[str, Kind] = {
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
    "local_parcours_publish": "string",
}
"""By function, for each of those that the sandbox answers."""


def taken(spec: Spec) -> Kind:
    """Return the type that the WSDL gives to a parameter: booleans are integers there."""
    match spec:
        case Value(type="int" | "bool"):
            return "int"
        case Many():
            return "array"
        case _:
            return "string"
