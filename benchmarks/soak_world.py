"""What a soak runs against: a Moodle where people tick all the time, an LRS that can be killed, data folders.

The LRS is a process of its own on PostgreSQL; the site is the sandbox, in this one. What the site's emitter could not
send is lost to the LRS, as in Moodle: only reading Moodle back brings it in.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from connector.cli.main import main as parcours
from connector.moodle.sandbox.acts import Act, Kind
from connector.moodle.sandbox.completion import ACHIEVED
from connector.moodle.sandbox.emitter import Lrs
from connector.moodle.sandbox.population import add, default_people
from connector.moodle.sandbox.sandbox import Sandbox
from connector.moodle.sandbox.statement_parts import EmissionSettings
from xapi.lrs.app import PREFIX
from xapi.lrs.clients import add_client
from xapi.store import Store

if TYPE_CHECKING:
    from connector.moodle.sandbox.site import Site

CODE = "SOAK-2026A"
ACTIVITIES, PEOPLE, MINUTES = 40, 60, 15
_CALM = 90  # seconds between two acts of one person on one activity: reading back takes 30 as one
_PROGRAM = [sys.executable, "-c", "from connector.cli.main import main; main()"]


def emails() -> list[str]:
    return [f"prof{rank:02}@ac-exemple.fr" for rank in range(1, PEOPLE + 1)]


def run(folder: Path, *arguments: str) -> str:
    """Run a command of `parcours` in this process and return what it says; RuntimeError where it fails."""
    said = io.StringIO()
    code: object = 0
    try:
        with contextlib.redirect_stdout(said):
            parcours(["--donnees", str(folder), *arguments])
    except SystemExit as ended:
        code = ended.code
    if code not in (0, 2):
        raise RuntimeError(f"parcours {' '.join(arguments)}: {code}\n{said.getvalue()}")
    return said.getvalue()


def night(folder: Path) -> subprocess.Popen[str]:
    """Start a night in a process of its own."""
    command = [*_PROGRAM, "--donnees", str(folder), "nuit", "--json", "--journal", "json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Served:
    """A command of `parcours` that serves, in a process of its own, on one port for good."""

    folder: Path
    command: tuple[str, ...]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        said = subprocess.DEVNULL
        command = [*_PROGRAM, "--donnees", str(self.folder), *self.command, "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=said, stderr=said)
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"{' '.join(self.command)} ended")

    def kill(self) -> None:
        """Kill it as the system does when memory lacks."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def resident_mb(self) -> int:
        """How much memory it holds now."""
        if self.process is None:
            return 0
        pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") // 2**20


def served_lrs(folder: Path, dsn: str) -> tuple[Served, Lrs]:
    """Return the embedded LRS on a database, not started yet, and how to speak to it."""
    with closing(Store.open(dsn)) as store:
        secret = add_client(store.database, "mesure")
    served = Served(folder, ("lrs", "servir", "--base", dsn, "--debit", "10000"))
    return served, Lrs(f"http://127.0.0.1:{served.port}{PREFIX}/", "mesure", SecretStr(secret))


def site(lrs: Lrs) -> Sandbox:
    """Return a sandbox with the session's people and its trainer."""

    def people(made: Site) -> None:
        default_people(made, teachers=False)
        for rank, email in enumerate(emails(), 1):
            add(made, "Camille", f"Nom{rank}", email)

    return Sandbox(lrs=lrs, settings=EmissionSettings(send_idnumber=True, batch_events=500), people=people)


def furnish(folder: Path, sandbox: Sandbox, lrs: Lrs, dsn: str) -> None:
    """Make a data folder that knows the site, the LRS and the roster, on the database `dsn`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, secret in (("jeton", sandbox.token), ("secret", lrs.secret.get_secret_value())):
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secret)
    (folder / "parcours.toml").write_text(
        f'[base]\ndsn = "{dsn}"\n\n[nuit]\nrapports = ["html", "csv"]\nmetriques = "parcours.prom"\n\n'
        f'[[moodle]]\nadresse = "{sandbox.url}"\njeton_fichier = "jeton"\n\n'
        f'[[lrs]]\nadresse = "{lrs.address}"\nidentifiant = "{lrs.user}"\nsecret_fichier = "secret"\n'
        'usage = "lecture-ecriture"\n\n[[circonscription]]\nuai = "0693456G"\nnom = "Lyon 4"\nacademie = "Lyon"\n',
        encoding="utf-8",
    )
    head = (
        "identifiant;nom;prenom;courriel;autres_courriels;compte_moodle;uai;ecole;circonscription;departement;"
        "academie;degre;situation;quotite;debut;fin;imputation_min"
    )
    rows = (
        f"E{rank:04};Nom{rank};Camille;{email};;;0690142E;École;0693456G;069;Lyon;1D;PE_ADJOINT;100;;;"
        for rank, email in enumerate(emails(), 1)
    )
    (folder / "personnels.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    run(folder, "personnels", "importer", str(folder / "personnels.csv"))


def publish(folder: Path) -> None:
    """Write the session, half of whose activities are ticked by hand and half by being seen, and publish it."""
    half = ACTIVITIES // 2
    steps = "".join(
        f"      - {{id: a{rank}, type: page, titre: Activité {rank}, modalite: distance_asynchrone,"
        f" duree: {MINUTES}min, achevement: {'manuel' if rank > half else 'vue'}, contenu: {{texte: Lire.}}}}\n"
        for rank in range(1, ACTIVITIES + 1)
    )
    (folder / "parcours.yaml").write_text(
        "format: parcours/1\nmatricule: 26_ACA10_SOAK_1.0\ntitre: Tenir\nobjectifs: [Tenir]\norigine: academie\n"
        "academie: Lyon\ncollection: action\npublic: [Enseignants 1er degré]\nauteurs: [Équipe 69]\n"
        f"nature: formation_continue\ndurees: {{presence: 0min, distance: {ACTIVITIES * MINUTES}min}}\n"
        f"sequences:\n  - id: s1\n    titre: Étape\n    activites:\n{steps}",
        encoding="utf-8",
    )
    listed = "".join(f"{email};\n" for email in emails())
    (folder / "participants.csv").write_text("courriel;groupe\n" + listed, encoding="utf-8")
    (folder / "session.yaml").write_text(
        f"format: session/1\nparcours: parcours.yaml\ncode: {CODE}\ncirconscription: 0693456G\n"
        "annee_scolaire: 2026-2027\ncadre: animation\ndebut: 2026-09-07\nfin: 2027-06-30\n"
        "formateurs: [{courriel: anne.martin@ac-exemple.fr, role: formateur}]\nparticipants: participants.csv\n",
        encoding="utf-8",
    )
    run(folder, "publier", str(folder / "session.yaml"), "--oui")


@dataclass
class Life:
    """Everybody ticks, sees and un-ticks, from a thread, until it is ended; the site sends at each turn."""

    sandbox: Sandbox
    every: float
    acts: int = 0
    sent: int = 0
    _last: dict[tuple[str, int], float] = field(default_factory=dict)
    _ticked: dict[tuple[str, int], bool] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start."""
        self._thread = threading.Thread(target=self._live)
        self._thread.start()

    def end(self) -> None:
        """Finish the act under way and send what waits."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self.sent += len(self.sandbox.drain())

    def _live(self) -> None:
        chance = random.Random(18)  # noqa: S311 - a scenario, not a secret
        while not self._over.wait(self.every):
            self._act(chance)
            self.sent += len(self.sandbox.run_cron())

    def _act(self, chance: random.Random) -> None:
        email, rank = chance.choice(emails()), chance.randint(1, ACTIVITIES)
        if time.monotonic() - self._last.get((email, rank), -_CALM) < _CALM:
            return
        done = self._ticked.get((email, rank), False)
        kind = Kind.VIEW if rank <= ACTIVITIES // 2 else Kind.UNTICK if done else Kind.TICK
        self.sandbox.act(email, f"{CODE}/a{rank}", Act(kind))
        self._ticked[email, rank] = not done
        self._last[email, rank] = time.monotonic()
        self.acts += 1

    def achieved(self) -> set[tuple[str, str]]:
        """Return who has done what, as the site itself has it: e-mail and activity."""
        made = self.sandbox.site
        return {
            (made.people[person].email, made_module.doc.idnumber.rpartition("/")[2])
            for (person, cmid), progress in made.progress.items()
            if progress.state in ACHIEVED and (made_module := made.module(cmid)) is not None
        }
