"""The judging core, on facts that no sandbox can have: each with its negative control beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connector.errors import ConfigError as ParcoursConfigError
from connector.errors import ParcoursError
from connector.moodle.faults import Answer
from connector.moodle.functions import ServiceFunction, SiteInfo
from connector.moodle.plugin_zip import PluginVersion
from connector.ops.doctor import rights
from connector.ops.doctor.facts import FolderFacts, LedgerFacts, LrsFacts, SiteFacts
from connector.ops.doctor.finding import About, Finding, Level, left_to_do
from connector.ops.doctor.judge_local import judge_configuration, judge_folder, judge_night
from connector.ops.doctor.judge_lrs import judge_lrs
from connector.ops.doctor.judge_moodle import judge_site
from connector.ops.doctor.judge_web import judge_clock, judge_connection
from connector.ops.doctor.visit import Visit
from connector.settings import Settings
from connector.settings.sections import Lrs, MoodleSite
from xapi.client import Page
from xapi.errors import ConfigError, FatalError, NotFoundError, RetriableError, XapiError
from xapi.probe import Abilities, Probe

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = "https://moodle.exemple.fr"
OURS = PluginVersion(2026120100, "0.2.0")
ABOUT = About("ici")


def levels(findings: Any) -> dict[str, Level]:
    found: list[Finding] = list(findings)
    assert all(one.remedy for one in found if one.level is not Level.OK)
    return {one.code: one.level for one in found}


def connection(**facts: Any) -> dict[str, Level]:
    return levels(
        judge_connection(ABOUT, "moodle", Visit(**{"address": SITE, "answer": Answer(200, b""), **facts}), NOW)
    )


@pytest.mark.parametrize(("days", "level"), [(31, Level.OK), (29, Level.WATCH), (0, Level.WATCH)])
def test_the_end_of_a_certificate(days: int, level: Level) -> None:
    assert connection(certificate_until=NOW + timedelta(days=days))["moodle.certificat"] is level


@pytest.mark.parametrize("code", [10, 18, 19, 20, 62, 64, 79])
def test_a_refused_certificate(code: int) -> None:
    assert connection(answer=None, fault=REFUSED, certificate_refused=code) == {"moodle.certificat": Level.MEND}


REFUSED = ParcoursError("La connexion sûre ne s'établit pas.")


@pytest.mark.parametrize(
    ("address", "level"),
    [("http://moodle.exemple.fr", Level.WATCH), ("http://127.0.0.1:8000", Level.OK), ("http://localhost", Level.OK)],
)
def test_http_without_tls(address: str, level: Level) -> None:
    assert connection(address=address)["moodle.chiffrement"] is level


@pytest.mark.parametrize(("seconds", "level"), [(60, Level.OK), (-60, Level.OK), (61, Level.WATCH), (-61, Level.WATCH)])
def test_clocks(seconds: int, level: Level) -> None:
    assert judge_clock(ABOUT, "lrs", timedelta(seconds=seconds)).level is level


def test_a_server_without_a_clock() -> None:
    assert judge_clock(ABOUT, "lrs", None).level is Level.UNTOLD


def site(**changes: Any) -> dict[str, Level]:
    """Judge a site with every function of modes M and S, and nothing of ours."""
    names = set(rights.functions_of(way for way in rights.WAYS if way.mode != "P"))
    info = SiteInfo(
        sitename="Essai",
        siteurl=SITE,
        username="ws-parcours",
        userid=3,
        release="4.5.6 (Build: 20250811)",
        functions=tuple(ServiceFunction(name=name) for name in sorted(names)),
    ).model_copy(update=changes)
    facts = SiteFacts(MoodleSite(adresse=SITE), Visit(SITE, Answer(200, b"")), info)
    return levels(judge_site(facts, OURS, NOW))


def test_a_stock_site_can_be_published_to() -> None:
    found = site()
    assert found["moodle.mode"] is Level.OK
    assert found["moodle.fonctions.publier"] is Level.OK
    assert found["moodle.fonctions.emargement_saisir"] is Level.OK
    assert found["moodle.fonctions.planifier"] is Level.OK
    assert found["moodle.service"] is Level.OK


def test_without_the_function_that_copies_mode_m_is_left() -> None:
    kept = rights.functions_of(way for way in rights.WAYS if way.mode == "M")
    found = site(functions=tuple(ServiceFunction(name=name) for name in kept))
    assert found["moodle.mode"] is Level.OK
    found = site(functions=tuple(ServiceFunction(name=name) for name in kept[1:]))
    assert found["moodle.mode"] is Level.MEND


def test_the_roll_needs_every_function_of_mod_attendance_or_none() -> None:
    assert "moodle.appel" not in site()
    names = rights.functions_of((*(way for way in rights.WAYS if way.mode != "P"), *rights.ROLLS))
    assert site(functions=tuple(ServiceFunction(name=name) for name in names))["moodle.appel"] is Level.OK
    fewer = [name for name in names if name != "mod_attendance_add_session"]
    found = site(functions=tuple(ServiceFunction(name=name) for name in fewer))
    assert found["moodle.appel"] is Level.MEND
    assert found["moodle.service"] is Level.OK


def test_the_token_of_an_administrator() -> None:
    assert site(userissiteadmin=True)["moodle.administrateur"] is Level.WATCH
    assert "moodle.administrateur" not in site()


@pytest.mark.parametrize(
    ("url", "level"),
    [(f"{SITE}/", Level.OK), ("https://autre.exemple.fr", Level.WATCH), ("pas une adresse", Level.WATCH)],
)
def test_a_site_that_names_itself_otherwise(url: str, level: Level) -> None:
    assert site(siteurl=url)["moodle.adresse"] is level


def test_a_site_that_hides_its_version() -> None:
    assert site(release="")["moodle.version"] is Level.UNTOLD


def lrs(probed: Probe | XapiError, about: object = ("1.0.3",), **section: str) -> dict[str, Level]:
    """Judge an LRS of the configuration `section`, once it said of itself what `about` is."""
    way_in = {} if "jeton_fichier" in section else {"identifiant": "p", "secret_fichier": "s"}
    read = Lrs.model_validate({"adresse": "https://lrs.exemple.fr/xAPI", **way_in, **section})
    body = json.dumps({"version": about}).encode()
    seen = Visit(read.adresse, Answer(200, body), ahead=timedelta(0), certificate_until=NOW + timedelta(days=90))
    return levels(judge_lrs(LrsFacts(read, seen, probed), NOW))


ABLE = Abilities(version="1.0.3", consistent_through=True, filters_on="stored", page_limit=100)
PAGE = Page((), "https://lrs.exemple.fr/xAPI/statements", None, None, last=True)
PROBED = Probe(ABLE, PAGE)


def test_an_lrs_without_any_fault() -> None:
    found = lrs(PROBED)
    assert set(found.values()) == {Level.OK}
    assert {"lrs.filtre", "lrs.coherence", "lrs.pages"} <= set(found)
    assert "lrs.pages" not in lrs(Probe(msgspec.structs.replace(ABLE, page_limit=None), PAGE))


@pytest.mark.parametrize(("filters_on", "level"), [("stored", Level.OK), ("timestamp", Level.OK), (None, Level.UNTOLD)])
def test_what_an_lrs_filters_on(filters_on: Any, level: Level) -> None:
    assert lrs(Probe(msgspec.structs.replace(ABLE, filters_on=filters_on), PAGE))["lrs.filtre"] is level


def test_an_lrs_that_takes_a_token() -> None:
    assert lrs(PROBED, jeton_fichier="j")["lrs.acces"] is Level.OK


@pytest.mark.parametrize(("ours", "level"), [("1.0.3", Level.MEND), ("2.0.0", Level.OK)])
def test_an_lrs_that_speaks_2_0_only(ours: str, level: Level) -> None:
    assert lrs(PROBED, ["2.0.0"], version=ours)["lrs.version"] is level


def test_an_authority_that_cannot_be_read() -> None:
    section = Lrs.model_validate({"adresse": "https://lrs.exemple.fr/xAPI", "jeton_fichier": "j", "autorite": "ca.pem"})
    assert levels(judge_lrs(LrsFacts(section, None, REFUSED_FILE), NOW)) == {"lrs.autorite": Level.MEND}


REFUSED_FILE = ParcoursConfigError("Le fichier ca.pem ne peut pas être lu.", remedy="Mettez-y un certificat.")


@pytest.mark.parametrize(
    ("versions", "level"),
    [(["1.0.0", "1.0.3"], Level.OK), (["1.0.2", "2.0.0"], Level.OK), (["0.95"], Level.MEND), (3, Level.UNTOLD)],
)
def test_versions_of_xapi(versions: object, level: Level) -> None:
    assert lrs(PROBED, versions)["lrs.version"] is level


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (NotFoundError("x"), "lrs.adresse"),
        (ConfigError("x"), "lrs.acces"),
        (RetriableError("x"), "lrs.indisponible"),
        (FatalError("x"), "lrs.reponse"),
    ],
)
def test_what_an_lrs_refuses(fault: XapiError, code: str) -> None:
    assert lrs(fault)[code] is Level.MEND


def test_a_statement_that_cannot_be_read() -> None:
    assert lrs(Probe(ABLE, replace(PAGE, items=(b'{"actor": 3}',))))["lrs.declaration"] is Level.MEND


@pytest.mark.parametrize(("raw", "why"), [(b"[]", "ce n'est pas un objet JSON"), (b"{", "ce n'est pas du JSON")])
def test_why_a_statement_cannot_be_read_is_said_in_french(raw: bytes, why: str) -> None:
    section = Lrs.model_validate({"adresse": "https://lrs.exemple.fr/xAPI", "jeton_fichier": "j"})
    facts = LrsFacts(section, None, Probe(ABLE, replace(PAGE, items=(raw,))))
    (said,) = (one.sentence for one in judge_lrs(facts, NOW) if one.code == "lrs.declaration")
    assert why in said


def test_the_right_to_write_is_not_tried() -> None:
    assert lrs(PROBED, usage="lecture-ecriture")["lrs.ecriture"] is Level.UNTOLD
    assert "lrs.ecriture" not in lrs(PROBED)


@pytest.mark.parametrize(
    ("free", "level"), [(99_000_000, Level.MEND), (999_000_000, Level.WATCH), (1_000_000_000, Level.OK)]
)
def test_space_on_the_disk(free: int, level: Level) -> None:
    assert levels(judge_folder(ABOUT, FolderFacts(Path("ici"), 0o700, free, ())))["disque"] is level


def test_a_folder_that_is_not_there() -> None:
    assert levels(judge_folder(ABOUT, FolderFacts(Path("ici"), None, 10**10, ())))["dossier"] is Level.WATCH


def test_a_policy_for_a_circonscription_that_is_not_declared() -> None:
    declared = {"uai": "0693456G", "nom": "Lyon 4", "academie": "Lyon"}
    policy = {"annee_scolaire": "2026-2027", "decide_par": "IEN", "decide_le": datetime(2026, 9, 1, tzinfo=UTC).date()}
    for uai, told in (("0693456G", False), ("0693457H", True)):
        settings = Settings.model_validate(
            {"circonscription": [declared], "politique": [policy | {"circonscription": uai}]}
        )
        assert ("configuration.politique" in levels(judge_configuration(ABOUT, settings))) is told


def test_a_derogation_that_does_not_say_who_decided_is_read_and_told() -> None:
    plain = {"identifiant": "E1", "annee_scolaire": "2026-2027", "du": "12h", "motif": "decision_ien"}
    day = datetime(2026, 9, 1, tzinfo=UTC).date()
    whole = plain | {"identifiant": "E2", "decide_par": "IEN", "decide_le": day}
    for blocks, told in (([whole], False), ([plain, whole], True), ([plain | {"decide_le": day}], True)):
        found = judge_configuration(ABOUT, Settings.model_validate({"derogation": blocks}))
        said = {one.code: one.sentence for one in found if one.level is Level.WATCH}.get("configuration.derogation")
        assert (said is not None) is told
        assert said is None or said.endswith("ou quand\N{NO-BREAK SPACE}: E1 (2026-2027).")


@pytest.mark.parametrize(
    ("dsn", "told"),
    [
        ("sqlite:///registre.db", False),
        ("postgresql+psycopg://parcours@base.exemple.fr/registre", False),
        ("postgresql+psycopg://parcours:secret@base.exemple.fr/registre", True),
        ("postgresql+psycopg://base.exemple.fr/registre?user=parcours&password=secret", True),
        ("postgresql+psycopg://[base/registre", False),
    ],
)
def test_a_password_in_the_configuration_is_told_and_not_shown(dsn: str, told: bool) -> None:
    for name in ("dsn", "dsn_brut"):
        found = list(judge_configuration(ABOUT, Settings.model_validate({"base": {name: dsn}})))
        said = [one.sentence for one in found if one.code == "configuration.mot_de_passe"]
        assert len(said) == told
        assert "secret" not in "".join(said)


def test_what_cannot_be_known_is_neither_good_nor_bad() -> None:
    assert not left_to_do([ABOUT.ok("a", "b"), ABOUT.untold("a", "b", "c")])
    assert left_to_do([ABOUT.watch("a", "b", "c")])
    assert left_to_do([ABOUT.mend("a", "b", "c")])


@pytest.mark.parametrize(
    ("hours", "code", "level"),
    [
        (7, 0, Level.OK),
        (7, 2, Level.OK),
        (7, 1, Level.WATCH),
        (29, 0, Level.OK),
        (31, 0, Level.WATCH),
        (31, 1, Level.WATCH),
    ],
)
def test_the_last_night(hours: int, code: int, level: Level) -> None:
    facts = LedgerFacts("current", {}, (NOW - timedelta(hours=hours), code))
    assert levels(judge_night(ABOUT, facts, NOW)) == {"nuit": level}


def test_a_machine_without_nights_is_told_nothing_of_them() -> None:
    assert list(judge_night(ABOUT, LedgerFacts("current", {}), NOW)) == []
