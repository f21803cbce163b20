"""A sandbox that is not served: the published session, at a known instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.moodle.sandbox import Sandbox
from tests.sandbox.worlds import NOW, settle

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    site = Sandbox(lambda: NOW)
    try:
        yield settle(site)
    finally:
        site.stop()
