"""The exceptions that Moodle answers with: class, errorcode, English message and, when debugging, what it adds."""

from __future__ import annotations


class MoodleError(Exception):
    """One Moodle exception; `answer` is the JSON object that the REST server sends in an HTTP 200."""

    def __init__(self, exception: str, errorcode: str, message: str, debuginfo: str | None = None) -> None:
        super().__init__(message)
        self.exception = exception
        self.errorcode = errorcode
        self.message = message
        self.debuginfo = debuginfo

    def answer(self, *, debug: bool) -> dict[str, str]:
        """Return the error as Moodle encodes it; `debuginfo` only when the site's debugging is on."""
        body = {"exception": self.exception, "errorcode": self.errorcode, "message": self.message}
        if debug and self.debuginfo is not None:
            body["debuginfo"] = self.debuginfo
        return body

    def upload_answer(self, *, debug: bool) -> dict[str, str | None]:
        """Return the error as `upload.php` encodes it: under other keys, without the exception's class."""
        body: dict[str, str | None] = {"error": self.message, "errorcode": self.errorcode, "stacktrace": None}
        return {**body, "debuginfo": self.debuginfo if debug else None, "reproductionlink": None}


_MOODLE = "core\\exception\\moodle_exception"


def moodle_error(errorcode: str, message: str, debuginfo: str | None = None) -> MoodleError:
    """Return a plain `moodle_exception`."""
    return MoodleError(_MOODLE, errorcode, message, debuginfo)


def invalid_parameter(detail: str) -> MoodleError:
    """Return the refusal of a parameter: missing, unknown or of a wrong type."""
    return MoodleError(
        "core\\exception\\invalid_parameter_exception", "invalidparameter", "Invalid parameter value detected", detail
    )


def missing_record(table: str, where: str, value: str) -> MoodleError:
    """Return the answer to an id that does not exist; an unknown web-service function is such a record too."""
    return MoodleError(
        "dml_missing_record_exception",
        "invalidrecord",
        f"Can't find data record in database table {table}.",
        _query(f"* FROM {{{table}}} WHERE {where}", value),
    )


def _query(what: str, value: str) -> str:
    """Spell the failed query as Moodle's debugging does."""
    return "SELECT " + what + f" = ?\n[array (\n  0 => {value},\n)]"


def missing_module(cmid: int) -> MoodleError:
    """Return the answer to a course module id that does not exist."""
    return MoodleError(
        "dml_missing_record_exception",
        "invalidcoursemodule",
        "Invalid course module ID",
        _query("id,course FROM {course_modules} WHERE id", str(cmid)),
    )


def no_permission(capability: str) -> MoodleError:
    """Return the refusal for want of a capability, named as the English language pack does."""
    return MoodleError(
        "core\\exception\\required_capability_exception",
        "nopermissions",
        f"Sorry, but you do not currently have permissions to do that ({capability}).",
    )


def access_denied(function: str) -> MoodleError:
    """Return the refusal of a function that the token's service does not hold."""
    return MoodleError(
        "webservice_access_exception",
        "accessexception",
        "Access control exception",
        f"Access to the function {function}() is not allowed.",
    )


def not_enrolled() -> MoodleError:
    """Return the refusal of a module to somebody who has no access to its course."""
    return MoodleError(
        "core\\exception\\require_login_exception",
        "requireloginerror",
        "Course or activity not accessible.",
        "Not enrolled",
    )


def course_not_accessible(course_id: int) -> MoodleError:
    """Return the refusal of a course to somebody who has no access to it."""
    return moodle_error(
        "errorcoursecontextnotvalid",
        f"You cannot execute functions in the course context (course id:{course_id}). "
        "The context error message was: Course or activity not accessible.",
    )
