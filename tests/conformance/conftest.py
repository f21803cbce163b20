"""The grounds on which the suite runs: `sandbox`, `4.5` and `5.1` (recordings), `moodle` (a real site, if given)."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

import pytest
import requests

from connector.moodle.encode import encode
from connector.moodle.functions import OBSERVE, PUBLISH, get_site_info
from connector.moodle.sandbox import Sandbox
from tests.conformance.grounds import CATEGORY, REST, Ground, Replay, participant_of, settle

if TYPE_CHECKING:
    from collections.abc import Iterator

URL, TOKEN, PARTICIPANT = (f"PARCOURS_MOODLE_{name}" for name in ("URL", "JETON", "JETON_PARTICIPANT"))


@pytest.fixture(
    scope="module",
    params=["sandbox", "4.5", "5.1", pytest.param("moodle", marks=pytest.mark.moodle)],
)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    match request.param:
        case "sandbox":
            with Sandbox() as sandbox:
                yield _sandbox_ground(sandbox)
        case "moodle":
            real = _real_ground()
            yield real
            _clean(real)
        case version:
            yield Replay(version)


def _sandbox_ground(sandbox: Sandbox) -> Ground:
    tokens = {
        "connector": sandbox.token,
        "participant": sandbox.person_token("camille.arnaud@ac-exemple.fr"),
        "stranger": secrets.token_hex(16),
    }
    ground = Ground(sandbox.url, tokens, "4.5")
    ground.world = settle(ground, participant_of(ground))
    return ground


def _real_ground() -> Ground:
    missing = [name for name in (URL, TOKEN) if not os.environ.get(name)]
    if missing:
        pytest.skip(f"no real Moodle: {', '.join(missing)} not set")
    tokens = {"connector": os.environ[TOKEN], "stranger": secrets.token_hex(16)}
    if os.environ.get(PARTICIPANT):
        tokens["participant"] = os.environ[PARTICIPANT]
    ground = Ground(os.environ[URL].rstrip("/"), tokens, "4.5")
    site = get_site_info(ground.transport())
    lacking = site.lacks(PUBLISH, OBSERVE)
    if lacking:
        pytest.skip(f"{ground.url} has no {', '.join(lacking)}: install the plugin local_parcours")
    ground.version = "4.5" if site.release.startswith("4.") else "5.1"
    ground.world = settle(ground, participant_of(ground))
    return ground


def _clean(ground: Ground) -> None:
    """Delete the two courses and their category."""
    assert ground.world is not None
    courses = [ground.world.course, ground.world.foreign_course]
    _core(ground, "core_course_delete_courses", {"courseids": courses})
    criteria = [{"key": "idnumber", "value": CATEGORY}]
    for category in _core(ground, "core_course_get_categories", {"criteria": criteria}):
        _core(ground, "core_course_delete_categories", {"categories": [{"id": category["id"], "recursive": True}]})


def _core(ground: Ground, function: str, params: dict[str, Any]) -> Any:
    form = {"wstoken": ground.tokens["connector"], "wsfunction": function, "moodlewsrestformat": "json"}
    answer = requests.post(f"{ground.url}{REST}", data=[*form.items(), *encode(params)], timeout=60).json()
    assert not (isinstance(answer, dict) and "exception" in answer), answer
    return answer
