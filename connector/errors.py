"""The one tree of errors: the class says what to do about it.

Every message is a complete sentence in French, because it reaches a user. None holds a secret.
"""

from __future__ import annotations


class ParcoursError(Exception):
    """Root of everything that the program refuses or fails at; the message is shown as it is.

    A remedy `for_operator` is a command or a file of theirs: whoever has only the pages is sent to the operator.
    """

    def __init__(self, message: str, *, remedy: str | None = None, for_operator: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.for_operator = for_operator

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message


class ConfigError(ParcoursError):
    """Somebody must change the configuration, a right or an installation; trying again is useless."""


class FatalError(ParcoursError):
    """The other side answered something that ends this operation; trying again as it is will fail."""


class RetriableError(ParcoursError):
    """The other side was unreachable or busy: the same call may pass later.

    `after` is the number of seconds the other side asked to wait, when it did.
    """

    def __init__(self, message: str, *, remedy: str | None = None, after: float | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.after = after


class DataError(ParcoursError):
    """A file or a record is wrong: correct it; everything else can go on."""


class UncertainError(RetriableError):
    """A write was sent and its outcome is unknown: observe before sending it again."""
