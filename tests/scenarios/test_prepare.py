from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from scenarios.load import load_session
from scenarios.prepare import PreparedSession, prepare

if TYPE_CHECKING:
    from conftest import Workshop

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def prepared(workshop: Workshop) -> PreparedSession:
    return prepare(load_session(workshop.folder / "session.yaml"), PARIS)


def test_course_and_sections(prepared: PreparedSession) -> None:
    assert (prepared.code, prepared.titre) == ("CP-69L4-2026A", "Un parcours complet")
    assert [(one.id, len(one.activites)) for one in prepared.sequences] == [("s1", 5), ("s2", 9)]
    assert prepared.sequences[0].presentation == "Bienvenue.\n"
    assert prepared.resume.replace("\u00a0", " ") == (
        "Tous les types, toutes les clés.\n\n**Objectifs**\n\n- Situer\n- Construire\n\n"
        "**Public** : Enseignants 1er degré\n\n**Accompagnement** : Un formateur par groupe\n\n"
        "**Auteurs** : Équipe mathématiques 69\n\n"
        "**Parcours d'origine** : 26_ACA10_COMPLET_1.0, contextualisé par cette session "
        "(modifié : « Bienvenue » ; ajouté : « La carte des écoles » ; retiré : « Programmes »)"
    )


def test_texts_are_read(prepared: PreparedSession) -> None:
    by_id = {one.id: one for one in prepared.activites}
    assert by_id["accueil"].texte == "**Bonjour**"
    assert by_id["cadre"].texte == "# Le cadre\n"
    assert by_id["repere"].texte == "Prenez votre temps."
    assert by_id["quiz"].gift is not None
    assert by_id["quiz"].gift.startswith("// positionnement")
    assert by_id["quiz"].texte is None
    assert [path.name for path in by_id["documents"].fichiers] == ["cadre.md", "schema.png"]
    assert [path.name for path in by_id["jeu"].fichiers] == ["jeu.h5p"]
    assert [one.provenance for one in prepared.activites[:3]] == ["modifiee", "locale", "parcours"]


def test_a_page_without_content_shows_its_instructions(workshop: Workshop) -> None:
    workshop.change("parcours.yaml", '        contenu: {texte: "**Bonjour**"}\n', "")
    found = prepare(load_session(workshop.folder / "session.yaml"), PARIS).activites[0]
    assert found.texte == "Bienvenue à Lyon."


def test_slots_carry_the_offset_of_their_day(prepared: PreparedSession) -> None:
    (presence,) = [one for one in prepared.activites if one.id == "presence-1"]
    assert [(slot.id, slot.debut.isoformat(), slot.groupe) for slot in presence.creneaux] == [
        ("a1", "2026-10-07T13:30:00+02:00", "A"),
        ("b1", "2026-11-04T13:30:00+01:00", "B"),
    ]
    assert presence.creneaux[0].lieu == "École Jean-Macé, Lyon"


def test_deadlines_are_absolute(workshop: Workshop) -> None:
    found = prepare(load_session(workshop.folder / "session.yaml"), ZoneInfo("Indian/Reunion"))
    assert {one.id: one.echeance for one in found.activites if one.echeance} == {
        "production": datetime.fromisoformat("2026-10-26T23:59+04:00"),  # J+21 of the parcours
        "quiz": datetime.fromisoformat("2026-11-15T23:59+04:00"),
        "en-classe": datetime.fromisoformat("2026-11-15T23:59+04:00"),  # J+41 of the session, not J+40 of the parcours
    }


def test_access_is_for_groups_and_whole_days(workshop: Workshop) -> None:
    said = "acces: {quiz: {groupes: [B], a_partir_du: J+21, jusqu_au: 2026-11-15}}\necheances: {"
    workshop.change("session.yaml", "echeances: {", said)
    found = {one.id: one for one in prepare(load_session(workshop.folder / "session.yaml"), PARIS).activites}
    quiz, other = found["quiz"], found["accueil"]
    assert (quiz.groupes, quiz.ouverture, quiz.fermeture) == (
        ("B",),
        datetime.fromisoformat("2026-10-26T00:00+01:00"),
        datetime.fromisoformat("2026-11-15T23:59+01:00"),
    )
    assert (other.groupes, other.ouverture, other.fermeture) == ((), None, None)


def test_snapshot(prepared: PreparedSession) -> None:
    snapshot = prepared.snapshot()
    assert (snapshot.code, snapshot.fuseau, snapshot.cadre) == ("CP-69L4-2026A", "Europe/Paris", "animation")
    assert [(one.courriel, one.groupe, one.origine, one.cadre) for one in snapshot.participants] == [
        ("lea.petit@ac-exemple.fr", "A", "candidature", "animation"),
        ("marc.durand@ac-exemple.fr", "B", "invitation", "paf"),
    ]
    assert [(one.courriel, one.role) for one in snapshot.formateurs] == [("anne.martin@ac-exemple.fr", "formateur")]
    planned = {one.id: one for one in snapshot.activites}
    assert (planned["carte"].locale, planned["accueil"].locale, planned["accueil"].duree) == (True, False, 20)
    assert {planned[name].achevement for name in ("quiz", "echange", "avis")} == {"note:50", "messages:2", "reponse"}
    assert [slot.id for slot in planned["classe-1"].creneaux] == ["c1"]


def test_equal_files_give_equal_fingerprints(workshop: Workshop, prepared: PreparedSession) -> None:
    again = prepare(load_session(workshop.folder / "session.yaml"), PARIS).snapshot()
    assert again.fingerprint() == prepared.snapshot().fingerprint()
    workshop.change("session.yaml", "duree: 20min", "duree: 25min")
    changed = prepare(load_session(workshop.folder / "session.yaml"), PARIS).snapshot()
    assert changed.fingerprint() != again.fingerprint()


def test_a_session_that_changes_nothing_of_its_parcours_says_nothing_of_it(workshop: Workshop) -> None:
    path = workshop.folder / "session.yaml"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("contextualisation:")], encoding="utf-8")
    assert "Parcours d'origine" not in prepare(load_session(path), PARIS).resume
