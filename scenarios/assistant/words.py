"""What the assistant's words mean here: activities, intentions, modalities, publics."""

from __future__ import annotations

from scenarios.folding import folded
from scenarios.vocabularies import PUBLICS

TYPES = {
    "page": "page",
    "bigbluebutton": "classe_virtuelle",
    "classe virtuelle": "classe_virtuelle",
    "bbb": "classe_virtuelle",
    "visio": "classe_virtuelle",
    "h5p": "h5p",
    "video interactive": "h5p",
    "forum": "forum",
    "discussion": "forum",
    "devoir": "devoir",
    "depot": "devoir",
    "production": "devoir",
    "test": "test",
    "quiz": "test",
    "qcm": "test",
    "satisfaction": "questionnaire",
    "questionnaire": "questionnaire",
    "feedback": "questionnaire",
    "sondage magistere": "questionnaire",
    "evaluation finale": "questionnaire",
    "sondage": "sondage",
    "etiquette": "etiquette",
    "url": "url",
    "lien": "url",
    "video": "url",
    "fichier": "fichier",
    "dossier": "fichier",
    "diaporama": "fichier",
    "pdf": "fichier",
    "texte": "page",
    "accueil": "page",
}
"""Words looked for in the name of an activity, the first one that it holds deciding."""

WITHOUT_EQUIVALENT = ("atelier", "wiki", "glossaire", "base de donnees", "lecon", "scorm", "carte", "journal")
"""Activities that Moodle has and that a parcours does not."""

_INTENTIONS = {
    "acquisition": "acquisition",
    "enquete": "enquete",
    "entrainement": "entrainement",
    "pratique": "entrainement",
    "production": "production",
    "discussion": "discussion",
    "collaboration": "collaboration",
}


def public_of(words: str) -> str | None:
    """Return the public of m@gistère's list that is meant, None for another one."""
    wanted = folded(words).replace("2nd ", "2d ").replace("second ", "2d ").replace("premier ", "1er ")
    return next((code for code in PUBLICS if folded(code) == wanted), None)


def type_of(words: str) -> str | None:
    """Return the type that the name of an activity tells, None where it tells none, or one that we do not have."""
    text = folded(words)
    if any(word in text for word in WITHOUT_EQUIVALENT):
        return None
    return next((kind for word, kind in TYPES.items() if word in text), None)


def intention_of(words: str | None) -> str | None:
    """Return the ABC intention, None where it is unknown."""
    text = folded(words or "")
    return next((intention for word, intention in _INTENTIONS.items() if word in text), None)


def modality_of(words: str | None) -> str:
    """Return the modality: the assistant only knows the distance, asynchronous unless it says otherwise."""
    text = folded(words or "")
    return "distance_synchrone" if "synchrone" in text and "asynchrone" not in text else "distance_asynchrone"
