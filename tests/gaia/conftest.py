"""A night of GAIA, all of its people invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

DAY = "20261122"
FORMATIONS = (
    "DEP069|26D0690001|Lyon 4, mathématiques|52345|Calcul mental|118|01|07/10/2026|13:30|07/10/2026|16:30|E|École J|",
    "DEP069|26D0690001|Lyon 4, mathématiques|52345|Calcul mental|119|02|14/10/2026|13:30|14/10/2026|16:30|E||",
    "ACA10|26A0100042|Plan académique|61111|Calcul mental, PAF|7|01|08/10/2026|09:00|08/10/2026|17:00|E|Collège|",
    "ACA10|26N0000001|National|70000|Laïcité|1|01|01/12/2026|09:00|02/12/2026|17:00|D||x",
)
INTERVENANTS = ("DEP069|52345|Martin|Anne|Anne.Martin@ac-exemple.fr|",)
STAGIAIRES = (
    "DEP069|118|Arnaud|Camille|camille.arnaud@ac-exemple.fr",
    "DEP069|118|Belkacem|Inès|INES.BELKACEM@ac-exemple.fr",
    "DEP069|119|Bertin|Hugo|hugo.bertin@ac-exemple.fr",
    "ACA10|7|Cazal|Salomé|salome.cazal@ac-exemple.fr",
    "ACA10|1|Cherif|Nadia|nadia.cherif@ac-exemple.fr",
)


class Depot:
    """Writes exports as GAIA does."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(
        self,
        formations: tuple[str, ...] = FORMATIONS,
        intervenants: tuple[str, ...] = INTERVENANTS,
        stagiaires: tuple[str, ...] = STAGIAIRES,
        *,
        code: str = "ACA10",
        day: str = DAY,
        encoding: str = "cp1252",
    ) -> Path:
        folder = self.root / day
        folder.mkdir(parents=True, exist_ok=True)
        for kind, lines in (("Formations", formations), ("Intervenants", intervenants), ("Stagiaires", stagiaires)):
            text = "".join(f"{line}\r\n" for line in lines)
            (folder / f"{code}_{kind}_{day}.csv").write_bytes(text.encode(encoding))
        return folder


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    return Depot(tmp_path / "gaia")
