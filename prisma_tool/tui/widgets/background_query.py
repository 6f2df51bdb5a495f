"""Questions that take a while, asked beside the interface.

Invariants: of one asker, one question is asked at a time, in a thread; of those put meanwhile only the newest is asked, and no answer to
an older one is ever given. Whatever goes wrong in the thread is told as a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from textual.widget import Widget

from prisma_tool.errors import PrismaError

Q = TypeVar("Q")
A = TypeVar("A")


class BackgroundQuery(Generic[Q, A]):
    """Asks `work` for `widget` and gives the answer to `done`, or what was wrong to `failed`, both in the interface's own thread.

    `work` gets the question, and a function by which a long look learns that nobody waits for its answer any more.
    """

    def __init__(
        self,
        widget: Widget,
        work: Callable[[Q, Callable[[], bool]], A],
        done: Callable[[Q, A], None],
        failed: Callable[[PrismaError], None],
    ) -> None:
        self.widget, self.work, self.done, self.failed = widget, work, done, failed
        self._asked: list[Q] = []
        self.is_busy = False

    def ask(self, question: Q) -> None:
        """Ask this, and nothing that was asked before."""
        self._asked[:] = [question]
        if not self.is_busy:
            self._begin()

    def _begin(self) -> None:
        self.is_busy = True
        asking = partial(self._ask, self._asked[0])
        self.widget.run_worker(asking, thread=True, group="asking", exit_on_error=False)

    def _ask(self, question: Q) -> None:
        try:
            answered = partial(self.done, question, self.work(question, lambda: self._awaits(question)))
        except PrismaError as error:
            answered = partial(self.failed, error)
        except Exception as error:  # noqa: BLE001 - a mistake of the program must not end it, nor leave one waiting for ever
            answered = partial(self.failed, PrismaError(f"An error in the program ({error!r}); please report it."))
        self.widget.call_later(self._end, question, answered)

    def _awaits(self, question: Q) -> bool:
        return any(asked is question for asked in self._asked)

    def _end(self, question: Q, answered: Callable[[], None]) -> None:
        self.is_busy = False
        if self._awaits(question):
            self._asked.clear()
            answered()
        elif self._asked:
            self._begin()
