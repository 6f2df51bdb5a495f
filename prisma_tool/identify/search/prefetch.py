"""Work done ahead in threads, its results handed over one by one to the thread that stores them.

Invariants: no more than `depth` results wait, so memory stays bounded; what goes wrong in a thread is raised where its results are
taken, after the results that came before; when the taking ends, however it ends, no thread does anything further.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from threading import Condition, Thread
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")
LOOK_UP_SECONDS = 0.25
"""How often whoever waits for a result looks whether it should still wait."""


class Ahead(Generic[T]):
    """Runs each of `works` in a thread of its own; use as a context manager, and take the `results` within."""

    def __init__(self, works: Sequence[Iterator[T]], depth: int = 1) -> None:
        self._works, self._depth = works, depth
        self._ready: deque[T] = deque()
        self._errors: list[BaseException] = []
        self._running, self._closed = len(works), False
        self._changed = Condition()

    def __enter__(self) -> Self:
        for work in self._works:
            # Daemons: a thread that waits for a silent service must not keep a stopped program alive.
            Thread(target=self._run, args=(work,), name="fetching ahead", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def results(self, still_wanted: Callable[[], None]) -> Iterator[T]:
        """The results in the order of their arrival.

        Args:
            still_wanted: called before each result and every `LOOK_UP_SECONDS` while waiting; it may raise to end the waiting.

        Raises:
            BaseException: whatever `still_wanted` raises, or ended one of the threads.
        """
        while True:
            still_wanted()
            with self._changed:
                if not (self._ready or self._errors) and self._running:
                    self._changed.wait(LOOK_UP_SECONDS)
                result = [self._ready.popleft()] if self._ready else []
                self._changed.notify_all()
                if not result and self._errors:
                    raise self._errors[0]
                if not result and not self._running:
                    return
            yield from result

    def _run(self, work: Iterator[T]) -> None:
        with _Ending(self):
            for result in work:
                if not self._hand_over(result):
                    return

    def _hand_over(self, result: T) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._errors or len(self._ready) < self._depth)
            if not self._closed:
                self._ready.append(result)
            self._changed.notify_all()
            return not (self._closed or self._errors)

    def ended(self, error: BaseException | None) -> None:
        """One of the threads came to its end, well or with an error."""
        with self._changed:
            self._running -= 1
            if error is not None:
                self._errors.append(error)
            self._changed.notify_all()


class _Ending(Generic[T]):
    """Carries whatever ends a thread over to the thread that takes the results."""

    def __init__(self, ahead: Ahead[T]) -> None:
        self._ahead = ahead

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        self._ahead.ended(error)
        return True
