"""`expliquer`: what a teacher, or a program, is told of each line and of the due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import DataError
from connector.language import speaking
from connector.ledger import schema
from connector.obligation.dossier import find_teacher, read_explanation
from connector.obligation.explain import MOTIFS
from connector.obligation.explain_views import as_document, as_text
from connector.obligation.policy import Derogation, LocalRules
from connector.obligation.reconcile import reconcile
from connector.obligation.rules import regulation
from scenarios.calendar import SchoolYear
from tests.obligation import cases

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.obligation.explain import Explanation


def explained(ledger: Ledger, name: str, who: str = "E1", *, reconciled: bool = True) -> Explanation:
    world = cases.read(cases.FOLDER / f"{name}.yaml").world
    with ledger.write() as connection:
        world.write(connection)
        if reconciled:
            reconcile(connection, world.local, world.year)
    with ledger.read() as connection:
        return read_explanation(connection, who, world.year, world.local)


def lines(found: Explanation) -> dict[str, Any]:
    return {f"{line['session']}/{line['activite']}": line for line in as_document(found)["lignes"]}


def test_the_document_has_the_keys_of_the_contract(ledger: Ledger) -> None:
    found = explained(ledger, "exemple_defait")
    (line,) = as_document(found)["lignes"]
    first, last = cases.read(cases.FOLDER / "exemple_defait.yaml").world.facts
    assert {key: line[key] for key in ("session", "activite", "minutes", "minutes_prevues")} == {
        "session": "S1",
        "activite": "quiz",
        "minutes": 0,
        "minutes_prevues": 45,
    }
    assert (line["decision"], line["motif"], line["date"]) == ("refuse", "annule", "2026-10-07")
    assert line["declarations"] == [str(first.statement_id), str(last.statement_id)]
    assert (line["phrase"], line["regle"]) == (MOTIFS["annule"], "2.2")


def test_a_line_that_waits_has_neither_date_nor_statement(ledger: Ledger) -> None:
    (line,) = as_document(explained(ledger, "creneau_sans_emargement"))["lignes"]
    assert (line["decision"], line["motif"], line["date"], line["declarations"]) == (
        "en_attente",
        "non_emarge",
        None,
        [],
    )


def test_the_date_is_the_day_of_the_session_s_clock(ledger: Ledger) -> None:
    found = lines(explained(ledger, "periode_bornes"))
    assert found["S1/b"]["date"] == "2026-10-05"
    assert found["S1/c"]["date"] == "2027-01-18"


def test_a_tick_of_a_signed_activity_is_no_statement_of_its_line(ledger: Ledger) -> None:
    (line,) = as_document(explained(ledger, "creneau_coche_dans_moodle"))["lignes"]
    assert line["declarations"] == []


def test_an_overlap_names_both_slots(ledger: Ledger) -> None:
    found = lines(explained(ledger, "chevauchement_partiel"))
    assert found["S1/presence-1"]["details"] == [
        "1:30 sur 3:00\u00a0: seuls les créneaux émargés comptent.",
        "Le créneau a1 chevauche le créneau x1 de atelier (session S2), qui est gardé.",
    ]


def test_a_double_names_the_session_that_keeps_it(ledger: Ledger) -> None:
    found = lines(explained(ledger, "doublon"))
    assert found["S1/quiz"]["details"] == ["Créditée au titre de la session S2."]


def test_a_double_never_names_a_session_s_own_activity_of_the_same_name(ledger: Ledger) -> None:
    found = lines(explained(ledger, "doublon_et_activite_locale"))
    assert found["S2/quiz"]["details"] == ["Créditée au titre de la session S1."]


def test_an_attested_line_says_so_names_the_attestation_and_is_dated_by_it(ledger: Ledger) -> None:
    found = lines(explained(ledger, "attestation_moins_les_absences"))
    facts = cases.read(cases.FOLDER / "attestation_moins_les_absences.yaml").world.facts[:3]
    line = found["S1/presence-1"]
    assert line["details"] == [
        "La session est attestée par un formateur\u00a0: ses durées prévues comptent (règle 3.5).",
        "1:30 sur 3:00\u00a0: les créneaux marqués absents sont déduits.",
    ]
    assert line["date"] == "2026-12-19"
    assert line["declarations"] == [str(fact.statement_id) for fact in facts]
    assert found["S1/presence-2"]["declarations"] == [str(facts[-1].statement_id)]


def test_an_attestation_of_a_session_that_needs_none_is_no_statement_of_its_lines(ledger: Ledger) -> None:
    world = cases.read(cases.FOLDER / "attestation_sans_declaration.yaml").world
    assert world.facts[-1].code == "S2"
    assert "S2/quiz" not in lines(explained(ledger, "attestation_sans_declaration"))


def test_somebody_outside_the_list_is_told(ledger: Ledger) -> None:
    found = lines(explained(ledger, "hors_liste", "E2"))
    assert found["S1/quiz"]["details"] == ["La personne ne figure pas sur la liste de la session."]


def test_the_due_is_shown_interval_by_interval(ledger: Ledger) -> None:
    owed = as_document(explained(ledger, "exemple_changement_en_cours_d_annee"))["du"]
    assert [(part["debut"], part["jours"], part["quotite"]) for part in owed["intervalles"]] == [
        ("2026-09-01", 181, 80.0),
        ("2027-03-01", 184, 100.0),
    ]
    assert (owed["minutes"], owed["jeu"], owed["arrondi"], owed["derogation"]) == (973, "R2017", "exact", None)
    assert owed["exact"] == pytest.approx(972.89, abs=0.01)


def test_the_text_says_the_due_the_lines_and_the_balance(ledger: Ledger) -> None:
    text = as_text(explained(ledger, "exemple_changement_en_cours_d_annee"))
    assert "Camille E1 (E1), année scolaire 2026-2027" in text
    assert "Dû\u00a0: 16:13" in text
    assert "du 01/09/2026 au 28/02/2027 (181\u00a0j sur 365), adjoint en école" in text
    assert "18:00 × 80\u00a0% × 181 ÷ 365 = 428,45\u00a0min" in text
    assert "Arrondi à la minute\u00a0: 16:13" in text
    assert "Aucune activité suivie ni aucun créneau." in text
    assert "Bilan\u00a0: incomplet, 0:00 retenues, reste 16:13\n  Présence\u00a0: 0:00" in text


def test_the_text_of_a_line_gives_rule_text_and_statements(ledger: Ledger) -> None:
    found = explained(ledger, "achevement_simple")
    text = as_text(found)
    assert "S1 · quiz [quiz]\n  0:45 sur 0:45, crédité\n" in text
    assert f"{MOTIFS['credite']}\n  Règle 3.3, Réponse du ministère au CHSCTMEN" in text
    assert f"Date\u00a0: 06/10/2026\n  Déclaration {found.lines[0].declarations[0]}" in text


def test_the_text_of_a_waiting_line(ledger: Ledger) -> None:
    text = as_text(explained(ledger, "creneau_sans_emargement"))
    assert "0:00 sur 3:00, en attente (non_emarge)" in text
    assert "Règle 3.7 (certitude\u00a0: règle du programme)\n\nBilan" in text


@pytest.mark.parametrize(
    ("name", "who", "said"),
    [
        ("exemple_75_pour_cent_module_3h", "E1", "Arrondi au multiple de 3:00 supérieur\u00a0: 15:00"),
        ("derogation", "E1", "Remplacé par dérogation (décision de l'IEN)\u00a0: 12:00"),
        ("imputation", "E1", "Imputations autorisées\u00a0: 3:00, à déduire"),
        ("imputation", "E2", "Imputations autorisées\u00a0: 12:00, ramenées au plafond de 9:00, à déduire"),
        ("stagiaire_mi_temps", "E1", "stagiaire à mi-temps\u00a0: forfait de 6:00 × 365 ÷ 365"),
        ("service_21_heures", "E1", "rien n'est dû = 0,00\u00a0min"),
        ("hors_liste", "E2", "[lecture]\n  0:00 sur 0:30, refusé (echoue)"),
        ("hors_liste", "E2", "La personne ne figure pas sur la liste de la session.\n  Règle"),
        ("arrivee_en_cours_d_annee", "E2", "Aucun service dans l'année scolaire."),
        ("arrivee_en_cours_d_annee", "E2", "Pas encore de bilan pour cette année"),
    ],
)
def test_every_step_is_told(ledger: Ledger, name: str, who: str, said: str) -> None:
    assert said in as_text(explained(ledger, name, who))


def test_before_the_first_reconciliation_it_says_so(ledger: Ledger) -> None:
    found = explained(ledger, "achevement_simple", reconciled=False)
    assert as_document(found)["bilan"] is None
    assert as_document(found)["a_rapprocher"] is True
    assert "Des éléments sont arrivés depuis\u00a0: lancez parcours rapprocher." in as_text(found)


def test_somebody_is_found_by_address_too(ledger: Ledger) -> None:
    assert explained(ledger, "achevement_simple", " E1@AC-exemple.fr").identifiant == "E1"


def test_nobody_and_several_are_told_apart(ledger: Ledger) -> None:
    world = cases.read(cases.FOLDER / "paf.yaml").world
    with ledger.write() as connection:
        world.write(connection)
        connection.execute(
            schema.teacher_key.insert().values(teacher_id=2, kind="mbox", value="e1@ac-exemple.fr", main=False)
        )
        with pytest.raises(DataError, match="«\u00a0E9\u00a0» n'est ni un identifiant"):
            find_teacher(connection, "E9", SchoolYear(2026))
        with pytest.raises(DataError, match=r"plusieurs personnes\. Donnez l'identifiant\u00a0: E1, E2\."):
            find_teacher(connection, "e1@ac-exemple.fr", SchoolYear(2026))


def test_a_reason_and_a_list_of_texts_are_said_in_words_in_both_languages(ledger: Ledger) -> None:
    found = explained(ledger, "derogation")
    sources = regulation().rules_for(SchoolYear(2026)).sources
    titles = [regulation().sources[name].titre for name in sources]
    assert len(titles) > 1
    assert "\u00a0; ".join(titles) in as_text(found)
    local = LocalRules(derogations={("E1", "2026-2027"): Derogation(720, "accord_local", "Anne Martin")})
    with ledger.read() as connection:
        other = read_explanation(connection, "E1", SchoolYear(2026), local)
    assert "Remplacé par dérogation («\u00a0accord_local\u00a0»), décidé par Anne Martin" in as_text(other)
    with speaking("en"):
        assert "Replaced by a derogation (decision of the IEN): 12:00" in as_text(found)
        assert "; ".join(titles) in as_text(found)


def test_a_threshold_shows_how_it_scales_and_that_it_is_not_met(ledger: Ledger) -> None:
    found = explained(ledger, "exemple_changement_en_cours_d_annee")
    said = as_text(found).replace("\u00a0", " ")
    assert "Seuil « formation continue » : 9:00 × 16:13 ÷ 18:00 = 8:07" in said
    assert "Seuil non atteint : formation continue " in said
    assert as_document(found)["du"]["seuils"][0] == {"nom": "formation continue", "plein": 540, "minutes": 487}


def test_a_threshold_is_never_above_what_is_owed(ledger: Ledger) -> None:
    said = as_text(explained(ledger, "derogation_et_imputation", "E2")).replace("\u00a0", " ")
    assert "ramené au dû" in said


def test_an_attested_line_says_which_slots_it_loses(ledger: Ledger) -> None:
    found = lines(explained(ledger, "attestation_chevauchement_et_doublon"))
    details = [detail.replace("\u00a0", " ") for detail in found["S2/atelier"]["details"]]
    assert "1:30 sur 3:00 : les créneaux absents, ou qui en chevauchent un autre, sont déduits." in details
