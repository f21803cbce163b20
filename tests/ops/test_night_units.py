"""The files that launch the night: what systemd, cron and Prometheus make of them."""

from __future__ import annotations

import grp
import gzip
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from connector.ops.night.metrics import exposition
from connector.ops.night.outcome import Done, Night, Step
from connector.ops.night.units import units, written_elsewhere
from connector.settings import FILE, Settings
from tests.conftest import lacking

FOLDER = Path("/srv/parcours")


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        lacking("systemd-analyze is not installed")
    for name, content in units(FOLDER, Path(sys.executable)).items():
        (tmp_path / name).write_bytes(content)
    said = subprocess.run(
        [program, "verify", "--man=no", tmp_path / "parcours-nuit.service", tmp_path / "parcours-nuit.timer"],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in said.stderr.splitlines() if "parcours-nuit" in line]
    assert ours == []
    spoiled = (tmp_path / "parcours-nuit.timer").read_text("utf-8").replace("02:30:00", "26:30:00")
    (tmp_path / "parcours-nuit.timer").write_text(spoiled, encoding="utf-8")
    said = subprocess.run(
        [program, "verify", "--man=no", tmp_path / "parcours-nuit.timer"], capture_output=True, text=True, check=False
    )
    assert "parcours-nuit.timer" in said.stderr


def test_the_cron_line_is_one_that_cron_reads() -> None:
    lines = units(FOLDER, Path("/usr/bin/parcours"))["parcours-nuit.cron"].decode().splitlines()
    read = [line for line in lines if line and not line.startswith("#")]
    assert read[:-1] == ["SHELL=/bin/sh", "CRON_TZ=Europe/Paris"]
    minute, hour, rest = read[-1].split(" ", 2)
    assert (int(minute), int(hour)) == (30, 2)
    assert rest.startswith("* * * parcours umask 077; /usr/bin/parcours --donnees /srv/parcours nuit")
    assert not re.search(r"(?<!\\)%", read[-1])  # an unescaped % ends a cron command


def test_the_alerts_are_rules_on_metrics_that_exist() -> None:
    rules = yaml.safe_load(units(FOLDER, Path("/usr/bin/parcours"))["parcours-nuit.alertes.yml"])
    done = Done("fait", {"en_attente": 1})
    written = exposition(Night(datetime(2026, 11, 22, tzinfo=UTC), None, (Step("collecte", done, 1.0),))).decode()
    there = {family.name: family.samples for family in text_string_to_metric_families(written)}
    for rule in rules["groups"][0]["rules"]:
        assert set(rule) == {"alert", "expr", "labels", "annotations"}
        named = re.findall(r"(parcours_\w+)(?:\{(\w+)=\"(\w+)\"\})?", rule["expr"])
        assert named
        for metric, label, value in named:
            assert [one for one in there[metric] if not label or one.labels == {label: value}], rule["alert"]


def test_prometheus_accepts_the_alerts(tmp_path: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    file = tmp_path / "alertes.yml"
    file.write_bytes(units(FOLDER, Path("/usr/bin/parcours"))["parcours-nuit.alertes.yml"])
    said = subprocess.run([program, "check", "rules", file], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("folder", ["/srv/mes données", "/srv/100%", "/srv/l'année"])
def test_a_path_is_kept_as_it_is(folder: str) -> None:
    files = units(Path(folder), Path("/usr/bin/parcours"))
    written = re.search(r"--donnees (\S+) nuit", files["parcours-nuit.service"].decode())
    assert written is not None
    assert written[1].replace("\\x20", " ").replace("%%", "%") == folder
    line = files["parcours-nuit.cron"].decode().splitlines()[-1]
    assert not re.search(r"(?<!\\)%", line)  # an unescaped % ends a cron command
    asked = shlex.split(line.replace("\\%", "%"))
    assert asked[asked.index("--donnees") + 1] == folder
    assert asked[-1] == f"{folder}/nuit.log"


@pytest.mark.parametrize("name", ["données", "mes données", "100%", "l'année", 'dite "neuve"', "[a-z]*?", "a\\b"])
def test_the_log_of_cron_is_kept_a_year_and_no_longer(tmp_path: Path, name: str) -> None:
    """A real logrotate turns the log of that folder, month after month."""
    program = shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        lacking("logrotate is not installed")
    folder = tmp_path / name
    folder.mkdir()
    rules = units(folder, Path("/usr/bin/parcours"))["parcours-nuit.logrotate"].decode()
    me = f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"
    file = tmp_path / "rules"
    file.write_text(rules.replace("parcours parcours", me), encoding="utf-8")
    for month in range(14):
        with (folder / "nuit.log").open("a", encoding="utf-8") as log:
            log.write(f"{month}\n")
        subprocess.run([program, "--force", "--state", tmp_path / "state", file], check=True)
    kept = sorted(path.name for path in folder.glob("nuit.log.*"))
    assert len(kept) == 12
    assert gzip.decompress((folder / "nuit.log.12.gz").read_bytes()) == b"2\n"
    assert stat.S_IMODE((folder / "nuit.log").stat().st_mode) == 0o600


def test_the_service_may_write_where_the_configuration_says(tmp_path: Path) -> None:
    """Hardened as it is, it could keep no name and no metric out of the data folder."""
    folder, away = tmp_path / "donnees", tmp_path / "ailleurs"
    folder.mkdir()
    (folder / FILE).write_text(
        f'[base]\ndsn_brut = "sqlite:///brut/lrs.db"\npseudonymes = "{away}/secrets/noms.db"\n'
        f'[nuit]\nmetriques = "{away}/textfile/parcours.prom"\n',
        encoding="utf-8",
    )
    elsewhere = written_elsewhere(Settings.load(folder))
    assert elsewhere == [away / "secrets", away / "textfile"]
    service = units(folder, Path("/usr/bin/parcours"), elsewhere)["parcours-nuit.service"].decode()
    assert re.findall(r"^ReadWritePaths=(.+)$", service, re.MULTILINE) == [
        str(folder),
        f"-{away}/secrets",
        f"-{away}/textfile",
    ]
