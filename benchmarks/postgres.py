"""A PostgreSQL of our own, on a socket in a folder, durable as in production: made, crashed and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Server:
    """A server whose data and socket are in `folder`; as root, it runs as `postgres`."""

    folder: Path
    programs: Path

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; CalledProcessError where it fails."""
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*prefix, str(self.programs / program), *arguments]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)

    def control(self, *arguments: str) -> None:
        """Start, stop or crash it, and wait until that is done."""
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=60"
        where = ("-D", str(self.folder / "data"), "-l", str(self.folder / "log"))
        self.run("pg_ctl", *where, "-o", options, "-w", *arguments)

    def crash(self) -> None:
        """End it as a power cut of its own would, and start it again: what was not committed is gone."""
        self.control("-m", "immediate", "restart")

    def database(self, name: str, folder: Path | None = None) -> str:
        """Make an empty database, in a tablespace of its own where a folder is given for it, and return its DSN."""
        dsn = f"postgresql+psycopg://parcours@/postgres?host={self.folder}"
        engine = sa.create_engine(dsn, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if folder is not None:
                if os.geteuid() == 0:
                    shutil.chown(folder, "postgres")
                connection.execute(sa.text(f"CREATE TABLESPACE {name} LOCATION '{folder}'"))
            connection.execute(sa.text(f"CREATE DATABASE {name}" + (f" TABLESPACE {name}" if folder else "")))
        engine.dispose()
        return sa.make_url(dsn).set(database=name).render_as_string(hide_password=False)


@contextmanager
def private_server(folder: Path) -> Iterator[Server]:
    """Make a server in an empty folder and stop it at the end."""
    found = shutil.which("initdb")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found is None and not known:
        raise SystemExit("PostgreSQL is not installed.")
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        folder.chmod(0o755)
    server = Server(folder, Path(found).parent if found else known[-1].parent)
    server.run("initdb", "-D", str(folder / "data"), "-U", "parcours", "-A", "trust", "-E", "UTF8")
    server.control("start")
    try:
        yield server
    finally:
        server.control("-m", "fast", "stop")
