"""Work for several hosts side by side, and for one host one piece after the other.

Invariant: no host is sent a second request before the first was answered; what comes back is handled by the one thread that asks for it, so
that whatever it writes has one writer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Self

LOOK_SECONDS = 0.2
"""How often the waiting thread looks up, so that Ctrl-C and a request to stop are heeded while hosts think."""

Handle = Callable[[Any], None]
Piece = tuple[Callable[[], Any], Handle]


@dataclass(slots=True)
class HostQueues:
    """A thread for each host that was given work. Leaving the context drops what was not begun."""

    open_pieces: int = 0
    _queues: dict[str, SimpleQueue[Piece | None]] = field(default_factory=dict)
    _results: SimpleQueue[tuple[Handle, Any, BaseException | None]] = field(default_factory=SimpleQueue)
    _stopped: bool = False

    def submit(self, host: str, work: Callable[[], Any], handle: Handle) -> None:
        """Have `work` done when the host's turn comes; its result goes to `handle`, in the thread that calls `handle_next`."""
        if host not in self._queues:
            self._queues[host] = SimpleQueue()
            Thread(target=self._serve, args=(self._queues[host],), name=f"ask {host}", daemon=True).start()
        self.open_pieces += 1
        self._queues[host].put((work, handle))

    def handle_next(self) -> bool:
        """Handle a result that came within `LOOK_SECONDS`; false where none did. An error of the work is raised here."""
        try:
            handle, result, error = self._results.get(timeout=LOOK_SECONDS)
        except Empty:
            return False
        self.open_pieces -= 1
        if error is not None:
            raise error
        handle(result)
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped = True
        for queue in self._queues.values():
            queue.put(None)

    def _serve(self, queue: SimpleQueue[Piece | None]) -> None:
        while (piece := queue.get()) is not None and not self._stopped:
            work, handle = piece
            try:
                self._results.put((handle, work(), None))
            except BaseException as error:  # noqa: BLE001 - it is raised again where the results are handled
                self._results.put((handle, None, error))
