# ruff: noqa: E501 - a case reads better on one line
from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import yaml_nodes
from scenarios.errors import ScenarioError
from scenarios.yaml_nodes import MAX_BYTES, MAX_DEPTH, parse_document, plain, read_document

FILE = Path("f.yaml")


def refusals(text: str) -> list[str]:
    try:
        problems = parse_document(text, FILE).problems
    except ScenarioError as exc:
        problems = exc.problems
    return [str(problem).replace("\u00a0", " ") for problem in problems]


def test_every_scalar_stays_a_text() -> None:
    text = "a: no\nb: 12:30\nc: 2026-10-05\nd: 0693456\ne: ~\nf:\ng: '~'\nh: 1e3\ni: [on, Yes, .inf]\n"
    assert plain(parse_document(text, FILE).root) == {
        "a": "no",
        "b": "12:30",
        "c": "2026-10-05",
        "d": "0693456",
        "e": None,
        "f": None,
        "g": "~",
        "h": "1e3",
        "i": ["on", "Yes", ".inf"],
    }


def test_aliases_repeat_what_they_name() -> None:
    assert plain(parse_document("a: &x [1]\nb: *x\n", FILE).root) == {"a": ["1"], "b": ["1"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: ce fichier est vide"),
        ("# rien\n", "1:1: ce fichier est vide"),
        ("a: b: c", "1:5: « : » n'est pas attendu ici : mettez le texte entre guillemets"),
        ("a: [1", "2:1: il manque « , » ou « ] » pour finir la liste"),
        ("a: {x: 1", "2:1: il manque « , » ou « } » pour finir le groupe entre accolades"),
        ("a: 'x", "1:6: le fichier finit au milieu d'un texte entre guillemets : fermez les guillemets"),
        ("a: 1\n\tb: 1", "2:1: une tabulation ne peut pas servir de retrait : employez des espaces"),
        ("a: @x", "1:4: ce caractère ne peut pas commencer une valeur : mettez le texte entre guillemets"),
        ("- a\nb: 1", "2:1: un tiret est attendu ici : vérifiez le retrait des lignes"),
        ("é: \x00", "1:4: ce caractère de contrôle n'est pas admis : supprimez-le"),
        ("a: |9x\n b", "1:6: l'écriture YAML est incorrecte ici : vérifiez le retrait des lignes, les « : » et les guillemets"),
        ("a: 1\n---\nb: 1", "2:1: un seul document par fichier : supprimez « --- » et ce qui suit"),
        ("a: !!python/name:os.system x", "1:4: les étiquettes YAML ne sont pas admises : supprimez « tag:yaml.org,2002:python/name:os.system »"),
        ("a: *x", "1:4: « *x » ne renvoie à rien d'écrit plus haut"),
        ("a: &x [*x]", "1:8: « *x » ne renvoie à rien d'écrit plus haut"),
        ("a: 1\nb: 2\na: 3", "3:1: la clé « a » est écrite deux fois (déjà ligne 1)"),
        ("? [a]\n: 1", "1:3: une clé est un simple mot, sur une ligne"),
        ("~: 1", "1:1: une clé est un simple mot, sur une ligne"),
        ("a: " + "[" * (MAX_DEPTH + 5), "1:23: trop d'imbrications : 20 niveaux au plus"),
    ],
)  # fmt: skip
def test_bad_yaml_is_told_in_french(text: str, said: str) -> None:
    assert refusals(text) == [f"f.yaml:{said}"]


def test_a_million_brackets_are_refused_at_once() -> None:
    assert refusals("[" * 1_000_000) == [f"f.yaml:1:{MAX_DEPTH + 1}: trop d'imbrications : 20 niveaux au plus"]


def test_billion_laughs() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (said,) = refusals("\n".join(lines))
    assert said.endswith("trop d'éléments, renvois compris : 20000 au plus")


def test_a_chain_of_aliases_cannot_nest_deeper_than_the_bound() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [[[*a{n - 1}]]]" for n in range(1, 400)]
    (said,) = refusals("\n".join(lines))
    assert said.endswith("trop d'imbrications : 20 niveaux au plus")


def test_too_many_nodes() -> None:
    (said,) = refusals("- x\n" * 20_001)
    assert said == "f.yaml:20001:3: trop d'éléments, renvois compris : 20000 au plus"


def test_unreadable_files(tmp_path: Path) -> None:
    def said(path: Path) -> str:
        with pytest.raises(ScenarioError) as refused:
            read_document(path)
        (problem,) = refused.value.problems
        return str(problem).removeprefix(str(tmp_path))

    (tmp_path / "latin").write_bytes("a: 1\nnom: é".encode("latin-1"))
    (tmp_path / "gros").write_bytes(b"#" * (MAX_BYTES + 1))
    assert said(tmp_path / "latin") == "/latin:2:6: ce fichier n'est pas en UTF-8\u00a0: enregistrez-le avec ce codage"
    assert said(tmp_path / "gros").startswith("/gros:1:1: ce fichier dépasse 1 Mio")
    assert said(tmp_path / "absent") == "/absent:1:1: ce fichier est introuvable ou illisible"
    assert said(tmp_path) == ":1:1: ce fichier est introuvable ou illisible"


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfa: 1")
    root = read_document(tmp_path / "bom").root
    assert isinstance(root, yaml_nodes.Mapping)
    assert root.entries["a"][0].column == 1
