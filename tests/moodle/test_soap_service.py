"""Requests composed from a WSDL: order, types, what the service does not have; and WSDLs that are refused."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from lxml import etree

from connector.errors import ConfigError, DataError, FatalError, ParcoursError
from connector.moodle.faults import Answer, Exchange
from connector.moodle.soap.service import Service
from tests.moodle.soap_pairs import SITE, Pair, canonical, pair, pairs, service

TOKEN = "0123456789abcdef0123456789abcdef"
COMPOSED = [one for one in pairs() if one.request and not one.case.startswith("raw_")]
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def read(wsdl: bytes) -> Service:
    return Service.read(Exchange(SITE, "WSDL", write=False), Answer(200, wsdl))


def refused(answer: Answer) -> ParcoursError:
    with pytest.raises(ParcoursError) as caught:
        Service.read(Exchange(SITE, "WSDL", write=False), answer)
    return caught.value


@pytest.fixture(scope="module")
def known() -> Service:
    return read(service("4.5"))


def composed(known: Service, function: str, params: dict[str, Any]) -> etree._Element:
    body, _ = known.compose(Exchange(SITE, function, write=False), params)
    (call,) = etree.fromstring(body).find("{*}Body")
    assert etree.QName(call).localname == function
    return call


class TestComposing:
    @pytest.mark.parametrize("one", COMPOSED, ids=str)
    def test_what_real_moodle_took(self, one: Pair) -> None:
        body, action = read(one.service).compose(one.exchange, one.params)
        assert canonical(body) == canonical(one.request)
        assert action == f"{SITE}/webservice/soap/server.php#{one.function}"

    def test_the_order_is_the_wsdl_s(self, known: Service) -> None:
        call = composed(
            known, "core_completion_override_activity_completion_status", {"newstate": 1, "cmid": 2, "userid": 3}
        )
        assert [(part.tag, part.text) for part in call] == [("userid", "3"), ("cmid", "2"), ("newstate", "1")]

    def test_what_is_left_out_is_sent(self, known: Service) -> None:
        call = composed(known, "core_course_get_contents", {})
        assert [part.tag for part in call] == ["courseid", "options"]
        assert call[0].get(f"{XSI}nil") == "true"
        assert len(call[1]) == 0

    def test_a_list_has_the_type_of_each_item(self, known: Service) -> None:
        class Colour(Enum):
            RED = "rouge"

        item = {"b": True, "i": 7, "f": 0.5, "s": "é<", "e": Colour.RED, "none": None, "l": ["x"], "d": {"k": 1}}
        call = composed(known, "core_user_get_users_by_field", {"field": "id", "values": [item]})
        (sent,) = call[1]
        types = {field.tag: field.get(f"{XSI}type") for field in sent}
        assert types == {
            "b": "xsd:int", "i": "xsd:int", "f": "xsd:double", "s": "xsd:string", "e": "xsd:string",
            "l": "enc:Array", "d": "enc:Struct",
        }  # fmt: skip
        assert sent.get(f"{XSI}type") == "enc:Struct"
        assert {field.tag: field.text for field in sent if not len(field)} == {
            "b": "1", "i": "7", "f": "0.5", "s": "é<", "e": "rouge",
        }  # fmt: skip
        assert {prefix: sent.nsmap.get(prefix) for prefix in ("enc", "xsd")} == {
            "enc": "http://schemas.xmlsoap.org/soap/encoding/",
            "xsd": "http://www.w3.org/2001/XMLSchema",
        }

    def test_a_boolean_is_an_integer(self, known: Service) -> None:
        call = composed(
            known, "core_completion_update_activity_completion_status_manually", {"cmid": 1, "completed": True}
        )
        assert call[1].text == "1"

    def test_a_structure_has_the_fields_that_it_is_given(self) -> None:
        known = read(service("4.5", "core"))
        call = composed(known, "core_calendar_get_calendar_events", {"events": {"courseids": [7]}})
        events, options = call
        assert [(part.tag, [item.text for item in part]) for part in events if len(part)] == [("courseids", ["7"])]
        assert options.get(f"{XSI}nil") is None
        with pytest.raises(FatalError, match=r"Unexpected keys \(bogus\)"):
            composed(known, "core_calendar_get_calendar_events", {"events": {"bogus": 1}})
        with pytest.raises(TypeError, match="structure"):
            composed(known, "core_calendar_get_calendar_events", {"events": [1]})

    def test_a_function_that_the_service_does_not_hold(self, known: Service) -> None:
        with pytest.raises(ConfigError, match="n'autorise pas la fonction core_course_create_courses"):
            composed(known, "core_course_create_courses", {})

    def test_a_parameter_that_the_function_does_not_have(self, known: Service) -> None:
        with pytest.raises(FatalError, match=r"« Unexpected keys \(bogus\)"):
            composed(known, "core_webservice_get_site_info", {"bogus": 1})
        composed(known, "core_webservice_get_site_info", {"bogus": None})

    @pytest.mark.parametrize(
        ("function", "params"),
        [
            ("local_parcours_observe", {"query": "a\x0bb"}),
            ("core_user_get_users_by_field", {"field": "id", "values": ["a\x00b"]}),
        ],
    )
    def test_a_character_that_xml_cannot_hold(self, known: Service, function: str, params: dict[str, Any]) -> None:
        with pytest.raises(DataError, match="caractère de contrôle"):
            composed(known, function, params)

    @pytest.mark.parametrize("value", [{"a": 1}, "text", object()])
    def test_what_has_no_spelling(self, known: Service, value: object) -> None:
        with pytest.raises(TypeError):
            composed(known, "core_user_get_users_by_field", {"field": "id", "values": value})


class TestReading:
    def test_the_token_is_taken_out(self) -> None:
        """Negative control: the WSDL that the site sends does hold it, everywhere."""
        sent = service("4.5").replace(b"/server.php", f"/server.php?wstoken={TOKEN}".encode())
        assert sent.count(TOKEN.encode()) > 20
        known = read(sent)
        body, action = known.compose(Exchange(SITE, "local_parcours_observe", write=False), {"query": "{}"})
        assert TOKEN not in f"{body!r}{action}{vars(known)}{known._client.wsdl.services}{known._client.namespaces}"

    @pytest.mark.parametrize("version", ["4.5", "5.1"])
    def test_a_service_of_the_whole_site_is_refused_with_what_to_do(self, version: str) -> None:
        said = refused(pair(version, "wsdl_too_wide").answer)
        assert type(said) is ConfigError
        assert "« The web service description parameter named 'args'" in str(said)
        assert "créez-en un qui ne contient que les fonctions de parcours" in str(said)

    @pytest.mark.parametrize("version", ["4.5", "5.1"])
    def test_a_token_that_the_site_does_not_know(self, version: str) -> None:
        assert "ne reconnaît pas le jeton" in str(refused(pair(version, "wsdl_bad_token").answer))

    @pytest.mark.parametrize(
        ("answer", "part"),
        [
            (Answer(200, b""), "le protocole SOAP l'est"),
            (Answer(200, b"<!DOCTYPE html><html>"), "une page web est arrivée"),
            (Answer(404, b"<h1>Not found"), "page introuvable"),
            (Answer(200, b"<definitions/>"), "une description (WSDL) lisible"),
            (Answer(200, b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>'), "une description (WSDL) lisible"),
            (Answer(200, service("4.5")[:9000]), "illisible"),
        ],
    )
    def test_what_is_no_description(self, answer: Answer, part: str) -> None:
        assert part in str(refused(answer))

    @pytest.mark.parametrize(
        "added",
        [
            '<import xmlns="http://schemas.xmlsoap.org/wsdl/" namespace="urn:x" location="{where}"/>',
            (
                '<types xmlns="http://schemas.xmlsoap.org/wsdl/"><schema xmlns="http://www.w3.org/2001/XMLSchema">'
                '<import namespace="urn:x" schemaLocation="{where}"/></schema></types>'
            ),
        ],
        ids=["wsdl", "schema"],
    )
    @pytest.mark.parametrize("where", ["http://ailleurs.exemple.fr/x.wsdl", "file:///etc/hostname", "/etc/hostname"])
    def test_it_may_name_no_other_document(self, added: str, where: str) -> None:
        wsdl = service("4.5").replace(b"<types>", added.format(where=where).encode() + b"<types>", 1)
        assert wsdl != service("4.5")
        assert "renvoie à un autre document" in str(refused(Answer(200, wsdl)))

    def test_a_document_type_is_refused(self) -> None:
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
        assert "illisible" in str(refused(Answer(200, service("4.5").replace(b'<?xml version="1.0"?>', bomb))))
