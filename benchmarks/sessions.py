"""Sessions of any size, as files: every type of activity in turn, presences in groups, people on a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

GROUPS = ("A", "B")
EACH_MINUTES = 15
PER_SECTION = 10

_QUIZ = "".join(f"::Q{rank}:: {rank} × 7 ? {{={rank * 7} ~{rank * 7 + 1} ~{rank * 7 - 1}}}\n\n" for rank in range(1, 9))
_TEXT = "Observez, **notez**, puis comparez avec un collègue. " * 20
_TYPES: tuple[tuple[str, str, str], ...] = (
    ("page", "vue", f'{{texte: "{_TEXT}"}}'),
    ("url", "vue", '{adresse: "https://exemple.fr/article"}'),
    ("forum", "{messages: 1}", '{sujet: "Vos classes", premier_message: "Je commence."}'),
    ("devoir", "remise", "{rendu: texte, echeance: J+21}"),
    ("test", "{note: 50%}", "{questions: questions.gift, tentatives: 2}"),
    ("sondage", "reponse", "{options: [Souvent, Parfois, Jamais]}"),
    ("questionnaire", "reponse", "{questions: [{intitule: Bilan, type: texte}]}"),
    ("presence", "emargement", ""),
)


def emails(number: int, domain: str = "ac-exemple.fr") -> list[str]:
    """Return invented addresses: prof01, prof02…"""
    return [f"prof{rank:02}@{domain}" for rank in range(1, number + 1)]


def write_session(folder: Path, code: str, activities: int, people: Sequence[str]) -> Path:
    """Write a session with its parcours, questions and participants; return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [_TYPES[rank % len(_TYPES)] for rank in range(activities)]
    present = [rank for rank, (kind, _, _) in enumerate(kinds) if kind == "presence"]
    (folder / "parcours.yaml").write_text(_parcours(kinds), encoding="utf-8")
    (folder / "questions.gift").write_text(_QUIZ, encoding="utf-8")
    rows = (f"{email};{GROUPS[rank % len(GROUPS)]}\n" for rank, email in enumerate(people))
    (folder / "participants.csv").write_text("courriel;groupe\n" + "".join(rows), encoding="utf-8")
    session = folder / "session.yaml"
    session.write_text(_session(code, present, people[0]), encoding="utf-8")
    return session


def _parcours(kinds: Sequence[tuple[str, str, str]]) -> str:
    presence = sum(kind == "presence" for kind, _, _ in kinds) * EACH_MINUTES
    distance = len(kinds) * EACH_MINUTES - presence
    head = f"""format: parcours/1
matricule: 26_ACA10_MESURE_1.0
titre: Mesurer
objectifs: [Mesurer la publication]
origine: academie
academie: Lyon
collection: action
public: [Enseignants 1er degré]
auteurs: [Équipe mathématiques 69]
nature: formation_continue
theme: mathematiques
durees: {{presence: {presence}min, distance: {distance}min}}
sequences:
"""
    lines = []
    for rank, (kind, rule, content) in enumerate(kinds):
        if rank % PER_SECTION == 0:
            lines.append(
                f"  - id: s{rank // PER_SECTION + 1}\n    titre: Étape {rank // PER_SECTION + 1}\n    activites:"
            )
        modality = "presence" if kind == "presence" else "distance_asynchrone"
        lines.append(
            f"      - id: a{rank + 1}\n        type: {kind}\n        titre: Activité {rank + 1}\n"
            f"        modalite: {modality}\n        duree: {EACH_MINUTES}min\n        achevement: {rule}\n"
            f'        consigne: "Prenez le temps."\n'
            f"        note_formateur: Relancez au bout d'une semaine."
            + (f"\n        contenu: {content}" if content else "")
            + (f"\n        prerequis: [a{rank}]" if rank % PER_SECTION else "")
        )
    return head + "\n".join(lines) + "\n"


def _session(code: str, present: Sequence[int], trainer: str) -> str:
    slots = "".join(
        f"  a{rank + 1}:\n"
        + "".join(
            f"    - {{id: {group.lower()}, debut: 2026-11-{day + 1:02}T{9 + place:02}:00,"
            f" fin: 2026-11-{day + 1:02}T{9 + place:02}:{EACH_MINUTES}, lieu: Lyon, groupe: {group}}}\n"
            for place, group in enumerate(GROUPS)
        )
        for day, rank in enumerate(present)
    )
    return f"""format: session/1
parcours: parcours.yaml
code: {code}
circonscription: 0693456G
annee_scolaire: 2026-2027
cadre: animation
debut: 2026-10-05
fin: 2026-12-18
formateurs: [{{courriel: {trainer}, role: formateur}}]
groupes: [{", ".join(GROUPS)}]
participants: participants.csv
creneaux:
{slots}"""
