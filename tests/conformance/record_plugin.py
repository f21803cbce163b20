"""Records the plugin's answers again, on a real site of one's own: `python -m tests.conformance.record_plugin 4.5`.

The site must be fresh (no course yet) and have the accounts that tests/data/plugin/README.md names. The environment
gives its address and tokens: PARCOURS_MOODLE_URL, PARCOURS_MOODLE_JETON, PARCOURS_JETON_PARTICIPANT and
PARCOURS_JETON_TRAINER.
Every case of that version is played in its order and its file is rewritten; a new case is a file without an answer.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import requests

from connector.moodle.encode import encode
from tests.conformance.grounds import REST
from tests.conformance.test_plugin_pairs import FOLDER, SAID, UPLOAD, pairs_of, uploaded

SITE, DOMAIN = "https://moodle.exemple.fr", "@ac-exemple.fr"
TOKENS = {
    "connector": "PARCOURS_MOODLE_JETON",
    "participant": "PARCOURS_JETON_PARTICIPANT",
    "trainer": "PARCOURS_JETON_TRAINER",
}


def played(pair: dict[str, Any], address: str, domain: str) -> tuple[int, Any]:
    """Return the status and the decoded answer of the site, its address and domain replaced."""
    if pair["function"] == UPLOAD:
        answer = uploaded(address, os.environ[TOKENS[pair["caller"]]], pair["args"])
        return answer.status_code, [{key: row[key] for key in SAID if key in row} for row in answer.json()]
    args = {
        key: json.dumps(value, ensure_ascii=False).replace(DOMAIN, domain)
        if key in ("document", "query") and not isinstance(value, str)
        else value
        for key, value in pair["args"].items()
    }
    form = [
        ("wstoken", os.environ[TOKENS[pair["caller"]]]),
        ("wsfunction", pair["function"]),
        ("moodlewsrestformat", "json"),
    ]
    answer = requests.post(f"{address}{REST}", data=[*form, *encode(args)], timeout=120)
    body = answer.json()
    text = json.dumps(json.loads(body) if isinstance(body, str) else body, ensure_ascii=False)
    return answer.status_code, json.loads(text.replace(address, SITE).replace(domain, DOMAIN))


def main(version: str) -> None:
    address = os.environ["PARCOURS_MOODLE_URL"].rstrip("/")
    domain = os.environ.get("PARCOURS_MOODLE_DOMAINE", "@ac-exemple.example")
    for pair in pairs_of(version):
        if pair["caller"] not in TOKENS:
            continue
        pair["status"], pair["body_json"] = played(pair, address, domain)
        path = FOLDER / version / f"{pair['case']}.json"
        path.write_text(json.dumps(pair, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
