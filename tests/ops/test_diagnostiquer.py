"""`parcours diagnostiquer`, on a real LRS and the sandbox: every fault is found, alone, and its absence is not."""

from __future__ import annotations

import json
import socket
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from connector.ledger.db import ledger_state, open_ledger
from connector.moodle.course_functions import UPDATE_COURSES
from connector.moodle.functions import OBSERVE, PUBLISH
from connector.moodle.plugin_zip import plugin_version
from connector.moodle.sandbox import functions as sandbox_functions
from connector.moodle.sandbox import plugin_observe
from connector.moodle.sandbox.faults import Faults
from connector.moodle.sandbox.functions import FUNCTIONS
from connector.ops.doctor import rights
from connector.settings import Settings
from xapi.client import LRSClient

if TYPE_CHECKING:
    from connector.ops.demo.stage import Stage
    from tests.ops.conftest import Doctor

OVERRIDE = rights.OVERRIDE


def fault(stage: Stage, **switches: object) -> None:
    """Turn switches of the sandbox on, its service left as small as it was."""
    withheld = stage.sandbox.faults.withheld
    stage.sandbox.faults = Faults.model_validate({"withheld": withheld, **switches})


def edit(stage: Stage, old: str, new: str) -> None:
    file = stage.folder / "parcours.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def unused_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def test_nothing_is_wrong(doctor: Doctor) -> None:
    assert doctor.diagnose() == {}
    levels = doctor.levels()
    assert {"moodle.acces", "moodle.mode", "moodle.horloge", "moodle.extension", "lrs.acces", "registre"} <= set(levels)
    assert {code for code, level in levels.items() if level == "non vérifiable"} == {
        "lrs.ecriture", "lrs.filtre"
    }  # fmt: skip
    assert levels["moodle.roles"] == "ok"
    assert {f"moodle.capacites.{command.replace(' ', '_')}" for command in rights.commands()} <= set(levels)


def test_it_writes_nothing_to_moodle_nor_to_the_lrs(doctor: Doctor) -> None:
    stage = doctor.stage
    doctor.diagnose()
    assert set(stage.sandbox.calls) <= {"core_webservice_get_site_info", OBSERVE}
    assert not (stage.folder / "registre.db").exists()
    client = LRSClient(stage.lrs.address, stage.lrs.user, stage.lrs.secret.get_secret_value())
    with closing(client):
        assert next(client.pages()).items == ()


def test_no_secret_is_shown_whatever_fails(doctor: Doctor) -> None:
    stage = doctor.stage
    for switches in ({}, {"maintenance": True}, {"html": True}, {"services_off": True}):
        fault(stage, **switches)
        for options in ((), ("--json",)):
            doctor.run("diagnostiquer", *options)
            said = doctor.out + doctor.err
            assert stage.sandbox.token not in said
            assert stage.lrs.secret.get_secret_value() not in said


@pytest.mark.parametrize(
    ("switches", "code", "words"),
    [
        ({"maintenance": True}, "moodle.indisponible", "maintenance"),
        ({"maintenance_cli": True}, "moodle.indisponible", "maintenance"),
        ({"services_off": True}, "moodle.acces", "services web"),
        ({"html": True}, "moodle.acces", "page web"),
        ({"truncate": True}, "moodle.indisponible", "tronquée"),
        ({"busy_until": 99, "busy_status": 429}, "moodle.indisponible", "trop d'appels"),
    ],
)
def test_a_site_that_does_not_serve(doctor: Doctor, switches: dict[str, object], code: str, words: str) -> None:
    fault(doctor.stage, **switches)
    wrong = doctor.diagnose()
    assert list(wrong) == [code]
    assert words in str(wrong[code]["constat"])
    assert doctor.levels()["lrs.acces"] == "ok"  # the rest was looked at all the same


def test_a_wrong_token(doctor: Doctor) -> None:
    (doctor.stage.folder / "jeton-moodle").write_text("0" * 32, encoding="utf-8")
    wrong = doctor.diagnose()
    assert list(wrong) == ["moodle.acces"]
    assert "jeton" in str(wrong["moodle.acces"]["constat"])


def test_a_site_that_is_not_there(doctor: Doctor) -> None:
    edit(doctor.stage, doctor.stage.sandbox.url, unused_address())
    assert list(doctor.diagnose()) == ["moodle.connexion"]
    assert doctor.stage.sandbox.calls == []


def test_a_site_that_is_not_configured_is_refused(doctor: Doctor) -> None:
    assert doctor.run("diagnostiquer", "--site", "https://ailleurs.exemple.fr") == 1
    assert "https://ailleurs.exemple.fr" in doctor.err
    assert doctor.run("diagnostiquer", "--site", doctor.stage.sandbox.url) == 0


def test_one_function_withheld_is_told_for_the_commands_that_need_it_only(doctor: Doctor) -> None:
    stage = doctor.stage
    stage.sandbox.faults.withheld |= {OVERRIDE}
    wrong = doctor.diagnose()
    assert list(wrong) == ["moodle.fonctions.emargement_saisir"]
    assert OVERRIDE in str(wrong["moodle.fonctions.emargement_saisir"]["constat"])


def test_without_any_function_no_mode_is_left(doctor: Doctor) -> None:
    stage = doctor.stage
    stage.sandbox.faults.withheld = frozenset(FUNCTIONS) - {"core_webservice_get_site_info"}
    wrong = doctor.diagnose()
    assert set(wrong) == {
        "moodle.mode", "moodle.fonctions.planifier", "moodle.fonctions.publier", "moodle.fonctions.archiver",
        "moodle.fonctions.collecter", "moodle.fonctions.emargement_saisir", "moodle.fonctions.gaia_comptes",
        "moodle.fonctions.nuit",
    }  # fmt: skip
    assert f"en mode P, {PUBLISH}" not in str(wrong["moodle.fonctions.collecter"]["constat"])
    assert OBSERVE in str(wrong["moodle.fonctions.collecter"]["constat"])


def test_too_wide_a_service_is_told(doctor: Doctor) -> None:
    doctor.stage.sandbox.faults.withheld = frozenset()
    wrong = doctor.diagnose()
    assert list(wrong) == ["moodle.service"]
    assert "core_completion_update_activity_completion_status_manually" in str(wrong["moodle.service"]["constat"])


@pytest.mark.parametrize(
    ("version", "level"), [("2026112200", "à mender"), ("", "à mender"), ("2099010100", "à surveiller")]
)
def test_another_plugin(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, version: str, level: str) -> None:
    monkeypatch.setattr(plugin_observe, "PLUGIN", version)
    wrong = doctor.diagnose()
    assert {code: row["niveau"] for code, row in wrong.items()} == {"moodle.extension": level}


@pytest.mark.parametrize(("version", "wrong"), [("2026112200", {"moodle.extension", "moodle.mode"}), (None, set())])
def test_too_old_a_plugin_is_no_mode(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, version: str | None, wrong: set[str]
) -> None:
    doctor.stage.sandbox.faults.withheld |= {UPDATE_COURSES}
    monkeypatch.setattr(plugin_observe, "PLUGIN", version or str(plugin_version().number))
    assert set(doctor.diagnose()) == wrong


def test_the_programs_plugin(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_observe, "PLUGIN", str(plugin_version().number))
    assert doctor.diagnose() == {}


@pytest.mark.parametrize(
    ("release", "level"),
    [("4.4.9 (Build: 1)", "à mender"), ("5.2 (Build: 1)", "à surveiller"), ("5.1.3 (Build: 1)", None), ("4.5", None)],
)
def test_other_moodles(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, release: str, level: str | None) -> None:
    monkeypatch.setattr(sandbox_functions, "RELEASE", release)
    wrong = doctor.diagnose()
    assert {code: row["niveau"] for code, row in wrong.items()} == ({"moodle.version": level} if level else {})


@pytest.mark.parametrize(("seconds", "told"), [(90, "avance de"), (-90, "retarde de"), (50, None), (-50, None)])
def test_the_sites_clock(doctor: Doctor, seconds: int, told: str | None) -> None:
    clock = doctor.stage.sandbox.site.clock
    doctor.stage.sandbox.site.clock = lambda: clock() + seconds
    wrong = doctor.diagnose()
    assert list(wrong) == (["moodle.horloge"] if told else [])
    assert told is None or told in str(wrong["moodle.horloge"]["constat"])


def test_an_lrs_that_is_not_there(doctor: Doctor) -> None:
    edit(doctor.stage, doctor.stage.lrs.address, f"{unused_address()}/xAPI/")
    assert list(doctor.diagnose()) == ["moodle.emission.lrs", "lrs.connexion"]
    assert doctor.levels()["moodle.acces"] == "ok"


def test_the_address_of_no_lrs(doctor: Doctor) -> None:
    edit(doctor.stage, doctor.stage.lrs.address, doctor.stage.lrs.address.replace("/xAPI/", "/autre/"))
    assert list(doctor.diagnose()) == ["lrs.adresse"]


def test_a_wrong_secret(doctor: Doctor) -> None:
    (doctor.stage.folder / "secret-lrs").write_text("pas-le-bon-secret", encoding="utf-8")
    wrong = doctor.diagnose()
    assert list(wrong) == ["lrs.acces"]
    assert "secret" in str(wrong["lrs.acces"]["constat"])


def test_statements_are_read(doctor: Doctor) -> None:
    stage = doctor.stage
    doctor.diagnose()
    assert "ne contient encore aucune" in doctor.out
    client = LRSClient(stage.lrs.address, stage.lrs.user, stage.lrs.secret.get_secret_value())
    with closing(client):
        client.post([STATEMENT])
    assert doctor.diagnose() == {}
    assert "Sa dernière déclaration se lit." in doctor.out
    assert doctor.levels()["lrs.filtre"] == "ok"
    assert "Il sait dire ce qui est arrivé depuis un instant" in doctor.out


STATEMENT = {
    "id": "6a1f4a52-7c5a-4c3e-9d64-0f4f5c6c9b10",
    "actor": {"mbox": "mailto:lea.martin@ac-exemple.fr"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": {"id": "https://moodle.exemple.fr/mod/page/view.php?id=12"},
    "timestamp": "2026-10-07T12:00:00Z",
}


def test_secrets_that_others_can_read(doctor: Doctor) -> None:
    token, secret = doctor.stage.folder / "jeton-moodle", doctor.stage.folder / "secret-lrs"
    token.chmod(0o640)
    assert {code: row["niveau"] for code, row in doctor.diagnose().items()} == {"secret": "à surveiller"}
    token.chmod(0o600)
    secret.chmod(0o604)
    wrong = doctor.diagnose()
    assert {code: row["niveau"] for code, row in wrong.items()} == {"secret": "à mender", "lrs.secret": "à mender"}
    assert f"chmod 600 {secret}" in str(wrong["secret"]["remede"])


@pytest.mark.parametrize(("mode", "level"), [(0o755, "à surveiller"), (0o777, "à mender")])
def test_a_folder_that_others_can_open(doctor: Doctor, mode: int, level: str) -> None:
    doctor.stage.folder.chmod(mode)
    assert {code: row["niveau"] for code, row in doctor.diagnose().items()} == {"dossier": level}


def test_an_unreadable_configuration_is_one_finding(doctor: Doctor) -> None:
    edit(doctor.stage, "[[moodle]]", "[[moodel]]")
    wrong = doctor.diagnose()
    assert list(wrong) == ["configuration"]
    assert "moodel" in str(wrong["configuration"]["constat"])
    assert "disque" in doctor.levels()


def test_an_empty_folder(doctor: Doctor) -> None:
    (doctor.stage.folder / "parcours.toml").unlink()
    assert set(doctor.diagnose()) == {
        "configuration.moodle", "configuration.lrs", "configuration.lrs_ecriture", "configuration.circonscription"
    }  # fmt: skip


def test_a_published_session_of_an_undeclared_circonscription(doctor: Doctor) -> None:
    session = doctor.stage.folder / "parcours/calcul-mental/session.yaml"
    doctor.run("publier", str(session), "--oui")
    assert doctor.diagnose() == {}
    edit(doctor.stage, 'uai = "0693456G"', 'uai = "0693457H"')
    wrong = doctor.diagnose()
    assert "CM-69L4-2026A" in str(wrong["configuration.session"]["constat"])
    assert 'uai = "0693456G"' in str(wrong["configuration.session"]["remede"])


def test_the_ledgers_schema(doctor: Doctor) -> None:
    file = doctor.stage.folder / "registre.db"
    open_ledger(Settings.load(doctor.stage.folder).dsn).close()
    assert doctor.diagnose() == {}
    for revision, level in (("0001", "à surveiller"), ("9999", "à mender")):
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            connection.commit()
        assert {code: row["niveau"] for code, row in doctor.diagnose().items()} == {"registre": level}
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]


@pytest.mark.postgresql
def test_the_ledgers_schema_on_postgresql(postgresql_database: str) -> None:
    assert ledger_state(postgresql_database) == "absent"
    assert ledger_state(postgresql_database) == "absent"  # asking has made nothing
    open_ledger(postgresql_database).close()
    assert ledger_state(postgresql_database) == "current"


def test_a_ledger_that_is_no_database(doctor: Doctor) -> None:
    (doctor.stage.folder / "registre.db").write_bytes(b"autre chose" * 100)
    assert {code: row["niveau"] for code, row in doctor.diagnose().items()} == {"registre": "à mender"}


def test_over_soap_too(doctor: Doctor) -> None:
    edit(doctor.stage, "[[moodle]]", '[[moodle]]\nprotocole = "soap"')
    assert doctor.diagnose() == {}
    fault(doctor.stage, services_off=True)
    assert list(doctor.diagnose()) == ["moodle.acces"]


def test_what_a_person_reads(doctor: Doctor) -> None:
    doctor.stage.sandbox.faults.withheld |= {OVERRIDE}
    assert doctor.run("diagnostiquer") == 2
    lines = doctor.out.splitlines()
    assert doctor.stage.sandbox.url in lines
    wrong = next(rank for rank, line in enumerate(lines) if line.startswith("  ✗"))
    assert OVERRIDE in lines[wrong]
    assert lines[wrong + 1].startswith("    → Ajoutez-les au service du jeton")
    assert lines[-1].endswith(
        "0\N{NO-BREAK SPACE}à surveiller, 1\N{NO-BREAK SPACE}à mender, 2\N{NO-BREAK SPACE}non vérifiable."
    )
    assert json.loads(_json_of(doctor))["format"] == "diagnostic/1"


def _json_of(doctor: Doctor) -> str:
    doctor.run("diagnostiquer", "--json")
    return doctor.out
