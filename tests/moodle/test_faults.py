"""Every recorded error of Moodle 4.5 and 5.1 becomes one class and one French sentence."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import ConfigError, DataError, FatalError, ParcoursError, RetriableError, UncertainError
from connector.moodle.fault_table import BY_CODE as MOODLE_CODES
from connector.moodle.fault_table import PLUGIN_CODES
from connector.moodle.faults import Answer, Exchange, decode, plain, retry_after
from tests.moodle.recordings import PluginRecording, Recording, one, plugin_recordings, recordings

SITE = "https://moodle.exemple.fr"

# What each Moodle code, or each answer without code, must become: class and part of the sentence.
BY_CODE: dict[str, tuple[type[ParcoursError], str]] = {
    "invalidtoken": (ConfigError, "ne reconnaît pas le jeton"),
    "upload_error_ini_size": (DataError, "ne prend pas un fichier de cette taille"),
    "upload_error_form_size": (DataError, "ne prend pas un fichier de cette taille"),
    "userquotalimit": (DataError, "ne prend pas un fichier de cette taille"),
    "virusfound": (DataError, "L'antivirus"),
    "nopermissions": (ConfigError, "n'a pas le droit"),
    "wsusercannotassign": (ConfigError, "n'a pas le droit"),
    "requireloginerror": (ConfigError, "n'a pas accès à ce cours"),
    "errorcoursecontextnotvalid": (ConfigError, "n'a pas accès à ce cours"),
    "wsaccessusersuspended": (ConfigError, "est suspendu"),
    "sitemaintenance": (RetriableError, "est en maintenance"),
    "dbconnectionfailed": (RetriableError, "base de données"),
    "invalidparameter": (FatalError, "a refusé les paramètres"),
    "errorinvalidparam": (FatalError, "a refusé les paramètres"),
    "invalidrecord": (FatalError, "ne trouve pas ce que"),
    "invalidrecordunknown": (ConfigError, "Moodle ne dit pas lequel"),
    "invalidcoursemodule": (FatalError, "a été supprimée du cours"),
    "backupprecheckerrors": (ConfigError, "son contrôle a échoué"),
    "shortnametaken": (DataError, "porte déjà ce nom abrégé"),
    "courseidnumbertaken": (DataError, "porte déjà ce numéro"),
}
# Those whose meaning is not in the code alone.
BY_NAME: dict[str, tuple[type[ParcoursError], str]] = {
    "err_expired_token": (ConfigError, "a expiré"),
    "err_ip_restricted_token": (ConfigError, "adresse IP de cette machine"),
    "err_function_not_in_service": (ConfigError, "n'autorise pas la fonction core_course_create_courses"),
    "err_function_not_in_service_debug_off": (ConfigError, "Moodle ne dit pas lequel"),
    "err_service_disabled": (ConfigError, "n'autorise pas la fonction"),
    "err_no_such_function": (ConfigError, "ne connaît pas la fonction core_nosuch_function"),
    "get_overview_information_45": (ConfigError, "ne connaît pas la fonction"),
    "err_http_500": (RetriableError, "erreur 500"),
    "err_maintenance_cli": (RetriableError, "est en maintenance"),
    "err_rest_disabled": (ConfigError, "services web"),
    "err_webservices_disabled": (ConfigError, "services web"),
    "fmt_xml_err": (ConfigError, "n'a pas répondu comme un service web"),
}
# Recorded under a name with « err », yet Moodle says that all is well: `functions` must notice.
NOT_ERRORS = {"completion_override_err_no_completion", "tool_mobile_call_external_functions_err_in_middle"}

ALL = recordings()


def json_of(recording: Recording) -> dict[str, object]:
    try:
        value = json.loads(recording.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def is_error(recording: Recording) -> bool:
    said = json_of(recording)
    refused = "exception" in said or "errorcode" in said or bool(said.get("warnings"))
    return refused or recording.status != 200 or recording.name == "fmt_xml_err"


def outcome(recording: Recording, *, write: bool) -> ParcoursError:
    exchange = Exchange(SITE, recording.function, write)
    with pytest.raises(ParcoursError) as caught:
        decode(exchange, Answer(recording.status, recording.body, recording.headers))
    return caught.value


ERRORS = [recording for recording in ALL if is_error(recording)]


def test_every_recording_named_an_error_is_judged() -> None:
    named = {r.name for r in ALL if "_err" in r.name or r.name.startswith("err_")}
    assert named - NOT_ERRORS <= {r.name for r in ERRORS}
    assert len(ERRORS) > 120


@pytest.mark.parametrize("recording", ERRORS, ids=str)
def test_class_and_sentence(recording: Recording) -> None:
    code = str(json_of(recording).get("errorcode", ""))
    kind, part = BY_NAME.get(recording.name) or BY_CODE.get(code) or (FatalError, "")
    fault = outcome(recording, write=False)
    assert type(fault) is kind
    assert part in str(fault)
    assert SITE in str(fault)
    assert "\n" not in str(fault)
    assert "<" not in str(fault)
    assert "/srv/" not in str(fault)


@pytest.mark.parametrize("recording", [r for r in ERRORS if json_of(r).get("warnings")], ids=str)
def test_warnings_are_failures(recording: Recording) -> None:
    warnings = json_of(recording)["warnings"]
    assert isinstance(warnings, list)
    said = str(outcome(recording, write=True))
    assert f"{len(warnings)} en tout" in said
    assert str(warnings[0]["warningcode"]) in said


@pytest.mark.parametrize("recording", [r for r in ALL if not is_error(r)], ids=str)
def test_what_is_well_is_returned_as_it_is(recording: Recording) -> None:
    exchange = Exchange(SITE, recording.function, write=True)
    assert decode(exchange, Answer(200, recording.body, recording.headers)) == json.loads(recording.body)


@pytest.mark.parametrize("code", sorted(MOODLE_CODES))
def test_every_code_of_moodle_has_its_meaning(code: str) -> None:
    assert code in BY_CODE
    body = json.dumps({"exception": "moodle_exception", "errorcode": code, "message": "Said by Moodle"}).encode()
    with pytest.raises(BY_CODE[code][0], match=re.escape(BY_CODE[code][1])):
        decode(Exchange(SITE, "core_x", write=False), Answer(200, body, {}))


def test_an_exception_without_errorcode_is_a_refusal() -> None:
    fault = outcome(one("4.5", "update_course_err_create_module"), write=True)
    assert "TypeError, sans code" in str(fault)


PLUGIN: dict[str, tuple[type[ParcoursError], str]] = {
    "foreigncourse": (DataError, "n'a pas publié"),
    "invaliddocument": (FatalError, "n'accepte pas le document"),
    "invalidgift": (DataError, "questions GIFT"),
    "modulechanged": (DataError, "avec un autre type"),
    "unknownmodule": (ConfigError, "type d'activité"),
    "unknownsession": (FatalError, "comme il vient d'être lu"),
    "unknownsection": (FatalError, "comme il vient d'être lu"),
    "unknownactivity": (FatalError, "comme il vient d'être lu"),
    "unknowngroup": (FatalError, "comme il vient d'être lu"),
    "unknownprerequisite": (FatalError, "comme il vient d'être lu"),
    "missingfile": (FatalError, "n'est pas arrivé"),
    "moduledisabled": (ConfigError, "est désactivé"),
    "rolenotassignable": (ConfigError, "attribuer un rôle"),
    "manualenroldisabled": (ConfigError, "inscription manuelle"),
    "completiondisabled": (ConfigError, "suivi d'achèvement"),
    "publicationinprogress": (RetriableError, "en cours"),
    "stale": (FatalError, "a changé sur .* depuis sa lecture"),
}


def test_every_code_of_our_plugin_has_its_meaning() -> None:
    assert set(PLUGIN) == set(PLUGIN_CODES)


@pytest.mark.parametrize("code", PLUGIN)
def test_codes_of_our_plugin(code: str) -> None:
    kind, part = PLUGIN[code]
    body = json.dumps({"exception": "local_parcours\\local\\refusal", "errorcode": code, "message": "x"}).encode()
    with pytest.raises(kind, match=part) as caught:
        decode(Exchange(SITE, "local_parcours_publish", write=True), Answer(200, body))
    assert type(caught.value) is kind


PLUGIN_ERRORS = [one for one in plugin_recordings() if isinstance(one.answer, dict) and "errorcode" in one.answer]


@pytest.mark.parametrize("recording", PLUGIN_ERRORS, ids=str)
def test_refusals_that_our_plugin_really_made(recording: PluginRecording) -> None:
    code = str(recording.answer["errorcode"])
    kind, part = PLUGIN.get(code) or BY_CODE.get(code) or (ConfigError, "refuse l'appel")
    body = json.dumps(recording.answer).encode()
    with pytest.raises(kind, match=part) as caught:
        decode(Exchange(SITE, recording.function, write=True), Answer(recording.status, body))
    assert type(caught.value) is kind


class TestAnswersThatAreNotMoodles:
    def fault(self, status: int, body: bytes = b"", *, write: bool = False, **headers: str) -> ParcoursError:
        with pytest.raises(ParcoursError) as caught:
            decode(
                Exchange(SITE, "local_parcours_publish", write),
                Answer(status, body, {key.replace("_", "-"): value for key, value in headers.items()}),
            )
        return caught.value

    @pytest.mark.parametrize("body", [b'{"courses": [{"id": 2', b"\xff\xfe", b"[" * 100_000])
    def test_cut_or_unreadable(self, body: bytes) -> None:
        assert type(self.fault(200, body)) is RetriableError
        written = self.fault(200, body, write=True)
        assert type(written) is UncertainError
        assert "tronquée" in str(written)

    def test_empty_answer(self) -> None:
        assert type(self.fault(200, b"")) is RetriableError
        assert type(self.fault(200, b"", write=True)) is UncertainError

    def test_html_is_a_wrong_address(self) -> None:
        fault = self.fault(200, b"<!DOCTYPE html><html>", write=True)
        assert type(fault) is ConfigError
        assert "parcours.toml" in str(fault)

    def test_redirection_names_its_target_without_its_query(self) -> None:
        fault = self.fault(303, Location="https://ailleurs.exemple.fr/login?wstoken=secret")
        assert type(fault) is ConfigError
        assert "https://ailleurs.exemple.fr/login" in str(fault)
        assert "secret" not in str(fault)

    @pytest.mark.parametrize("status", [500, 501])
    def test_a_failed_write_may_have_been_done(self, status: int) -> None:
        assert type(self.fault(status, write=True)) is UncertainError

    @pytest.mark.parametrize("status", [502, 504])
    def test_a_gateway_that_gave_up(self, status: int) -> None:
        assert type(self.fault(status, write=True)) is UncertainError
        assert type(self.fault(status)) is RetriableError

    @pytest.mark.parametrize("status", [429, 503])
    def test_busy_was_not_done(self, status: int) -> None:
        fault = self.fault(status, b"<p>Busy</p>", write=True, retry_after="7")
        assert type(fault) is RetriableError
        assert isinstance(fault, RetriableError)
        assert fault.after == 7
        assert "7 s" in str(fault)

    def test_not_found_is_a_wrong_address(self) -> None:
        assert type(self.fault(404, b"<html>")) is ConfigError

    @pytest.mark.parametrize("status", [400, 401, 403, 418])
    def test_other_refusals_name_their_status(self, status: int) -> None:
        fault = self.fault(status, b"Forbidden")
        assert type(fault) is FatalError
        assert str(status) in str(fault)


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("", None),
        ("demain", None),
        ("-3", None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text())
def test_plain_is_one_bounded_printable_line(text: str) -> None:
    shown = plain(text)
    assert len(shown) <= 300
    assert "\n" not in shown
    assert all(character.isprintable() for character in shown)


@given(st.binary(max_size=300), st.sampled_from([200, 204, 302, 403, 429, 500, 503]), st.booleans())
def test_any_answer_is_a_value_or_one_of_our_errors(body: bytes, status: int, write: bool) -> None:
    try:
        value = decode(Exchange(SITE, "f", write), Answer(status, body))
    except ParcoursError:
        return
    assert status == 200
    assert value == json.loads(body)
