"""Several indexes asked at the same time, each in a thread, while one thread alone keeps what they answer.

Invariant: whatever reads or writes the review is done by the thread that called, in the order in which it is handed over; when that thread stops,
nothing of the others is kept any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar, cast

from prisma_tool.errors import PrismaError

T = TypeVar("T")
LOOK_SECONDS = 0.2
"""How often the calling thread looks up, so that Ctrl-C is heeded while the indexes think."""


@dataclass(slots=True)
class Handover:
    """Lets a thread have something done by the one that called."""

    _pieces: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = field(default_factory=SimpleQueue)

    def call(self, work: Callable[[], T]) -> T:
        """What `work` gives or raises, done by the calling thread."""
        result: Future[Any] = Future()
        self._pieces.put((work, result))
        return cast("T", result.result())

    def wake(self) -> None:
        """Have the calling thread look up."""
        self._pieces.put((lambda: None, Future()))

    def serve(self) -> None:
        """Do what was handed over last, if anything was, within `LOOK_SECONDS`."""
        try:
            work, result = self._pieces.get(timeout=LOOK_SECONDS)
        except Empty:
            return
        try:
            result.set_result(work())
        except PrismaError as error:
            result.set_exception(error)


@dataclass(slots=True)
class _Task(Generic[T]):
    result: T | None = None
    error: BaseException | None = None


def side_by_side(tasks: Sequence[Callable[[Handover], T]]) -> list[T | PrismaError]:
    """What each task gives, or the error that it ends with, in their order; all run at once."""
    handover, done = Handover(), [_Task[T]() for _ in tasks]
    threads = [
        Thread(target=_run, args=(task, handover, ended), name=f"index {place}", daemon=True)
        for place, (task, ended) in enumerate(zip(tasks, done, strict=True))
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        handover.serve()
    unexpected = next((one.error for one in done if one.error and not isinstance(one.error, PrismaError)), None)
    if unexpected is not None:
        raise unexpected
    return [one.error if isinstance(one.error, PrismaError) else cast("T", one.result) for one in done]


def _run(task: Callable[[Handover], T], handover: Handover, ended: _Task[T]) -> None:
    try:
        ended.result = task(handover)
    except BaseException as error:  # noqa: BLE001 - it is raised again, or handed on, by the calling thread
        ended.error = error
    finally:
        # So that the calling thread does not wait to learn that this one has ended.
        handover.wake()
