"""Everything that can go wrong, as one tree; a user only ever sees the sentence.

    PrismaError                 a sentence for the user: what is wrong, where, what to do (exit 1)
    |-- UsageError              the command was asked for something that it cannot mean (exit 2)
    |-- ReviewError             the review folder or its review.toml
    |-- StoreError              the database: unreachable, full, read-only, newer than this program
    |-- FormatError             a file or an answer that is not what it was taken for
    |   `-- EncodingInDoubt     text that reads almost as well in two encodings
    |-- DecisionError           a verdict, retrieval or link that the rules refuse
    |-- SearchRefused           the service will never answer this question (bad key, bad strategy) (exit 1)
    `-- Interrupted             unfinished, but the same command resumes it (exit 3)

Every class carries its exit code, so that the command line needs one handler and no table beside it. A check that does not hold is no
error: `flow --check` and `doctor` report and exit with 4 by themselves.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller; a contract with other programs."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INCOMPLETE = 3
    CHECK_FAILED = 4
    NEW_TO_SCREEN = 10
    """`watch`: something new waits to be screened."""
    DECIDED_CHANGED = 11
    """`watch`: something has changed about what was decided."""


WORST_FIRST = (ExitCode.USAGE, ExitCode.FAILED, ExitCode.INCOMPLETE, ExitCode.CHECK_FAILED, ExitCode.DONE)
"""With several parts the worst code wins, in this order."""


def worst(codes: list[ExitCode]) -> ExitCode:
    """The code of a command that had several parts; no parts at all is done."""
    return min(codes, key=WORST_FIRST.index, default=ExitCode.DONE)


class PrismaError(Exception):
    """Root of all expected failures. The message is complete: it is printed as it stands."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(PrismaError):
    """The command line or environment asks for something impossible."""

    exit_code = ExitCode.USAGE


class ReviewError(PrismaError):
    """The review folder is missing, exists already, or its review.toml cannot be understood."""


class StoreError(PrismaError):
    """The database cannot be used as it is."""


class FormatError(PrismaError):
    """A whole file or answer is unreadable; single bad entries are rejects, not errors."""


class EncodingInDoubt(FormatError):
    """Text that a person has to name the encoding of; `readings` are lines of it in each that it may be in."""

    def __init__(self, message: str, readings: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        super().__init__(message)
        self.readings = readings


class DecisionError(PrismaError):
    """A verdict, retrieval or link breaks a rule of the review."""


class SearchRefused(PrismaError):
    """The service refuses for a reason that trying again cannot mend."""


class Interrupted(PrismaError):
    """The work stopped before its end; what is done is kept and the same command goes on."""

    exit_code = ExitCode.INCOMPLETE
