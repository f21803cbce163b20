"""Packages: what one holds, the same parcours on another site, and everything that a bad one can be."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from connector.catalogue.package import FORMAT, MANIFEST, MAX_FILES, pack
from connector.moodle.zipped import zipped
from connector.publish.desired import desired
from connector.settings.sections import Circonscription
from scenarios import catalogue
from scenarios.calendar import timezone_of
from scenarios.load import load_parcours, load_session
from scenarios.prepare import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from connector.catalogue.entries import Entry
    from tests.terminal import Terminal

MATRICULE = "26_ACA08_ESSAI_1.0"
CODE = "LA-38G2-2026A"


@pytest.fixture
def own(here: Terminal) -> Path:
    """A parcours of a trainer's, in a folder of theirs, with a session and its list beside it."""
    folder = here.folder / "mes-parcours" / "essai"
    shutil.copytree(catalogue.folder("laicite"), folder)
    file = folder / "parcours.yaml"
    text = file.read_text("utf-8").replace("26_ACA08_LAICITE_1.0", MATRICULE)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def package(here: Terminal, own: Path) -> Path:
    assert here.run("catalogue", "exporter", own) == 0, here.err
    return here.folder / "paquets" / f"{MATRICULE}.zip"


def contents(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def shelf(terminal: Terminal) -> list[str]:
    folder = terminal.folder / "catalogue"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_it_holds_the_parcours_and_what_it_names_and_nothing_of_a_session(package: Path, own: Path) -> None:
    held = contents(package)
    named = {path.name for path in own.parent.iterdir()} - {"session.yaml", "participants.csv"}
    assert held.keys() == {MANIFEST, *named}
    assert all(held[name] == (own.parent / name).read_bytes() for name in named)
    assert b"@ac-exemple.fr" not in b"".join(held.values())
    manifest = json.loads(held[MANIFEST])
    assert (manifest["format"], manifest["licence"]) == (FORMAT, "CC BY-SA 4.0")
    assert manifest["auteurs"] == ["Équipe de la circonscription de Grenoble 2"]
    assert {file["chemin"]: file["sha256"] for file in manifest["fichiers"]} == {
        name: hashlib.sha256(held[name]).hexdigest() for name in named
    }


def test_every_parcours_that_ships_can_be_given(shipped: dict[str, Entry]) -> None:
    for entry in shipped.values():
        assert pack(entry.loaded) == pack(entry.loaded)


def test_another_site_publishes_it_identically_and_gives_the_same_package(
    package: Path, own: Path, elsewhere: Terminal
) -> None:
    assert elsewhere.run("catalogue", "importer", package) == 0, elsewhere.err
    assert "Équipe de la circonscription de Grenoble 2, CC BY-SA 4.0" in elsewhere.out
    home = elsewhere.folder / "catalogue" / "26-aca08-essai-1.0"
    assert shelf(elsewhere) == [home.name]
    assert elsewhere.run("catalogue", "exporter", MATRICULE) == 0
    again = elsewhere.folder / "paquets" / package.name
    assert again.read_bytes() == package.read_bytes()
    for name in ("session.yaml", "participants.csv"):
        shutil.copy(own.parent / name, home / name)
    assert published(home) == published(own.parent)


def published(folder: Path) -> Any:
    """What a session of the parcours in a folder would be in Moodle."""
    session = prepare(load_session(folder / "session.yaml"), timezone_of("Grenoble"), "achevement")
    place = Circonscription(uai="0383412C", nom="Grenoble 2", academie="Grenoble")
    return desired(session, place)


def test_importing_again_changes_nothing(package: Path, elsewhere: Terminal) -> None:
    assert elsewhere.run("catalogue", "importer", package, package, "--json") == 0
    assert [row["nouveau"] for row in json.loads(elsewhere.out)] == [True, False]
    assert elsewhere.run("catalogue", "importer", package) == 0
    assert "rien n'a changé" in elsewhere.out
    assert elsewhere.run("catalogue", "--mot", MATRICULE, "--json") == 0
    assert len(json.loads(elsewhere.out)) == 1


def test_what_is_listed_is_what_was_imported(package: Path, elsewhere: Terminal) -> None:
    assert elsewhere.run("catalogue", "importer", package) == 0
    assert elsewhere.run("catalogue", "--mot", MATRICULE, "--json") == 0
    (row,) = json.loads(elsewhere.out)
    assert (row["titre"], row["licence"]) == ("La laïcité", "CC BY-SA 4.0")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("licence: CC BY-SA 4.0\n", "", "ne dit pas sous quelle licence"),
        ("titre: La laïcité", "titre: Écrire à anne.martin@ac-exemple.fr", "un paquet ne nomme personne"),
    ],
)
def test_what_cannot_be_given_is_refused(here: Terminal, own: Path, old: str, new: str, said: str) -> None:
    text = own.read_text("utf-8")
    assert old in text
    own.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert here.run("catalogue", "exporter", own) == 1
    assert said in here.err
    assert not (here.folder / "paquets").exists()


def test_an_unknown_name_gets_the_nearest_one(here: Terminal) -> None:
    assert here.run("catalogue", "exporter", "laicites") == 1
    assert "vouliez-vous dire « laicite »" in here.err.replace("\N{NO-BREAK SPACE}", " ")


def remade(package: Path, files: dict[str, bytes], **manifest: Any) -> Path:
    """Write a package again with other files and other words in its manifest."""
    said = json.loads(files[MANIFEST]) | manifest
    package.write_bytes(zipped(files | {MANIFEST: json.dumps(said).encode()}))
    return package


def listed(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"chemin": name, "octets": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
        if name != MANIFEST
    ]


def refused(terminal: Terminal, package: Path, said: str) -> None:
    """The package is refused with a sentence that names it, and the catalogue is as it was."""
    before = shelf(terminal)
    assert terminal.run("catalogue", "importer", package) == 1
    assert package.name in terminal.err
    assert said in terminal.err.replace("\N{NO-BREAK SPACE}", " ")
    assert shelf(terminal) == before


@pytest.mark.parametrize("name", ["../dehors.md", "/dehors.md", "a/../../dehors.md", "c:\\dehors.md", "a\\b.md", "./a"])
def test_a_path_outside(package: Path, elsewhere: Terminal, name: str) -> None:
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr(name, "?")
    refused(elsewhere, package, "sortirait du dossier du paquet")
    assert not list(elsewhere.folder.parent.glob("dehors*"))


def test_a_symbolic_link(package: Path, elsewhere: Terminal) -> None:
    link = zipfile.ZipInfo("lien.md")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr(link, "/etc/hostname")
    refused(elsewhere, package, "sortirait du dossier du paquet")


def test_a_bomb_of_bytes_and_one_of_files(package: Path, elsewhere: Terminal) -> None:
    entry = zipfile.ZipInfo("bombe.md")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, b"x")
    # The size that the directory announces is what is refused, before anything is unpacked.
    raw = data.getvalue()
    at = raw.index(b"PK\x01\x02") + 24
    package.write_bytes(raw[:at] + (2**31).to_bytes(4, "little") + raw[at + 4 :])
    refused(elsewhere, package, "démesuré une fois ouvert")
    with zipfile.ZipFile(package, "w") as archive:
        for rank in range(MAX_FILES + 2):
            archive.writestr(f"{rank}.md", "")
    refused(elsewhere, package, "démesuré une fois ouvert")


def test_a_false_sum_a_missing_file_and_one_too_many(package: Path, elsewhere: Terminal) -> None:
    files = contents(package)
    refused(elsewhere, remade(package, files | {"accueil.md": b"autre"}), "sa somme de contrôle est fausse")
    less = {name: data for name, data in files.items() if name != "accueil.md"}
    refused(elsewhere, remade(package, less), "« accueil.md » n'est pas dans le paquet")
    more = files | {"cheval.md": b"?"}
    refused(elsewhere, remade(package, more), "« cheval.md » n'est pas dans « paquet.json »")
    refused(elsewhere, remade(package, more, fichiers=listed(more)), "ne se sert pas de « cheval.md »")


def test_another_format_version_and_a_manifest_that_says_nothing(package: Path, elsewhere: Terminal) -> None:
    files = contents(package)
    refused(elsewhere, remade(package, files, format="parcours-paquet/2"), "au format « parcours-paquet/2 »")
    refused(elsewhere, remade(package, files, auteurs="Anne"), "« paquet.json » n'est pas lisible")
    refused(elsewhere, remade(package, files, titre="Autre"), "ne disent pas la même chose (titre)")
    package.write_bytes(zipped({**files, MANIFEST: b"[" * 100_000}))
    refused(elsewhere, package, "« paquet.json » n'est pas lisible")
    package.write_bytes(zipped({"a.txt": b"?"}))
    refused(elsewhere, package, "il n'y a pas de « paquet.json »")


def test_what_is_no_archive(package: Path, elsewhere: Terminal) -> None:
    whole = package.read_bytes()
    for data in (b"", b"PK", whole[:-40], whole[:200] + b"\0\0\0\0" + whole[204:]):
        package.write_bytes(data)
        refused(elsewhere, package, "l'archive est abîmée")
    assert elsewhere.run("catalogue", "importer", elsewhere.folder / "absent.zip") == 1
    assert "ne se lit pas" in elsewhere.err


def test_a_parcours_that_is_not_valid(package: Path, elsewhere: Terminal) -> None:
    files = contents(package)
    files["parcours.yaml"] = files["parcours.yaml"].replace(b"collection: analyse", b"collection: autre")
    refused(elsewhere, remade(package, files, fichiers=listed(files)), "collection « autre » inconnue")


def test_another_content_under_a_known_matricule_and_a_bad_one_among_good_ones(
    package: Path, own: Path, here: Terminal, elsewhere: Terminal
) -> None:
    files = contents(package)
    files["accueil.md"] += b"\nUne ligne de plus.\n"
    other = remade(elsewhere.write("autre.zip", package.read_bytes()), files, fichiers=listed(files))
    assert elsewhere.run("catalogue", "importer", package, other) == 1
    assert shelf(elsewhere) == []
    assert elsewhere.run("catalogue", "importer", package) == 0
    refused(elsewhere, other, "avec un autre contenu")
    assert load_parcours(elsewhere.folder / "catalogue" / "26-aca08-essai-1.0" / "parcours.yaml")


def test_a_parcours_that_changed_is_given_under_another_version(package: Path, here: Terminal, own: Path) -> None:
    text = own.read_text("utf-8")
    own.write_text(text.replace("titre: ", "titre: Autre, ", 1), encoding="utf-8")
    given = package.read_bytes()
    assert here.run("catalogue", "exporter", own) == 1
    assert f"{MATRICULE}.zip a été exporté avec un autre contenu, sous la même version." in here.err
    assert "change de version" in here.err
    assert package.read_bytes() == given
    own.write_text(own.read_text("utf-8").replace(MATRICULE, "26_ACA08_LAICITE_1.0"), encoding="utf-8")
    assert here.run("catalogue", "exporter", own) == 1
    assert "Le catalogue a déjà 26_ACA08_LAICITE_1.0, avec un autre contenu" in here.err
    own.write_text(text.replace(MATRICULE, "26_ACA08_ESSAI_1.1"), encoding="utf-8")
    assert here.run("catalogue", "exporter", own) == 0


def test_a_version_that_does_not_follow_is_taken_and_told(
    package: Path, here: Terminal, own: Path, elsewhere: Terminal
) -> None:
    text = own.read_text("utf-8")
    given = [package]
    for version in ("1.2", "1.1", "2.0"):
        own.write_text(text.replace(MATRICULE, f"26_ACA08_ESSAI_{version}"), encoding="utf-8")
        assert here.run("catalogue", "exporter", own) == 0, here.err
        given.append(package.with_name(f"26_ACA08_ESSAI_{version}.zip"))
    told = (None, "la version 1.2 ne suit pas 1.0", "la version 1.1 précède 1.2", None)
    for one, said in zip(given, told, strict=True):
        assert elsewhere.run("catalogue", "importer", one, "--json") == 0
        (placed,) = json.loads(elsewhere.out)
        assert (placed["version"] or "").partition(",")[0] == (said or "")
    assert elsewhere.run("catalogue", "importer", *given) == 0
    assert "Attention" not in elsewhere.err, "those that are there already follow nothing"
