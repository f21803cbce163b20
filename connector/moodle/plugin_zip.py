"""The Moodle plugins as installable zips: the same sources always give the same bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from connector.errors import ConfigError
from connector.language import _
from connector.moodle.zipped import zipped

SOURCE = Path(__file__).parent / "plugin" / "local_parcours"
BLOCK = SOURCE.with_name("block_parcours")
"""The block of the dashboard, which a local plugin cannot hold."""
ROOT = "parcours"
"""The folder that Moodle's installer expects at the root: the component's name without its type."""

_SUFFIXES = frozenset({".php", ".xml", ".md", ".mustache"})
_LICENCE = "COPYING"


@dataclass(frozen=True)
class PluginVersion:
    """What `version.php` declares: the number that Moodle compares, and the name that people read."""

    number: int
    release: str


def plugin_version(source: Path = SOURCE) -> PluginVersion:
    """Read the version that `version.php` declares."""
    text = (source / "version.php").read_text(encoding="utf-8")
    number = re.search(r"^\$plugin->version = (\d{10});$", text, re.MULTILINE)
    release = re.search(r"^\$plugin->release = '([^']+)';$", text, re.MULTILINE)
    if number is None or release is None:
        raise ConfigError(_("{fichier} ne déclare pas de version.", fichier=source / "version.php"))
    return PluginVersion(int(number[1]), release[1])


def plugin_files(source: Path = SOURCE) -> list[Path]:
    """List the plugin's files, sorted, relative to `source`; what an editor or a system left behind is not one."""
    return sorted(
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file()
        and (path.suffix in _SUFFIXES or path.name == _LICENCE)
        and not any(part.startswith(".") for part in path.relative_to(source).parts)
    )


def plugin_zip(source: Path = SOURCE) -> bytes:
    """Return the zip that Moodle's « Installer des plugins » page accepts."""
    return zipped({f"{ROOT}/{path.as_posix()}": (source / path).read_bytes() for path in plugin_files(source)})
