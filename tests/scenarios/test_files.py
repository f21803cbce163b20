"""Files that a parcours hands out or shows: where they may be, what they may not hold, when they have changed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from scenarios import h5p
from scenarios.h5p import h5p_fault
from scenarios.load import load_session
from scenarios.paths import RefusedFileError
from scenarios.prepare import prepare
from scenarios.source_file import moodle_name, read_file
from scenarios.svg import active_part

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scenarios.conftest import Workshop

PNG = b"\x89PNG\r\n\x1a\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


class TestLinks:
    def test_a_text_shows_files_beside_the_file_that_it_is_in(self, workshop: Workshop) -> None:
        workshop.change("textes/cadre.md", "# Le cadre", "# Le cadre\n\n![Schéma](../images/schema.png)")
        workshop.change("parcours.yaml", "description: |\n", "description: |\n  [Le schéma](images/schema.png#haut)\n")
        session = prepare(load_session(workshop.folder / "session.yaml"), ZoneInfo("Europe/Paris"))
        assert [file.name for file in session.liens.values()] == ["schema.png"]
        shown = [one.liens["texte"] for one in session.activites if "texte" in one.liens]
        assert [list(links) for links in shown if links] == [["../images/schema.png"]]
        data = (workshop.folder / "images" / "schema.png").read_bytes()
        source = session.sources()[hashlib.sha1(data, usedforsecurity=False).hexdigest()]
        assert (source.content(), source.size) == (data, len(data))

    @pytest.mark.parametrize(
        ("target", "said"),
        [
            ("../absent.png", "le fichier « ../absent.png » est introuvable"),
            ("../../secret.png", "« ../../secret.png » : le chemin doit rester dans le dossier de ce fichier"),
            ("//exemple.fr/a.png", "« //exemple.fr/a.png » : le chemin doit rester dans le dossier"),
            ("www.exemple.fr", "le fichier « www.exemple.fr » est introuvable (une adresse du web commence par"),
        ],
    )
    def test_a_link_that_leads_nowhere_is_told_at_its_line(self, workshop: Workshop, target: str, said: str) -> None:
        (workshop.folder.parent / "secret.png").write_bytes(PNG)
        workshop.change("textes/cadre.md", "# Le cadre", f"# Le cadre\n\nVoir\n\n[ici]({target})")
        ((file, line, _, sentence),) = workshop.problems("parcours.yaml")
        assert (file, line) == ("textes/cadre.md", 5)
        assert said in sentence

    def test_a_link_in_the_yaml_is_told_where_its_text_is(self, workshop: Workshop) -> None:
        ((line, column),) = workshop.change("parcours.yaml", "description: |\n", "description: ‸|\n  ![](absent.png)\n")
        ((file, *place, sentence),) = workshop.problems("parcours.yaml")
        assert (file, place) == ("parcours.yaml", [line, column])
        assert "« absent.png » est introuvable" in sentence

    def test_web_addresses_and_places_of_the_page_are_no_files(self, workshop: Workshop) -> None:
        """Negative control of the refusals above."""
        workshop.change("textes/cadre.md", "# Le cadre", "# Le cadre\n\n[a](https://a.fr) [b](#haut) [c](mailto:x)")
        assert workshop.problems("parcours.yaml") == []


class TestFiles:
    def test_a_file_that_changes_after_it_was_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").write_bytes(b"un")
        source = read_file(tmp_path, "a.pdf")
        assert source.content() == b"un"
        (tmp_path / "a.pdf").write_bytes(b"deux")
        with pytest.raises(RefusedFileError, match=r"a\.pdf » a changé pendant"):
            source.content()
        (tmp_path / "a.pdf").unlink()
        with pytest.raises(RefusedFileError, match="a changé"):
            source.content()

    @pytest.mark.parametrize(
        ("name", "data", "said"),
        [
            ("vide.pdf", b"", "est vide"),
            ("page.HTML", b"<p>", "est une page web"),
            ("dessin.svgz", b"\x1f\x8b", "compressée"),
            ("dessin.svg", SVG.format("<script>x</script>").encode(), "qui contient un élément « script »"),
        ],
    )
    def test_what_is_not_taken(self, tmp_path: Path, name: str, data: bytes, said: str) -> None:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(RefusedFileError, match=said):
            read_file(tmp_path, name)

    def test_names_as_moodle_keeps_them(self) -> None:
        assert moodle_name("L'été: «a» & <b>.pdf") == "L-été- «a» - -b-.pdf"
        assert moodle_name("e\u0301te\u0301.png") == "été.png"
        assert moodle_name("x" * 300 + ".png") == "x" * 116 + ".png"


class TestSvg:
    @pytest.mark.parametrize(
        "drawing",
        [
            "<script>alert(1)</script>",
            '<rect onclick="alert(1)"/>',
            '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
            '<a href=" java&#115;cript:alert(1)"/>',
            "<foreignObject><div/></foreignObject>",
            '<image href="https://exemple.fr/a.png"/>',
            '<image href="data:text/html;base64,AAAA"/>',
            '<set attributeName="onclick" to="alert(1)"/>',
            '<animate attributeName="xlink:href" values="#a"/>',
            "<style>@import 'https://exemple.fr/a.css';</style>",
            '<rect style="fill: url(https://exemple.fr/a)"/>',
            "<rect>",
        ],
    )
    def test_more_than_a_drawing(self, drawing: str) -> None:
        assert active_part(SVG.format(drawing).encode()) is not None

    @pytest.mark.parametrize(
        "before", ['<!DOCTYPE svg [<!ENTITY a "b">]>', '<?xml-stylesheet href="https://exemple.fr/a.xsl"?>']
    )
    def test_what_stands_before_the_drawing(self, before: str) -> None:
        assert active_part((before + SVG.format("")).encode()) is not None

    @pytest.mark.parametrize(
        "drawing",
        [
            '<a href="https://exemple.fr/"><text>un lien</text></a>',
            '<image href="data:image/png;base64,AAAA"/>',
            '<linearGradient id="g"/><rect fill="url(#g)" style="fill: url(#g)"/><use xlink:href="#g"/>',
            "<style>rect { fill: red }</style>",
            '<animate attributeName="x" values="0;1"/>',
        ],
    )
    def test_a_drawing(self, drawing: str) -> None:
        """Negative control."""
        assert active_part(SVG.format(drawing).encode()) is None

    @pytest.mark.parametrize(("address", "plain"), [("'#a'", True), ("https://exemple.fr/a", False)])
    def test_an_address_behind_a_million_blanks(self, address: str, plain: bool) -> None:
        """It is judged, and at once: blank by blank it took the square of their number."""
        drawing = f'<rect style="fill: url({" " * 1_000_000}{address})"/>'
        assert (active_part(SVG.format(drawing).encode()) is None) is plain


def package(**files: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return buffer.getvalue()


RIGHT: dict[str, object] = {"h5p.json": {"mainLibrary": "H5P.Exemple"}, "content/content.json": {}}


class TestH5p:
    def test_a_package(self) -> None:
        """Negative control."""
        assert h5p_fault(package(**RIGHT)) is None

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"x", "l'archive est abîmée"),
            (package(**RIGHT)[:-30], "l'archive est abîmée"),
            (package(a="b"), "pas de « h5p.json »"),
            (package(**{"h5p.json": {"mainLibrary": "x"}}), "pas de « content/content.json »"),
            (package(**{**RIGHT, "h5p.json": []}), "ne dit pas ce qu'il est"),
            (package(**{**RIGHT, "h5p.json": b"{"}), "abîmée"),
            (package(**RIGHT, **{"../a": "b"}), "sortirait de son dossier"),
        ],
    )
    def test_what_is_none(self, data: bytes, said: str) -> None:
        fault = h5p_fault(data)
        assert fault is not None
        assert fault.startswith("n'est pas un paquet H5P")
        assert said in fault

    def test_a_bomb(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bomb = package(**RIGHT, **{"content/zeros": bytes(5 * 1024 * 1024)})
        assert len(bomb) < 10_000
        assert h5p_fault(bomb) is None
        monkeypatch.setattr(h5p, "MAX_UNPACKED", 4 * 1024 * 1024)
        assert str(h5p_fault(bomb)).startswith("est un paquet démesuré : plus de 4 Mio")

    def test_too_many_files(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(h5p, "MAX_ENTRIES", 1)
        assert "démesuré" in str(h5p_fault(package(**RIGHT)))

    def test_a_size_that_lies(self) -> None:
        honest = package(**RIGHT, **{"content/zeros": bytes(1024)})
        size, lie = (1024).to_bytes(4, "little"), (10).to_bytes(4, "little")
        assert size in honest
        assert "abîmée" in str(h5p_fault(honest.replace(size, lie)))
