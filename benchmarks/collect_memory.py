"""Whether collecting needs more memory for more: `python -m benchmarks.collect_memory [--sortie DOSSIER]`.

The captured mix (see `corpus`), 100 000 and 1 000 000 statements, each collected and resolved by a process of its own
into a ledger on SQLite; the figures are the peak of its memory, as the system accounts for it. The exit code is 1 when
one is above its bound.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.corpus import known_world, write_jsonl

SIZES = (100_000, 1_000_000)
MOST_MB, MOST_RATIO = 200, 1.2


def measure(number: int) -> float:
    """Return the peak, in MB, of a process that collects `number` statements."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known_world(folder).close()
        file = write_jsonl(folder / "declarations.jsonl", number)
        command = [sys.executable, "-m", "benchmarks.collect_memory", "--collecter", str(file)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def collect(file: Path) -> None:
    """Collect a file into the ledger beside it, and print this process's peak in MB."""
    from connector.cli.main import main as parcours  # noqa: PLC0415 - this process is the one that is measured

    try:
        parcours(["--donnees", str(file.parent), "collecter", "--fichier", str(file)])
    except SystemExit as exc:
        if exc.code:
            raise
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collecter", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--sortie", type=Path)
    given = parser.parse_args()
    if given.collecter:
        collect(given.collecter)
        return 0
    peaks = {size: round(measure(size), 1) for size in SIZES}
    ratio = round(peaks[SIZES[1]] / peaks[SIZES[0]], 3)
    text = json.dumps({"pic_mo": peaks, "ratio": ratio, "au_plus_mo": MOST_MB, "au_plus_ratio": MOST_RATIO}, indent=2)
    print(text)
    if given.sortie:
        (given.sortie / "collect-memory.json").write_text(text + "\n", encoding="utf-8")
    return 0 if max(peaks.values()) <= MOST_MB and ratio <= MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
