"""The parcours that ship: valid, complete, and up to what the catalogue promises to trainers."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from scenarios import catalogue
from scenarios.load import LoadedSession, load_parcours, load_session
from scenarios.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

NAMES = catalogue.names()
EVERYONE = {"binome", "groupe", "collectif"}
SIGNED = {"presence", "classe_virtuelle"}
LATER_RELEASE = {"fichier", "h5p"}

# GIFT: a text in which every control character is escaped, as Moodle's import wants it.
TEXT = r"(?:\\[~=#{}:]|[^\\~=#{}:\n])+"
TRUE_FALSE = re.compile(rf"::({TEXT})::({TEXT})\{{(?:TRUE|FALSE)#{TEXT}#{TEXT}\}}")
LISTED = re.compile(rf"::({TEXT})::({TEXT}) \{{(#?)\n((?:\t.+\n)+)\}}")
CHOICE = re.compile(rf"\t(=|~%(-?[0-9.]+)%|~(?!%)){TEXT}#{TEXT}")
PAIR = re.compile(rf"\t={TEXT} -> {TEXT}")
NUMBER = re.compile(rf"\t=%(100|0)%[0-9]+:0#{TEXT}")
GENERAL = re.compile(rf"\t####{TEXT}")


@pytest.fixture(scope="module", params=NAMES)
def loaded(request: pytest.FixtureRequest) -> LoadedSession:
    """Each example session with its parcours, before its overlay changes anything that these tests look at."""
    return load_session(catalogue.folder(request.param) / "session.yaml")


def texts() -> list[Path]:
    return sorted(path for name in NAMES for path in catalogue.folder(name).iterdir())


def quizzes() -> list[Path]:
    return [path for path in texts() if path.suffix == ".gift"]


def test_the_catalogue_has_the_thirteen_titles_of_the_leaflet():
    titles = {
        load_parcours(catalogue.folder(name) / "parcours.yaml").parcours.titre.replace("’", "'") for name in NAMES
    }
    assert titles == {
        "Former à distance",
        "Concevoir un parcours",
        "Se former à distance",
        "Enseigner le calcul mental",
        "Enseigner l'énergie au cycle 3",
        "Les arts visuels et l'histoire des arts",
        "L'aménagement de l'espace en maternelle",
        "La laïcité",
        "L'inclusion scolaire",
        "Enseigner l'éducation civique et morale",
        "Enseigner la compréhension en lecture",
        "Concevoir et mettre en œuvre des séquences en langues",
        "Apprendre à maîtriser son identité numérique",
    }
    assert len(NAMES) == len(titles)


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(LookupError, match="vouliez-vous dire « laicite »"):
        catalogue.folder("laicites")


@pytest.mark.parametrize("name", NAMES)
def test_parcours_and_session_are_valid_without_a_warning(name: str):
    for file in ("parcours.yaml", "session.yaml"):
        assert verify(catalogue.folder(name) / file).problems == ()


@pytest.mark.parametrize(
    ("name", "presence", "distance", "activities", "types"),
    [
        ("arts-visuels-histoire-des-arts", 240, 300, 14, 9),
        ("calcul-mental", 180, 360, 19, 11),
        ("comprehension-en-lecture", 360, 360, 17, 10),
        ("concevoir-un-parcours", 180, 240, 15, 10),
        ("education-morale-et-civique", 210, 270, 12, 8),
        ("energie-cycle-3", 270, 300, 14, 10),
        ("espaces-maternelle", 120, 240, 13, 9),
        ("former-a-distance", 0, 180, 13, 8),
        ("identite-numerique", 45, 195, 12, 10),
        ("inclusion-scolaire", 270, 360, 15, 9),
        ("laicite", 150, 210, 16, 10),
        ("se-former-a-distance", 0, 135, 13, 8),
        ("sequences-en-langues", 120, 180, 11, 9),
    ],
)
def test_length_and_variety_are_those_announced(name: str, presence: int, distance: int, activities: int, types: int):
    summary = verify(catalogue.folder(name) / "parcours.yaml").summary
    assert summary is not None
    assert (summary.presence_min, summary.distance_min) == (presence, distance)
    found = load_parcours(catalogue.folder(name) / "parcours.yaml").parcours.activites
    assert len(found) >= activities
    assert len({one.type for one in found}) >= types
    assert not {one.type for one in found} & LATER_RELEASE


def test_each_parcours_fills_the_whole_indexation(loaded: LoadedSession):
    parcours = loaded.parcours
    assert all((parcours.description, parcours.domaine, parcours.accompagnement, parcours.theme, parcours.licence))
    assert (parcours.academie is not None) == (parcours.origine == "academie")
    assert "CC BY-SA 4.0" in (parcours.description or "")
    assert len(parcours.objectifs) >= 3


def test_participants_know_what_to_do_and_trainers_how_to_run_it(loaded: LoadedSession):
    for activity in loaded.parcours.activites:
        if activity.type == "etiquette":
            continue
        assert activity.consigne, activity.id
        assert activity.note_formateur, activity.id
        assert activity.intention, activity.id


def test_never_more_than_two_individual_activities_in_a_row(loaded: LoadedSession):
    followed = [
        one
        for one in loaded.parcours.activites
        if one.type not in {"etiquette", "questionnaire"} and one.modalite != "en_classe"
    ]
    runs = [(alone, len(list(run))) for alone, run in groupby(followed, key=lambda one: one.social not in EVERYONE)]
    assert max(length for alone, length in runs if alone) <= 2
    assert sum(not alone for alone, _ in runs) >= 4


def test_every_activity_that_counts_can_be_completed_or_signed(loaded: LoadedSession):
    for activity in loaded.parcours.activites:
        kind = activity.achevement.kind
        assert (kind == "emargement") == (activity.type in SIGNED), activity.id
        assert not (activity.credite and kind == "aucun"), activity.id


def test_the_classroom_application_is_there_and_never_credited():
    for name in set(NAMES) - {"former-a-distance"}:
        found = load_parcours(catalogue.folder(name) / "parcours.yaml").parcours.activites
        applied = {(one.modalite, one.credite) for one in found if one.type == "mise_en_oeuvre"}
        assert applied == {("en_classe", False)}, name


def test_a_deadline_is_inside_the_session(loaded: LoadedSession):
    length = (loaded.session.fin - loaded.session.debut).days if loaded.session.fin else 0
    handed_in = [one for one in loaded.parcours.activites if one.type in {"devoir", "mise_en_oeuvre"}]
    assert handed_in
    for activity in handed_in:
        assert activity.contenu.echeance is not None
        assert 0 < activity.contenu.echeance.days <= length, activity.id


def test_each_group_of_the_main_session_meets_twice_on_wednesday_afternoons():
    session = load_session(catalogue.folder("calcul-mental") / "session.yaml").session
    assert (session.code, session.circonscription) == ("CM-69L4-2026A", "0693456G")
    met = [slot for identifier in ("presence-1", "presence-2") for slot in session.creneaux[identifier]]
    assert sorted(slot.groupe or "" for slot in met) == ["A", "A", "B", "B"]
    assert all(slot.debut.weekday() == 2 and slot.debut.hour >= 13 for slot in met)


def test_the_people_of_the_examples_are_invented_and_nobody_trains_himself(loaded: LoadedSession):
    people = {one.courriel for one in loaded.participants}
    trainers = {one.courriel for one in loaded.session.formateurs}
    assert len(people) >= 8
    assert not people & trainers
    assert all(address.endswith("@ac-exemple.fr") for address in people | trainers)


def test_links_lead_to_official_sites_only():
    addresses = {
        address for path in texts() for address in re.findall(r"https?://[^\s)>]+", path.read_text(encoding="utf-8"))
    }
    assert addresses
    hosts = {re.sub(r"https://([^/]+).*", r"\1", address) for address in addresses}
    assert hosts <= {"www.cnil.fr", "eduscol.education.gouv.fr", "www.education.gouv.fr", "www.legifrance.gouv.fr"}


@pytest.mark.parametrize("path", texts(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_french_is_set_as_french(path: Path):
    text = path.read_text(encoding="utf-8")
    assert "obligatoire" not in text.lower()
    assert not re.findall(r".{0,20}\S (?:[;!?»]|:(?!-)).{0,20}|.{0,20}« .{0,20}", text)
    assert not re.findall(r"\w+'\w+", text)
    assert "..." not in text


@pytest.mark.parametrize("path", quizzes(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_quiz_has_enough_questions_each_explained(path: Path):
    _, *questions = path.read_text(encoding="utf-8").strip().split("\n\n")
    assert 8 <= len(questions) <= 12
    titles = [check_question(question) for question in questions]
    assert len(set(titles)) == len(titles)


def check_question(question: str) -> str:
    """Assert that Moodle will read the question whole and that each answer is commented; return its title."""
    if true_false := TRUE_FALSE.fullmatch(question):
        return true_false[1]
    listed = LISTED.fullmatch(question)
    assert listed, question
    answers = [line for line in listed[4].splitlines() if not GENERAL.fullmatch(line)]
    if listed[3]:
        assert [bool(NUMBER.fullmatch(line)) for line in answers] == [True] * len(answers), question
        assert sum(line.startswith("\t=%100%") for line in answers) == 1, question
    elif all(PAIR.fullmatch(line) for line in answers):
        assert len(answers) >= 3, question
        assert len({line.split(" -> ")[1] for line in answers}) == len(answers), question
    else:
        choices = [CHOICE.fullmatch(line) for line in answers]
        assert all(choices), question
        check_weights([(found[1], found[2]) for found in choices if found], question)
    return listed[1]


def check_weights(marks: list[tuple[str, str | None]], question: str) -> None:
    """Assert one right answer, or right answers that add up to the whole mark, among four choices or more."""
    assert len(marks) >= 4, question
    weights = [float(weight) for _, weight in marks if weight]
    if not weights:
        assert [sign for sign, _ in marks].count("=") == 1, question
    else:
        assert len(weights) == len(marks), question
        assert round(sum(weight for weight in weights if weight > 0), 2) == 100, question
