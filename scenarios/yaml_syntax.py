"""What libyaml says of a syntax error, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.errors import Problem
from scenarios.language import N_, _

if TYPE_CHECKING:
    import yaml

_TAB = N_("une tabulation ne peut pas servir de retrait : employez des espaces")
_SENTENCES = (
    ("cannot start any token", N_("ce caractère ne peut pas commencer une valeur : mettez le texte entre guillemets")),
    ("mapping values are not allowed", N_("« : » n'est pas attendu ici : mettez le texte entre guillemets")),
    ("could not find expected ':'", N_("il manque « : » après la clé")),
    ("did not find expected key", N_("une clé est attendue ici : vérifiez le retrait des lignes et les guillemets")),
    ("did not find expected '-' indicator", N_("un tiret est attendu ici : vérifiez le retrait des lignes")),
    ("block sequence entries are not allowed", N_("un tiret n'est pas attendu ici : vérifiez le retrait des lignes")),
    ("block mapping entries are not allowed", N_("une clé n'est pas attendue ici : vérifiez le retrait des lignes")),
    ("mapping keys are not allowed", N_("« ? » n'est pas attendu ici : mettez le texte entre guillemets")),
    ("did not find expected ',' or ']'", N_("il manque « , » ou « ] » pour finir la liste")),
    ("did not find expected ',' or '}'", N_("il manque « , » ou « {brace} » pour finir le groupe entre accolades")),
    ("unexpected end of stream", N_("le fichier finit au milieu d'un texte entre guillemets : fermez les guillemets")),
    ("unknown escape character", N_("« \\ » suivi de ce caractère n'a pas de sens : employez des apostrophes droites")),
    ("found a tab character", _TAB),
    ("undefined tag handle", N_("les étiquettes YAML (« ! ») ne sont pas admises")),
    ("control characters are not allowed", N_("ce caractère de contrôle n'est pas admis : supprimez-le")),
    ("exceeded max depth", N_("trop d'imbrications")),
    ("did not find expected node content", N_("une valeur est attendue ici")),
    ("did not find expected <document start>", N_("un seul document par fichier, sans rien après sa fin")),
    ("did not find expected alphabetic", N_("un nom est attendu après « & » ou « * »")),
)
_OTHERWISE = N_("l'écriture YAML est incorrecte ici : vérifiez le retrait des lignes, les « : » et les guillemets")


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Translate libyaml's error; an unforeseen one becomes a general sentence, still with its place."""
    said = str(error)
    sentence = next((french for english, french in _SENTENCES if english in said), _OTHERWISE)
    mark = getattr(error, "problem_mark", None)
    if mark is None:  # the reader's errors hold an offset in the encoded text
        before = text.encode()[: getattr(error, "position", 0)].decode("utf-8", "ignore")
        return Problem(file, before.count("\n") + 1, len(before) - before.rfind("\n"), _(sentence, brace="}"))
    line = "".join(text.splitlines()[mark.line : mark.line + 1])  # none where the text ends too early
    if line[mark.column : mark.column + 1] == "\t":
        sentence = _TAB
    return Problem(file, mark.line + 1, mark.column + 1, _(sentence, brace="}"))
