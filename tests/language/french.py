"""French texts of the program that no mark is around, and those that are French by nature, each with its reason."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

from tests.language import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORD = re.compile(r"[^\W\d_]{3,}")
_PLACE = re.compile(r"\{\w*[^}]*\}")
_FRENCH = re.compile(
    r"[àâçéèêëîïôûùœÀÂÇÉÈÊÎÔÛŒ«»\u00a0]|[a-z]’[a-z]|(?:^|\S) [:;?!](?=\s|$)"
    r"|\b(?:aucune?|avec|cette|dans|des|elle|est|les|leurs?|mais|n'|par|pas|plus|pour|sans|ses|sont|sur|une|vos|votre)\b",
    re.IGNORECASE,
)
"""What gives a French sentence away, its punctuation between two values included."""
_KEY = re.compile(r"[a-z0-9_.:/=;#,*+&-]+|--[a-z-]+")
"""A key of YAML or JSON, a code, an address, an option: what programs and authors write, the same in every language."""
_FOR_MACHINES = re.compile(
    r"\s*(?:[</(]|\.\*|(?:ALTER|COMMENT|CREATE|DELETE|DROP|INSERT|SELECT|UPDATE) |[a-z:-]+=)|.*\\S"
)
"""SQL, markup, regular expressions."""

PUBLISHED = "text of a Moodle course or of its author's files: what is taught is taught in French"
INVENTED = "people and texts of the invented world"
STORED = "kept in the ledger, or in a file: one word for whoever reads it in whatever language"
FOREIGN = "the word of another program, found again as it writes it"

BY_NATURE: Mapping[str, tuple[str, str]] = {
    "connector/catalogue/listing.py": (" heure", "a duration as m@gistère's XML says it"),
    "connector/catalogue/proposals.py": ("Enseignants 1er degré", "a term of m@gistère's closed list"),
    "connector/cli/decider.py": ("\u00a0: ", "part of an epilog, which the catalogue has whole"),
    "connector/cli/speech.py": ("\u00a0", "a space"),
    "connector/gaia/files.py": ("Intervenants|Stagiaires|Formations", FOREIGN),
    "connector/language.py": ("Français", "each language is named in itself"),
    "connector/ledger/erasure.py": ("Personne effacée|une personne", STORED),
    "connector/ledger/queue.py": (" : cours ", STORED),
    "connector/moodle/activities": (".*", PUBLISHED),
    "connector/moodle/roll.py": ("Feuille d'appel", PUBLISHED),
    "connector/moodle/sandbox/life.py": (".*", INVENTED),
    "connector/moodle/sandbox/population.py": (".*", INVENTED),
    "connector/moodle/sandbox/sandbox.py": ("Connecteur", INVENTED),
    "connector/moodle/sandbox/site.py": ("Bac à sable", INVENTED),
    "connector/moodle/sandbox/exceptions.py": (".*", FOREIGN),
    "connector/moodle/slot_mark.py": (" empreinte-", PUBLISHED),
    "connector/moodle/soap/answer.py": ("Erreur inconnue", FOREIGN),
    "connector/obligation/rules.py": ("forfait_min goes.*", "English, with a key of the regulation's data"),
    "connector/obligation/wording.py": ("\u00a0", "a space"),
    "connector/ops/doctor/judge_moodle.py": (" :", "a space that becomes unbreakable"),
    "connector/ops/night/failures.py": ("défaut imprévu", "the name of an event of the log, whose keys are French"),
    "connector/ops/privacy/person.py": ("[a-z_0-9 ]+", "names of columns"),
    "connector/publish/removed.py": ("Annulé : ", PUBLISHED),
    "connector/publish/stock/slots.py": ("Lieu : ", PUBLISHED),
    "connector/settings/sections.py": ("RGPD, article 6.*", "the law, quoted"),
    "scenarios/base.py": (", empreinte: ", PUBLISHED),
    "scenarios/assistant": (
        "Étape |, «\u00a0|\u00a0»|à (?:compléter|préciser)|(?:compet|Nivea|Nombre|Dur|Calen|aucun|sond).*| : |pre.* ",
        PUBLISHED,
    ),
    "scenarios/gabarit.py": ("\u00a0: ", PUBLISHED),
    "scenarios/gift/answers.py": ("Vrai|Faux", PUBLISHED),
    "scenarios/prepare.py": (".*", PUBLISHED),
    "xapi/emit.py": (".*", "what a verb is called in a statement, beside its identifier"),
}
"""Where French is left, by module or folder: which texts (an expression), and why."""


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words that the catalogue's French sentences have and its English ones have not."""
    french, english = set(), set()
    for message in catalogue.translations():
        both = (message.id, message.string)
        for words, said in zip((french, english), both, strict=True):
            whole = " ".join(said) if isinstance(said, tuple) else said
            words.update(word.lower() for word in _WORD.findall(_PLACE.sub("", whole)))
    return frozenset(french - english)


def is_french(text: str) -> bool:
    """Tell whether a text is a French sentence or a piece of one, rather than a key or what a machine reads."""
    if _KEY.fullmatch(text) or _FOR_MACHINES.match(text):
        return False
    if _FRENCH.search(text):
        return True
    words = _WORD.findall(text)
    return (" " in text or (text[:1].isupper() and not text.isupper())) and any(
        word.lower() in _vocabulary() for word in words
    )


def unmarked(source: str) -> Iterator[str]:
    """Yield the French texts of a module that no mark is around: docstrings and keys are not said to anybody."""
    tree = ast.parse(source)
    passed = {id(part) for node in ast.walk(tree) for part in _unsaid(node)}
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) and id(node) not in passed else None
        if isinstance(said, str) and is_french(said):
            yield said


def _unsaid(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in catalogue.MARKS:
        yield from node.args
    elif isinstance(node, ast.Expr):
        yield node.value
    elif isinstance(node, ast.Subscript):
        yield node.slice
    elif isinstance(node, ast.keyword) and node.arg in {"help", "metavar", "epilog"}:
        yield from ast.walk(node.value)  # of a command: the catalogue gathers them from the command itself
    elif isinstance(node, ast.keyword) and node.arg == "comment":
        yield node.value  # of a table


def reason(path: str, text: str) -> str | None:
    """Return the entry of BY_NATURE by which a text of a module is French in any language, if there is one."""
    for where, (which, _why) in BY_NATURE.items():
        if (path == where or path.startswith(f"{where}/")) and re.fullmatch(which, text, re.DOTALL):
            return where
    return None
