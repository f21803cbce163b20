"""Serves Ralph on its file backend, by the Python of its own environment: `serve.py FOLDER SOCKET`.

The folder keeps the statements and the credentials; SOCKET is the number of a listening socket that is inherited.
"""

import json
import os
import sys
from pathlib import Path

folder, descriptor = Path(sys.argv[1]), int(sys.argv[2])
os.environ |= {
    "RALPH_APP_DIR": str(folder),
    "RALPH_AUTH_FILE": str(folder / "auth.json"),
    "RALPH_RUNSERVER_BACKEND": "fs",
    "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder / "fs"),
    "RALPH_HISTORY_FILE": str(folder / "history.json"),
}

import bcrypt  # noqa: E402 - Ralph reads the environment when it is imported
import uvicorn  # noqa: E402
from ralph.backends.data.base import BaseOperationType  # noqa: E402
from ralph.backends.lrs.fs import FSLRSBackend  # noqa: E402

# As it comes, the file backend answers 500 to every POST but the first.
FSLRSBackend.default_operation_type = BaseOperationType.APPEND

credentials = {
    "username": "parcours",
    "hash": bcrypt.hashpw(b"secret-de-test", bcrypt.gensalt(4)).decode(),
    "scopes": ["all"],
    "agent": {"mbox": "mailto:parcours@ac-exemple.fr"},
    "target": None,
}
(folder / "auth.json").write_text(json.dumps([credentials]), encoding="utf-8")

from ralph.api import app  # noqa: E402

uvicorn.run(app, fd=descriptor, log_level="warning")
