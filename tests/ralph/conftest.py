"""A Ralph of its own for each test: another LRS than ours, which keeps to the specification in its own way."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest

from tests.conftest import lacking
from xapi.client import LRSClient

if TYPE_CHECKING:
    from collections.abc import Iterator

USER, SECRET = "parcours", "secret-de-test"


@dataclass(frozen=True)
class Ralph:
    """Where it is, and a client of it."""

    address: str
    client: LRSClient


@pytest.fixture
def ralph(tmp_path: Path) -> Iterator[Ralph]:
    """Serve an empty Ralph 5.1 from the environment that `.ci/ralph` makes, in `PARCOURS_RALPH` or the user's cache."""
    home = Path(os.environ.get("PARCOURS_RALPH") or platformdirs.user_cache_path("parcours") / "ralph")
    python = home / "bin" / "python"
    if not python.with_name("uvicorn").exists():
        lacking(f"Ralph is not installed: run .ci/ralph {home}")
    folder = tmp_path / "ralph"
    (folder / "fs").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        number = listener.fileno()
        command = [str(python), str(Path(__file__).with_name("serve.py")), str(folder), str(number)]
        with (folder / "stderr").open("wb") as log:
            server = subprocess.Popen(command, pass_fds=[number], stderr=log)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/xAPI"
    try:
        with closing(LRSClient(address, USER, SECRET)) as client:
            yield Ralph(address, client)
    finally:
        server.terminate()
        server.wait()
