"""What the account may do: asked of the plugin, judged by command, each missing capability with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.moodle.functions import OBSERVE, PUBLISH, ServiceFunction, SiteInfo
from connector.moodle.observation import Observation, Place, Rights
from connector.moodle.sandbox import plugin_observe, plugin_rights
from connector.moodle.sandbox.site import ServiceRole
from connector.ops.doctor import rights
from connector.ops.doctor.facts import PluginFacts
from connector.ops.doctor.finding import About, Level
from connector.ops.doctor.judge_rights import judge_rights

if TYPE_CHECKING:
    from tests.ops.conftest import Doctor

CREATE, BACKUP, OVERRIDE = "moodle/course:create", "moodle/backup:userinfo", "moodle/course:overridecompletion"


def lacking(doctor: Doctor, *names: str) -> None:
    doctor.stage.sandbox.site.role = ServiceRole(shortname="parcours", lacking=frozenset(names))


def sentence(doctor: Doctor, code: str) -> tuple[str, str]:
    """Return the sentence and the remedy of what is wrong, alone, their spaces made plain."""
    wrong = doctor.diagnose()
    assert list(wrong) == [code]
    return tuple(str(wrong[code][key]).replace("\N{NO-BREAK SPACE}", " ") for key in ("constat", "remede"))  # type: ignore[return-value]


PLUGIN_WAYS = [way for way in rights.WAYS if way.mode == "P"]
NAMES = rights.capabilities_of(PLUGIN_WAYS)
PROVED = {"webservice/rest:use", "moodle/course:viewparticipants"}


@pytest.mark.parametrize("lacked", [name for name in NAMES if name not in PROVED])
def test_a_missing_capability_is_told_of_each_command_that_needs_it(lacked: str) -> None:
    place = Place(roles=("parcours",), assignable=rights.ASSIGNABLE_ROLES, held=tuple(set(NAMES) - {lacked}))
    answer = Observation(capabilities=Rights(places=(place,)))
    granted = tuple(ServiceFunction(name=name) for name in rights.functions_of(rights.WAYS))
    info = SiteInfo(sitename="", siteurl="", username="ws", userid=3, release="", functions=granted)
    found = list(judge_rights(About("ici"), PluginFacts(answer, answer, None, None, answer), info))
    wrong = {one.code: str(one.remedy) for one in found if one.level is Level.MEND}
    needing = {way.command for way in PLUGIN_WAYS if lacked in way.capabilities}
    assert set(wrong) == {f"moodle.capacites.{command.replace(' ', '_')}" for command in needing}
    assert all(f"Donnez {lacked} au rôle «" in remedy for remedy in wrong.values())


def test_the_capability_the_role_and_the_place_are_named(doctor: Doctor) -> None:
    lacking(doctor, CREATE)
    said, remedy = sentence(doctor, "moodle.capacites.publier")
    assert said == "publier, en mode P : il manque 1 capacité au rôle « parcours », au niveau du système."
    assert remedy == (
        f"Donnez {CREATE} au rôle « parcours » (Administration du site > Utilisateurs > Permissions > Définir les"
        " rôles) ; le compte « ws-parcours » doit avoir ce rôle au niveau du système, ou de la catégorie des sessions"
        " quand le site en a une à part."
    )


def test_once_sessions_are_published_their_category_is_the_place(doctor: Doctor) -> None:
    stage = doctor.stage
    assert doctor.run("personnels", "importer", str(stage.folder / "personnels.csv")) == 0
    assert doctor.run("publier", str(stage.folder / "parcours/calcul-mental/session.yaml"), "--oui") == 0
    root = next(category for category in stage.sandbox.site.categories.values() if category.parent is None)
    lacking(doctor, CREATE)
    said, remedy = sentence(doctor, "moodle.capacites.publier")
    assert f"dans la catégorie « {root.name} »" in said
    assert f"dans la catégorie « {root.name} » ou au niveau du système" in remedy


def test_a_mode_that_is_not_taken_unasked_mends_nothing(doctor: Doctor) -> None:
    lacking(doctor, BACKUP)
    assert doctor.diagnose() == {}
    assert "publier : le compte a toutes les capacités qu'il faut, en mode P, M." in doctor.out.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    doctor.stage.sandbox.faults.withheld |= {PUBLISH}
    lacking(doctor, CREATE, "moodle/course:changefullname", BACKUP)
    said, remedy = sentence_of(doctor, "moodle.capacites.publier")
    assert "en mode M : il manque 1 capacité" in said
    assert "moodle/course:changefullname" in remedy


def sentence_of(doctor: Doctor, code: str) -> tuple[str, str]:
    """Return the sentence and the remedy of one of the things that are wrong."""
    row = doctor.diagnose()[code]
    return str(row["constat"]).replace("\N{NO-BREAK SPACE}", " "), str(row["remede"])


def test_the_roll_is_judged_where_the_service_has_it(doctor: Doctor) -> None:
    lacking(doctor, "mod/attendance:takeattendances")
    assert doctor.diagnose() == {}
    doctor.stage.sandbox.absent = frozenset()
    doctor.stage.sandbox.faults.withheld -= set(rights.functions_of(rights.ROLLS))
    said, remedy = sentence(doctor, "moodle.capacites.appel")
    assert said.startswith("appel : il manque 1 capacité")
    assert "mod/attendance:takeattendances" in remedy


def test_what_the_site_does_not_know_is_not_asked_of_a_role(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "mod/h5pactivity:addinstance"
    lacking(doctor, name)
    assert list(doctor.diagnose()) == ["moodle.capacites.publier"]
    monkeypatch.setattr(plugin_rights, "_MODULES", plugin_rights._MODULES - {"h5pactivity"})
    assert doctor.diagnose() == {}


@pytest.mark.parametrize(
    ("assignable", "level", "named"),
    [
        (("student", "teacher"), "à mender", "editingteacher"),
        (("editingteacher", "manager", "student", "teacher"), "à surveiller", "manager"),
    ],
)
def test_roles_that_it_may_assign(doctor: Doctor, assignable: tuple[str, ...], level: str, named: str) -> None:
    doctor.stage.sandbox.site.role = ServiceRole(assignable=assignable)
    wrong = doctor.diagnose()
    assert {code: row["niveau"] for code, row in wrong.items()} == {"moodle.roles": level}
    assert str(wrong["moodle.roles"]["constat"]).endswith(f": {named}.")


def test_an_account_without_any_role_is_named(doctor: Doctor) -> None:
    site = doctor.stage.sandbox.site
    account = next(person for person in site.people.values() if person.manager)
    account.manager = False
    wrong = doctor.diagnose()
    assert {"moodle.capacite.participants", "moodle.capacites.publier", "moodle.roles"} <= set(wrong)
    assert "à un rôle du compte" in str(wrong["moodle.capacites.publier"]["remede"])


@pytest.mark.parametrize("version", ["2026121600", None])
def test_without_a_plugin_that_says_it_all_of_it_stays_untold(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    if version is None:
        doctor.stage.sandbox.faults.withheld |= {OBSERVE}
    else:
        monkeypatch.setattr(plugin_observe, "PLUGIN", version)
    doctor.diagnose()
    levels = doctor.levels()
    assert levels["moodle.capacites"] == "non vérifiable"
    assert not any(code.startswith("moodle.capacites.") for code in levels)
    assert "Vérifier les permissions du système" in doctor.out
    assert OVERRIDE in doctor.out


def test_a_service_whose_functions_ask_for_nothing_unproved_is_told_nothing() -> None:
    named = SiteInfo(sitename="", siteurl="", username="ws", userid=3, release="", functions=())
    few = (ServiceFunction(name=rights.ways_of("diagnostiquer")[1].functions[0]),)
    assert list(judge_rights(About("ici"), None, named.model_copy(update={"functions": few}))) == []
    many = tuple(ServiceFunction(name=name) for name in rights.functions_of(rights.WAYS))
    [untold] = judge_rights(About("ici"), None, named.model_copy(update={"functions": many}))
    assert OVERRIDE in untold.sentence
