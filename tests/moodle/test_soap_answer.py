"""What SOAP answers become: every recorded one, every fault, and what is no answer at all."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError, FatalError, ParcoursError, RetriableError, UncertainError
from connector.moodle.faults import Answer, Exchange
from connector.moodle.soap.answer import decode
from tests.moodle.soap_pairs import SITE, Pair, fault_of, pair, pairs

CALLS = [one for one in pairs() if not one.case.startswith("wsdl_")]
OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns2="http://xml.apache.org/xml-soap"'
    ' xmlns:S="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><E:Body>'
)
CLOSE = "</E:Body></E:Envelope>"


def answered(returned: str) -> Answer:
    return Answer(200, f"{OPEN}<fResponse>{returned}</fResponse>{CLOSE}".encode())


def fault(text: str, *, status: int = 500, code: str = "Receiver", actor: str = "", detail: str = "") -> Answer:
    inner = f"<faultcode>{code}</faultcode><faultstring>{text}</faultstring>"
    inner += f"<faultactor>{actor}</faultactor>" if actor else ""
    inner += f"<detail>{detail}</detail>" if detail else ""
    return Answer(status, f"{OPEN}<E:Fault>{inner}</E:Fault>{CLOSE}".encode())


def refusal(answer: Answer, *, write: bool = False) -> ParcoursError:
    with pytest.raises(ParcoursError) as caught:
        decode(Exchange(SITE, "core_x", write), answer)
    return caught.value


class TestRecorded:
    @pytest.mark.parametrize(
        "one", [one for one in CALLS if fault_of(one.answer) is None and one.case != "core_warning"], ids=str
    )
    def test_what_is_well_is_read(self, one: Pair) -> None:
        if one.case in {"bool_as_1", "get_contents_full", "get_contents_as_student", "get_contents_empty"}:
            value = decode(one.exchange, one.answer)
            assert isinstance(value, list)
            assert isinstance(value[0], dict)
            assert isinstance(value[0]["id"], int)
            assert isinstance(value[0]["uservisible"], bool)
        else:
            decode(one.exchange, one.answer)

    @pytest.mark.parametrize("one", [one for one in CALLS if fault_of(one.answer) is not None], ids=str)
    def test_what_is_refused_is_a_sentence_of_the_table(self, one: Pair) -> None:
        with pytest.raises(ParcoursError) as caught:
            decode(one.exchange, one.answer)
        said = str(caught.value)
        assert SITE in said or "activité" in said
        assert "Unknown error" not in said
        assert "/srv/" not in said

    @pytest.mark.parametrize("version", ["4.5", "5.1"])
    @pytest.mark.parametrize(
        ("case", "kind", "part"),
        [
            ("err_invalid_token", ConfigError, "ne reconnaît pas le jeton"),
            ("err_not_enrolled", ConfigError, "n'a pas accès à ce cours"),
            ("activities_completion_status_err_other_user", ConfigError, "n'a pas le droit"),
            ("err_param_type", FatalError, "a refusé les paramètres"),
            ("publish_refused", FatalError, "« code invaliddocument, sans autre détail"),
            ("raw_missing_parameter", FatalError, "a refusé les paramètres"),
            ("raw_no_such_function", ConfigError, "Faites ajouter la fonction au service"),
            ("raw_malformed", FatalError, "« Bad Request »"),
            ("raw_nil_for_a_text", FatalError, "must be of type string"),
        ],
    )
    def test_class_and_sentence(self, version: str, case: str, kind: type[ParcoursError], part: str) -> None:
        one = pair(version, case)
        with pytest.raises(ParcoursError, match=part) as caught:
            decode(one.exchange, one.answer)
        assert type(caught.value) is kind

    @pytest.mark.parametrize(
        ("version", "part"), [("4.5", "ne connaît plus cette activité"), ("5.1", "Moodle ne dit pas lequel")]
    )
    def test_a_missing_record_is_told_as_well_as_moodle_tells_it(self, version: str, part: str) -> None:
        one = pair(version, "completion_override_err_cmid")
        with pytest.raises(ParcoursError, match=part):
            decode(one.exchange, one.answer)

    @pytest.mark.parametrize("version", ["4.5", "5.1"])
    def test_a_function_without_result_answers_nothing_with_status_202(self, version: str) -> None:
        one = pair(version, "core_void")
        assert one.answer.status == 202
        assert decode(one.exchange, one.answer) is None


class TestValues:
    @pytest.mark.parametrize(
        ("xml", "value"),
        [
            ('<return xsi:type="xsd:string">é &lt;p&gt;</return>', "é <p>"),
            ('<return xsi:type="xsd:string"></return>', ""),
            ('<return xsi:type="xsd:int">-5000000000</return>', -5000000000),
            ('<return xsi:type="xsd:float">0.5</return>', 0.5),
            ('<return xsi:type="xsd:boolean">false</return>', False),
            ('<return xsi:nil="true"/>', None),
            ('<return xsi:type="S:Array" S:arrayType="xsd:ur-type[0]"/>', []),
            (
                '<return xsi:type="S:Array"><item xsi:type="xsd:int">1</item><item xsi:type="S:Array"/></return>',
                [1, []],
            ),
            (
                (
                    '<return xsi:type="ns2:Map"><item><key xsi:type="xsd:string">a</key><value xsi:nil="true"/></item>'
                    '<item><key xsi:type="xsd:int">7</key><value xsi:type="xsd:string">b</value></item></return>'
                ),
                {"a": None, "7": "b"},
            ),
            ("", None),
        ],
    )
    def test_types_are_those_of_rest(self, xml: str, value: object) -> None:
        decoded = decode(Exchange(SITE, "f", write=False), answered(xml))
        assert decoded == value
        assert type(decoded) is type(value)

    def test_a_field_that_is_not_there_is_left_out(self) -> None:
        """Moodle's WSDL makes absent and null the same; REST leaves it out."""
        xml = (
            '<return xsi:type="ns1:webservices_struct_class_000004"><release xsi:nil="true"/>'
            '<userid xsi:type="xsd:int">3</userid></return>'
        )
        assert decode(Exchange(SITE, "f", write=False), answered(xml)) == {"userid": 3}

    @pytest.mark.parametrize(
        "xml",
        [
            '<return xsi:type="xsd:int">three</return>',
            '<return href="#ref1"/>',
            '<return xsi:type="ns2:Map"><item><key xsi:type="xsd:string">a</key></item></return>',
        ],
    )
    def test_what_cannot_be_read_is_never_guessed(self, xml: str) -> None:
        assert "illisible" in str(refusal(answered(xml)))
        assert type(refusal(answered(xml), write=True)) is UncertainError

    @pytest.mark.parametrize("version", ["4.5", "5.1"])
    def test_a_recorded_warning_is_a_failure(self, version: str) -> None:
        one = pair(version, "core_warning")
        with pytest.raises(FatalError, match=r"avertissement invalidrecord(unknown)?, 1 en tout"):
            decode(one.exchange, one.answer)

    def test_warnings_are_failures(self) -> None:
        warning = (
            '<item xsi:type="ns2:Map"><item><key xsi:type="xsd:string">warningcode</key>'
            '<value xsi:type="xsd:string">shortnametaken</value></item></item>'
        )
        kind = "ns1:webservices_struct_class_000000"
        xml = f'<return xsi:type="{kind}"><warnings xsi:type="S:Array">{warning}</warnings></return>'
        assert "avertissement shortnametaken" in str(refusal(answered(xml), write=True))


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "kind", "part"),
        [
            ("Invalid token - token not found", ConfigError, "ne reconnaît pas le jeton"),
            ("Access control exception - Invalid token - token expired - check", ConfigError, "a expiré"),
            ("Access control exception - Invalid service - IP:192.0.2.7 is not supported", ConfigError, "adresse IP"),
            ("Access control exception", ConfigError, "jeton expiré, adresse IP non autorisée"),
            ("Refused web service access for suspended username: ws", ConfigError, "est suspendu"),
            ("The site is undergoing maintenance and is currently not available", RetriableError, "en maintenance"),
            ("parameter named 'args' … cannot be set as VALUE_OPTIONAL.", ConfigError, "petit service à part"),
            ("Argument #1 ($x) must be of type array", FatalError, "must be of type array"),
        ],
    )
    def test_without_errorcode(self, text: str, kind: type[ParcoursError], part: str) -> None:
        said = refusal(fault(text, status=200, code="MOODLE:error"))
        assert type(said) is kind
        assert part in str(said)

    def test_the_site_that_cannot_reach_itself(self) -> None:
        text = "SOAP-ERROR: Parsing WSDL: Couldn't load from 'https://m.fr/server.php?wstoken=0123456789ab&amp;wsdl=1'"
        said = str(refusal(fault(text, code="SOAP-ENV:Server"), write=True))
        assert "joindre sa propre adresse" in said
        assert "0123456789ab" not in said

    def test_moodle_s_own_words_when_its_debugging_is_on(self) -> None:
        said = refusal(
            fault(
                "Invalid parameter | ERRORCODE: invalidparameter",
                actor="invalidparameter",
                detail="courses => Missing key",
            )
        )
        assert "« courses => Missing key »" in str(said).replace("=&gt;", "=>")

    def test_the_code_after_the_message_is_enough(self) -> None:
        assert "ne reconnaît pas le jeton" in str(refusal(fault("x | ERRORCODE: invalidtoken")))

    def test_a_token_cut_by_the_bound_on_messages_is_not_told(self) -> None:
        text = "x" * 280 + " https://m.fr/server.php?wstoken=0123456789abcdef0123456789abcdef"
        assert "0123" not in str(refusal(fault(text)))


class TestWhatIsNoAnswer:
    @pytest.mark.parametrize("page", [b"<!DOCTYPE html><html>", b"\n<HTML><body>", b"  <html lang='fr'>"])
    def test_a_web_page(self, page: bytes) -> None:
        assert "une page web est arrivée" in str(refusal(Answer(200, page)))

    @pytest.mark.parametrize("cut", [40, 300, 2000, -3])
    def test_half_an_answer(self, cut: int) -> None:
        whole = pair("4.5", "get_contents_full").answer.body
        assert type(refusal(Answer(200, whole[:cut]))) is RetriableError
        assert type(refusal(Answer(200, whole[:cut]), write=True)) is UncertainError

    @pytest.mark.parametrize("body", [b"", b"not xml", b"<a/>"])
    def test_what_is_no_envelope(self, body: bytes) -> None:
        assert type(refusal(Answer(200, body), write=True)) is UncertainError

    def test_a_fatal_error_of_php(self) -> None:
        assert type(refusal(Answer(500, b""), write=True)) is UncertainError
        assert type(refusal(Answer(500, b"<h1>Internal error", {}), write=False)) is RetriableError

    def test_closed_for_maintenance(self) -> None:
        said = refusal(Answer(503, b"<p>site under maintenance</p>", {"Retry-After": "300"}), write=True)
        assert isinstance(said, RetriableError)
        assert said.after == 300
        assert not isinstance(said, UncertainError)

    @pytest.mark.parametrize(
        "head",
        [
            '<!DOCTYPE x [<!ENTITY a "b">]>',
            '<!DOCTYPE x SYSTEM "http://ailleurs.exemple.fr/x.dtd">',
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        ],
    )
    def test_a_document_type_is_refused(self, head: str) -> None:
        """Negative control: the same answer without it is read."""
        body = answered('<return xsi:type="xsd:string">a</return>').body.decode()
        start, end = body.split("?>", 1)
        assert decode(Exchange(SITE, "f", write=False), Answer(200, body.encode())) == "a"
        assert "illisible" in str(refusal(Answer(200, f"{start}?>{head}{end}".encode())))

    def test_a_depth_without_end_is_refused(self) -> None:
        deep = '<item xsi:type="S:Array">' * 300 + "</item>" * 300
        assert "illisible" in str(refusal(answered(f'<return xsi:type="S:Array">{deep}</return>')))
