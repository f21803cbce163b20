"""The sandbox's SOAP: the very WSDL of real Moodle, and its faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from lxml import etree

from connector.moodle.faults import Answer, Exchange
from connector.moodle.sandbox import Sandbox, soap
from connector.moodle.sandbox.calls import Function
from connector.moodle.sandbox.faults import Faults
from connector.moodle.sandbox.functions import FUNCTIONS
from connector.moodle.sandbox.params import Many, Struct, Value
from connector.moodle.sandbox.soap_returns import RETURNS
from connector.moodle.soap.answer import decode
from tests.moodle.soap_pairs import SITE, VERSIONS, fault_of, pair, service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from connector.moodle.sandbox.params import Form

ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{inner}</e:Body></e:Envelope>'


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        box.faults = Faults(debug=False)
        yield box


def post(sandbox: Sandbox, inner: str, token: str | None = None) -> Answer:
    address = f"{sandbox.url}{soap.PATH}?wstoken={sandbox.token if token is None else token}"
    got = requests.post(address, data=ENVELOPE.format(inner=inner).encode(), timeout=10)
    return Answer(got.status_code, got.content)


def described(sandbox: Sandbox, token: str | None = None) -> requests.Response:
    query = {"wsdl": "1", "wstoken": sandbox.token if token is None else token}
    return requests.get(f"{sandbox.url}{soap.PATH}", params=query, timeout=10)


def meaning(wsdl: bytes) -> list[tuple[object, ...]]:
    """Return what a WSDL says, in order by element, without its documentation and the address of its site."""
    root = etree.fromstring(wsdl)
    said = [
        (element.tag, tuple(sorted((key, str(value)) for key, value in element.attrib.items())))
        for element in root.iter()
        if not str(element.tag).endswith("}documentation")
    ]
    return sorted(said)


def returned_by(wsdl: bytes) -> dict[str, Any]:
    """Return the type of what each function returns, structures opened."""
    root = etree.fromstring(wsdl)
    classes = {
        node.get("name"): {field.get("name"): field.get("type") for field in node.iter("{*}element")}
        for node in root.iter("{*}complexType")
    }

    def opened(kind: str) -> Any:
        name = kind.partition(":")[2]
        if name in classes:
            return {key: opened(inner) for key, inner in classes[name].items()}
        return name.lower()

    parts = {node.get("name"): node.find("{*}part") for node in root.iterfind("{*}message")}
    names = [name.removesuffix("In") for name in parts if name.endswith("In")]
    return {name: opened(parts[f"{name}Out"].get("type")) if f"{name}Out" in parts else None for name in names}


class TestDescription:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_it_is_the_one_that_real_moodle_makes(self, sandbox: Sandbox, version: str) -> None:
        recorded = etree.fromstring(service(version))
        names = {node.get("name") for node in recorded.iterfind("{*}portType/{*}operation")}
        sandbox.faults = Faults(withheld=frozenset(FUNCTIONS) - names)
        wsdl = described(sandbox).content
        assert sandbox.token.encode() in wsdl
        told = wsdl.replace(f"?wstoken={sandbox.token}".encode(), b"").replace(sandbox.url.encode(), SITE.encode())
        assert meaning(told) == meaning(service(version))

    def test_every_function_has_a_type_to_return(self) -> None:
        """The types of a new function are in `core.wsdl` if it is there, in a real site's WSDL if not."""
        assert set(RETURNS) == set(FUNCTIONS)

    @pytest.mark.parametrize("version", VERSIONS)
    def test_types_are_those_of_real_moodle(self, version: str) -> None:
        """The sandbox is a 4.5: what 5.1 says otherwise of an event's picture is not held against it."""
        real = returned_by(service(version, "core"))
        assert real["core_calendar_update_event_start_day"]["event"]["icon"].pop("purpose", "string") == "string"
        assert {name: kind for name, kind in RETURNS.items() if name in real} == {
            name: kind for name, kind in real.items() if name in RETURNS
        }

    def test_a_function_out_of_the_service_is_not_in_it(self, sandbox: Sandbox) -> None:
        sandbox.faults = Faults(withheld=frozenset({"local_parcours_publish"}))
        assert b"local_parcours_publish" not in described(sandbox).content
        assert b"local_parcours_observe" in described(sandbox).content


class TestFaultsAreThoseOfRealMoodle:
    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize(
        ("case", "inner"),
        [
            ("raw_no_such_function", '<n:core_nosuch_function xmlns:n="x"/>'),
            ("raw_missing_parameter", '<n:core_course_get_contents xmlns:n="x"/>'),
            ("raw_malformed", "<n>"),
        ],
    )
    def test_of_php(self, sandbox: Sandbox, version: str, case: str, inner: str) -> None:
        recorded, answered = pair(version, case).answer, post(sandbox, inner)
        assert answered.status == recorded.status
        assert fault_of(answered) == fault_of(recorded)

    @pytest.mark.parametrize("version", VERSIONS)
    def test_of_an_unknown_token(self, sandbox: Sandbox, version: str) -> None:
        answered = described(sandbox, "0" * 32)
        recorded = pair(version, "wsdl_bad_token").answer
        assert answered.status_code == recorded.status
        assert fault_of(Answer(200, answered.content)) == fault_of(recorded)

    def test_with_debugging_moodle_s_own_words(self, sandbox: Sandbox) -> None:
        inner = '<n:core_course_get_contents xmlns:n="x"><zzz>999999</zzz><options/></n:core_course_get_contents>'
        sandbox.faults = Faults(debug=True)
        told = fault_of(post(sandbox, inner))
        assert told is not None
        assert told["message"] == "Can't find data record in database table course. | ERRORCODE: invalidrecord"
        assert told["debuginfo"].startswith("SELECT * FROM {course}")

    def test_off(self, sandbox: Sandbox) -> None:
        sandbox.faults = Faults(services_off=True)
        answered = described(sandbox)
        assert (answered.status_code, answered.content) == (200, b"")

    def test_under_maintenance(self, sandbox: Sandbox) -> None:
        sandbox.faults = Faults(maintenance_cli=True)
        assert described(sandbox).status_code == 503
        sandbox.faults = Faults(maintenance=True)
        assert "undergoing maintenance" in str(fault_of(Answer(200, described(sandbox).content)))


class TestCalls:
    @pytest.fixture(autouse=True)
    def _functions_of_their_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(RETURNS, "void", None)
        monkeypatch.setitem(RETURNS, "outer", {"inner": {"yes": "int", "list": "array"}, "none": "string"})

    def run(self, name: str, inner: str, returned: JsonValue = None) -> tuple[Answer, dict[str, object]]:
        given: dict[str, object] = {}
        taken = {"field": Value("raw"), "values": Many(Value("raw")), "options": Struct({"ids": Many(Value("int"))})}

        def call(_: str, form: dict[str, Form]) -> JsonValue:
            given.update(form)
            return returned

        body = ENVELOPE.format(inner=f'<n:{name} xmlns:n="x">{inner}</n:{name}>').encode()
        functions = {name: Function(Struct(taken), lambda _: None)}
        answered = soap.answer("http://m/server.php?wstoken=t", functions, body, call, debug=True)
        return Answer(answered.status, answered.body), given

    def test_position_counts_not_names(self) -> None:
        inner = "<values>id</values><field><a>7</a><b>8</b></field><x><ids><item>9</item><item>10</item></ids></x>"
        _, given = self.run("void", inner)
        assert given == {"field": "id", "values": {"0": "7", "1": "8"}, "options": {"ids": {"0": "9", "1": "10"}}}

    def test_nil_is_left_out(self) -> None:
        nil = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"'
        _, given = self.run(
            "void", f"<field {nil}/><values><item>7</item><item {nil}/></values><options><ids {nil}/></options>"
        )
        assert given == {"values": {"0": "7"}, "options": {}}

    def test_nothing_to_return_is_an_empty_202(self) -> None:
        answered, _ = self.run("void", "<field>id</field><values/><options/>")
        assert (answered.status, answered.body) == (202, b"")

    def test_what_is_returned_has_the_types_of_the_description(self) -> None:
        value: JsonValue = {"inner": {"yes": True, "list": [{"yes": True, "none": None}]}}
        answered, _ = self.run("outer", "<field>id</field><values/><options/>", value)
        read = decode(Exchange("http://m", "outer", write=False), answered)
        assert read == {"inner": {"yes": 1, "list": [{"yes": True, "none": None}]}}
        assert isinstance(read, dict)
        assert isinstance(read["inner"], dict)
        assert type(read["inner"]["yes"]) is int
        assert b'<none xsi:nil="true"/>' in answered.body
        assert b'xsi:type="ns1:webservices_struct_class_000002"' in answered.body  # the options, the inner, the outer

    def test_the_calls_are_listed_by_name(self, sandbox: Sandbox) -> None:
        described(sandbox)
        post(sandbox, '<n:local_parcours_observe xmlns:n="x"><query>{}</query></n:local_parcours_observe>')
        post(sandbox, "<n>")
        assert sandbox.calls == ["WSDL", "local_parcours_observe", ""]
