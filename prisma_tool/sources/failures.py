"""How a try fails, as an error that is raised and as the facts that are remembered of it.

Invariant: what is kept while further tries are made are words and numbers. A kept exception would keep, through its traceback and
its context, the answer that it is about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Failure:
    """What is remembered of a try that failed.

    `blames_question` marks answers that name the term as the trouble, `heavy` those that a smaller portion would perhaps not meet
    (time-outs, answers cut short or too large), `too_large` the last of these. `retry_after` is the pause in seconds that the service asks for.
    """

    reason: str
    retry_after: float | None = None
    blames_question: bool = False
    heavy: bool = False
    too_large: bool = False


class TransientError(Exception):
    """This try failed; another may not. `failure` is all that needs to be kept of it."""

    def __init__(
        self, reason: str, *, retry_after: float | None = None, blames_question: bool = False, heavy: bool = False
    ) -> None:
        super().__init__(reason)
        self.failure = Failure(reason, retry_after, blames_question, heavy)


class AnswerTooLargeError(TransientError):
    """The answer is larger than any that is believed, as it was sent or decompressed; the rest of it was not read."""

    def __init__(self, most: int) -> None:
        super().__init__(f"an answer of more than {most // (1024 * 1024):,} MB or without end", heavy=True)
        self.failure = replace(self.failure, too_large=True)
