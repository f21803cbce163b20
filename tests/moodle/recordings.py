"""Exchanges recorded on real Moodle 4.5.6 and 5.1.3; see tests/data/recordings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
FOLDER = DATA / "recordings"


@dataclass(frozen=True)
class Recording:
    """One recorded exchange: what was sent, what came back."""

    version: str
    name: str
    function: str
    params: Any
    form: list[tuple[str, str]]
    status: int
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.version}-{self.name}"


def read(path: Path) -> Recording:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Recording(
        version=path.parent.name,
        name=path.stem,
        function=raw.get("function") or path.stem,
        params=raw.get("params_nested"),
        form=_pairs(raw.get("form")),
        status=raw["status"],
        headers=raw.get("headers") or {},
        body=(raw.get("body") or "").encode(),
    )


def _pairs(form: Any) -> list[tuple[str, str]]:
    return [(key, value) for key, value in (form.items() if isinstance(form, dict) else form or ())]


def recordings() -> list[Recording]:
    return [read(path) for path in sorted(FOLDER.glob("*/*.json"))]


def one(version: str, name: str) -> Recording:
    return read(FOLDER / version / f"{name}.json")


@dataclass(frozen=True)
class PluginRecording:
    """One exchange with our plugin on a real Moodle; see tests/data/plugin/README.md."""

    version: str
    name: str
    function: str
    args: Any
    status: int
    answer: Any

    def __str__(self) -> str:
        return f"{self.version}-{self.name}"


def plugin_recordings() -> list[PluginRecording]:
    found = []
    for path in sorted(DATA.glob("plugin/*/*.json")):
        raw = json.loads(path.read_text(encoding="utf-8"))
        found.append(
            PluginRecording(path.parent.name, path.stem, raw["function"], raw["args"], raw["status"], raw["body_json"])
        )
    return found
