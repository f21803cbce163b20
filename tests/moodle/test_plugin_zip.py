"""The plugin's zip: deterministic, complete, nothing stray, installable; the command that writes it."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from connector.cli.main import cli, main
from connector.errors import ConfigError
from connector.ledger.contested import contest_reasons
from connector.moodle.plugin_zip import BLOCK, ROOT, SOURCE, plugin_files, plugin_version, plugin_zip
from tests.conftest import lacking

if TYPE_CHECKING:
    from pathlib import Path


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def php(name: str) -> str:
    return entries(plugin_zip())[f"{ROOT}/{name}"].decode()


def test_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(SOURCE, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    assert plugin_zip(copy) == plugin_zip()


def test_every_source_file_is_in_the_zip_and_nothing_else() -> None:
    on_disk = {f"{ROOT}/{path.relative_to(SOURCE).as_posix()}" for path in SOURCE.rglob("*") if path.is_file()}
    assert set(entries(plugin_zip())) == on_disk


def test_what_an_editor_leaves_behind_stays_out(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(SOURCE, copy)
    for stray in (".git/config.php", ".DS_Store", "version.php~", "classes/.hidden.php", "thumbs.db"):
        (copy / stray).parent.mkdir(exist_ok=True)
        (copy / stray).write_text("stray")
    assert plugin_zip(copy) == plugin_zip()


def test_moodle_finds_what_an_installer_needs() -> None:
    names = set(entries(plugin_zip()))
    needed = {
        "version.php",
        "COPYING",
        "db/install.xml",
        "db/services.php",
        "db/access.php",
        "lang/en/local_parcours.php",
    }
    assert {f"{ROOT}/{name}" for name in needed} <= names


def test_version_is_the_one_that_version_php_declares() -> None:
    text = php("version.php")
    version = plugin_version()
    assert f"$plugin->version = {version.number};" in text
    assert f"$plugin->release = '{version.release}';" in text
    assert "$plugin->component = 'local_parcours';" in text
    assert "$plugin->requires = 2024100700;" in text
    assert "$plugin->supported = [405, 501];" in text


def test_a_version_that_is_not_declared_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "version.php").write_text("<?php\n")
    with pytest.raises(ConfigError, match=r"version\.php ne déclare pas de version"):
        plugin_version(tmp_path)


def test_both_languages_have_the_same_strings_with_the_same_values_inside() -> None:
    def strings(language: str) -> dict[str, set[str]]:
        found = re.findall(
            r"^\$string\['([^']+)'\] = '(.*)';$", php(f"lang/{language}/local_parcours.php"), re.MULTILINE
        )
        return {key: set(re.findall(r"\{\$a[^}]*\}", text)) for key, text in found}

    assert strings("en") == strings("fr")
    assert list(strings("en")) == sorted(strings("en"))


def test_every_refusal_has_its_sentence() -> None:
    strings = php("lang/en/local_parcours.php")
    sources = "\n".join(body.decode() for name, body in entries(plugin_zip()).items() if "/classes/" in name)
    codes = set(re.findall(r"new refusal\(\s*'(\w+)'", sources)) | set(re.findall(r"'(problem\w+)'", sources))
    assert {"foreigncourse", "unknownmodule", "problemtype"} <= codes
    assert [code for code in sorted(codes) if f"$string['{code}']" not in strings] == []


def test_every_class_is_where_moodle_looks_for_it() -> None:
    for path in plugin_files():
        if path.parts[0] != "classes":
            continue
        text = (SOURCE / path).read_text()
        namespace = "\\".join(("local_parcours", *path.parent.parts[1:]))
        assert f"\nnamespace {namespace};\n" in text, path
        assert re.search(rf"^((final |abstract )?class|trait) {path.stem}\b", text, re.MULTILINE), path


def test_tables_are_those_that_the_code_names() -> None:
    schema = ET.fromstring((SOURCE / "db/install.xml").read_text())  # noqa: S314 - our own file
    tables = {table.attrib["NAME"] for table in schema.iter("TABLE")}
    sources = "\n".join((SOURCE / path).read_text() for path in plugin_files() if path.parts[0] == "classes")
    named = set(re.findall(r"[{'](local_parcours_[a-z]+)[}']", sources))
    assert named == tables


def test_php_accepts_every_file() -> None:
    if shutil.which("php") is None:
        lacking("the php command is not installed")
    files = [str(SOURCE / path) for path in plugin_files() if path.suffix == ".php"]
    parse = (
        "foreach (array_slice($argv, 1) as $f) { token_get_all(file_get_contents($f), TOKEN_PARSE); echo $f, PHP_EOL; }"
    )
    done = subprocess.run(["php", "-r", parse, *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()) == (0, files), done.stderr


def test_the_command_writes_the_zip(tmp_path: Path) -> None:
    target = tmp_path / "plugin.zip"
    result = CliRunner().invoke(cli, ["plugin", "construire", "--sortie", str(target)])
    assert result.exit_code == 0
    assert target.read_bytes() == plugin_zip()
    block = tmp_path / f"block_parcours-{plugin_version(BLOCK).release}.zip"
    assert block.read_bytes() == plugin_zip(BLOCK)
    assert plugin_version().release in result.output


def test_the_block_has_what_an_installer_needs_and_asks_for_this_plugin() -> None:
    held = entries(plugin_zip(BLOCK))
    assert {f"{ROOT}/{name}" for name in ("block_parcours.php", "version.php", "COPYING", "db/access.php")} <= set(held)
    needed = re.search(r"'local_parcours' => (\d{10})", held[f"{ROOT}/version.php"].decode())
    assert needed is not None
    assert int(needed[1]) <= plugin_version().number


def test_the_reasons_to_contest_are_those_of_the_ledger_and_have_their_words() -> None:
    declared = re.search(r"REASONS = \[([^\]]+)\]", php("classes/local/contestation.php"))
    assert declared is not None
    reasons = re.findall(r"'(\w+)'", declared[1])
    assert reasons == list(contest_reasons())
    french = php("lang/fr/local_parcours.php").replace("’", "'")
    assert [
        code for code, said in contest_reasons().items() if f"$string['contest{code}'] = '{said}';" not in french
    ] == []


def test_the_command_names_the_files_after_their_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["plugin", "construire"]).exit_code == 0
    versions = {"local_parcours": plugin_version(), "block_parcours": plugin_version(BLOCK)}
    written = {f"{name}-{version.release}.zip" for name, version in versions.items()}
    assert {path.name for path in tmp_path.iterdir()} == written


def test_a_folder_that_does_not_exist_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["plugin", "construire", "--sortie", str(tmp_path / "absent" / "x.zip")])
    assert exit_.value.code == 1
    assert "Impossible d'écrire" in capsys.readouterr().err
