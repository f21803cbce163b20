"""What can go wrong here; the class says what to do, as in the rest of the program.

`xapi` imports nothing of ours: whoever calls it turns these into sentences for a user. None holds a secret.
"""

from __future__ import annotations


class XapiError(Exception):
    """Root of everything that this package refuses or fails at."""


class ConfigError(XapiError):
    """An address, a credential or a right must be changed; trying again is useless."""


class NotFoundError(ConfigError):
    """There is nothing at this address: no such statement, or no LRS at all."""


class CertificateError(ConfigError):
    """The certificate of the LRS is not one that we may trust."""


class ProxyError(ConfigError):
    """The proxy does not let the LRS be reached."""


class DatabaseError(ConfigError):
    """A database does not open. `reason` is a stable code, `detail` what the database said, if anything.

    Reasons: `dsn`, `memory`, `backend`, `driver`, `folder`, `refused`, `newer`.
    """

    def __init__(self, reason: str, sentence: str, detail: str = "") -> None:
        super().__init__(f"{sentence}: {detail}" if detail else sentence)
        self.reason = reason
        self.detail = detail


class FatalError(XapiError):
    """The LRS answered something that ends this operation; trying again as it is will fail."""


class TooLargeError(FatalError):
    """An answer is larger than we take: ask for fewer statements at once."""


class ExpiredError(FatalError):
    """The LRS no longer gives the next page of a chain; the chain can be begun again. Its cause is what it answered."""


class RetriableError(XapiError):
    """The LRS was unreachable or busy. `after` is the number of seconds it asked to wait, when it did."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class FailingError(RetriableError):
    """The LRS itself fails (500): on a next page, as some do with one that they have forgotten."""


class DataError(XapiError):
    """One statement or one parameter is wrong; everything else can go on."""


class ConflictError(DataError):
    """A statement with this id is already stored, and says something else (xAPI 1.0.3 part 3, 2.1.1: 409)."""


class StatementError(DataError):
    """This statement cannot be read or accepted.

    `reason` is a stable code for queues and counts; `detail` is an English sentence without personal data.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
