"""The session of tests/data/publication, with a question of every kind, as a publication and as a backup."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector.moodle.mbz.backup import backup_files
from connector.publish.modules import everywhere
from tests.publish.conftest import FILES, SUPPLY, wanted_from

if TYPE_CHECKING:
    from connector.moodle.document import Publication

GIFT = Path(__file__).parents[1] / "data" / "gift" / "tous-les-types.gift"


def content(sha1: str) -> bytes:
    """What a file of that session holds."""
    return SUPPLY.sources[sha1].content()


@pytest.fixture(scope="session")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    folder = tmp_path_factory.mktemp("mbz") / "publication"
    shutil.copytree(FILES, folder)
    shutil.copy(GIFT, folder / "test-final.gift")
    return everywhere(wanted_from(folder))


@pytest.fixture(scope="session")
def files(wanted: Publication) -> dict[str, bytes]:
    return backup_files(wanted, content)
