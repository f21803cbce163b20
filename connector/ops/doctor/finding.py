"""What a diagnosis says: one finding after the other, each with its level and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from connector.errors import RetriableError
from connector.language import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.errors import ParcoursError

_LATER = N_("Réessayez dans quelques minutes.")
_ASK = N_("Montrez ce message à l'administrateur du site.")


class Level(StrEnum):
    """How bad it is; `UNTOLD` is for what nobody can know from here, and counts neither as good nor as bad."""

    OK = "ok"
    WATCH = N_("à surveiller")
    MEND = N_("à mender")
    UNTOLD = N_("non vérifiable")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: a stable `code`, its `subject` (an address, a folder), a French sentence."""

    code: str
    level: Level
    subject: str
    sentence: str
    remedy: str | None = None


@dataclass(frozen=True)
class About:
    """Makes the findings about one subject; it and the remedies may be sentences that are only marked."""

    subject: str

    def ok(self, code: str, sentence: str) -> Finding:
        """Nothing to do."""
        return Finding(code, Level.OK, _(self.subject), sentence)

    def watch(self, code: str, sentence: str, remedy: str) -> Finding:
        """It works today; somebody should look."""
        return Finding(code, Level.WATCH, _(self.subject), sentence, _(remedy))

    def mend(self, code: str, sentence: str, remedy: str) -> Finding:
        """Something does not work until somebody acts."""
        return Finding(code, Level.MEND, _(self.subject), sentence, _(remedy))

    def untold(self, code: str, sentence: str, remedy: str) -> Finding:
        """It cannot be known from here."""
        return Finding(code, Level.UNTOLD, _(self.subject), sentence, _(remedy))

    def fault(self, code: str, fault: ParcoursError) -> Finding:
        """What failed, in the sentence that every command would show."""
        usual = _LATER if isinstance(fault, RetriableError) else _ASK
        return self.mend(code, fault.message, fault.remedy or usual)


def left_to_do(findings: Iterable[Finding]) -> bool:
    """Tell whether something is left to a person."""
    return any(finding.level in (Level.WATCH, Level.MEND) for finding in findings)
