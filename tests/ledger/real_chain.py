"""The real chain in a data folder: roster, sessions, correspondences and identities, all made from `truth.json`."""

from __future__ import annotations

import json
import shutil
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from connector.cli.main import cli
from connector.ledger import resolve
from connector.ledger.db import open_ledger
from connector.ledger.roster import COLUMNS
from connector.ledger.sessions import Account, learn_accounts

if TYPE_CHECKING:
    import sqlalchemy as sa

    from connector.ledger.db import Ledger

DATA = Path(__file__).parents[1] / "data" / "real_chain"
CAPTURES = tuple(DATA / f"config-{name}.jsonl.gz" for name in ("account", "mbox", "username", "idnumber"))
SITE = "http://127.0.0.1:8080"
SESSIONS = {35: "CALCMENT-2026-S1", 36: "CALCMENT-2026-S2"}
STATES = {0: "undone", 1: "done", 2: "done", 3: "failed"}

State = dict[tuple[int, int], str]
"""What is known of a user (Moodle id) and a module (cmid)."""


def truth() -> dict[str, Any]:
    """What Moodle's own database said at the end of the capture."""
    read: dict[str, Any] = json.loads((DATA / "truth.json").read_text("utf-8"))
    return read


def true_states() -> State:
    return {(row["userid"], row["cmid"]): STATES[row["state"]] for row in truth()["completion"]}


def identifiant(userid: int) -> str:
    return f"M{userid:04d}"


def module_of(code: str, activity_id: str) -> int:
    """The cmid of an activity: the inverse of the correspondences."""
    course = next(course for course, its_code in SESSIONS.items() if its_code == code)
    return next(m["cmid"] for m in truth()["modules"] if (m["course"], m["idnumber"].lower()) == (course, activity_id))


def build(folder: Path, dsn: str = "sqlite:///registre.db") -> None:
    """Write what an operator would have: configuration, roster, session files, correspondences."""
    for path in DATA.glob("*"):
        if path.suffix in {".yaml", ".csv", ".gift"}:
            shutil.copy(path, folder)
    circonscription = '[[circonscription]]\nuai = "0693456G"\nnom = "Lyon 4"\nacademie = "Lyon"\n'
    settings = f'[base]\ndsn = "{dsn}"\n[sessions]\ndossiers = []\n{circonscription}'
    (folder / "parcours.toml").write_text(settings, "utf-8")
    (folder / "personnels.csv").write_text(_roster(), "utf-8")
    for course in SESSIONS:
        rows = [f"{m['idnumber'].lower()};{_page(m)}" for m in truth()["modules"] if m["course"] == course]
        rows.insert(0, f"cours;{SITE}/course/view.php?id={course}")
        (folder / f"correspondance-{course}.csv").write_text("\n".join(["activite;url", *rows]), "utf-8")


def teach(connection: sa.Connection) -> None:
    """Learn the identities that the site showed over time: every user name and e-mail of every account."""
    accounts = [
        Account(user["id"], username, email)
        for user in truth()["users"]
        for username, email in product(user["usernames"], user["emails"])
    ]
    learn_accounts(connection, SITE, accounts, at_us=0)


def run(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["--donnees", str(folder), *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def collect(folder: Path) -> str:
    return run(folder, "collecter", *(word for path in CAPTURES for word in ("--fichier", str(path))))


def link(folder: Path) -> None:
    for number, course in enumerate(SESSIONS, 1):
        pages = str(folder / f"correspondance-{course}.csv")
        run(folder, "lier", str(folder / f"session-{number}.yaml"), "--correspondance", pages)


def prepare(folder: Path, dsn: str) -> Ledger:
    """Make a data folder whose ledger, at `dsn`, knows everybody and every session, and has collected nothing."""
    build(folder, dsn)
    run(folder, "personnels", "importer", str(folder / "personnels.csv"))
    link(folder)
    ledger = open_ledger(dsn)
    with ledger.write() as connection:
        teach(connection)
        resolve.settle(connection)
    return ledger


def live(folder: Path, dsn: str) -> Ledger:
    """Do everything in the most natural order in a data folder whose ledger is at `dsn`."""
    ledger = prepare(folder, dsn)
    collect(folder)
    return ledger


def _page(module: dict[str, Any]) -> str:
    return f"{SITE}/mod/{module['modname']}/view.php?id={module['cmid']}"


def _roster() -> str:
    service = "0690001B;École Jean-Macé;0693456G;069;Lyon;1D;PE_ADJOINT;100;;;"
    rows = [
        f"{identifiant(user['id'])};{user['lastname']};{user['firstname']};{user['emails'][0]};;;{service}"
        for user in truth()["users"]
    ]
    return "\n".join([";".join(COLUMNS), *rows])
