"""A slow line to a PostgreSQL server on this machine: what is sent arrives after half the round trip, and round trips are counted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_CHUNK = 1 << 16


@dataclass(slots=True)
class SlowLine:
    """A port of this machine that leads to the server which listens in the folder `place`; half of a round trip takes `delay` seconds."""

    place: Path
    delay: float
    port: int = 0
    trips: int = 0
    """How many round trips there were so far: what was sent first of all or after an answer, whatever it held."""
    open: threading.Event = field(default_factory=threading.Event)
    close: Callable[[], object] = field(default=lambda: None)
    connections: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, database: str) -> str:
        """The address of a database at its end."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    async def serve(self) -> None:
        """Carry what comes until it is closed."""
        loop, closed = asyncio.get_running_loop(), asyncio.Event()
        self.close = lambda: loop.call_soon_threadsafe(closed.set)
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.open.set()
        await closed.wait()
        server.close()
        for one in self.connections:
            one.cancel()
        await asyncio.gather(*self.connections)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection. Whoever closes the line ends it, which is no failure: asyncio would print it as one."""
        task = asyncio.current_task()
        assert task is not None
        self.connections.add(task)
        try:
            await self._carry_both(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            self.connections.discard(task)

    async def _carry_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_unix_connection(f"{self.place}/.s.PGSQL.5432")
        answered = True

        def ask() -> None:
            nonlocal answered
            self.trips += answered
            answered = False

        def answer() -> None:
            nonlocal answered
            answered = True

        try:
            await asyncio.gather(_carry(reader, questions, self.delay, ask), _carry(answers, writer, self.delay, answer))
        finally:
            for end in (writer, questions):
                end.close()


@contextmanager
def slow_line(place: Path, milliseconds: float) -> Iterator[SlowLine]:
    """A line to the server that listens in this folder, with so many milliseconds a round trip, in a thread of its own."""
    line = SlowLine(place, milliseconds / 2000)
    thread = threading.Thread(target=lambda: asyncio.run(line.serve()), daemon=True)
    thread.start()
    line.open.wait()
    try:
        yield line
    finally:
        line.close()
        thread.join()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, delay: float, note: Callable[[], None]) -> None:
    """Hand on what comes, each piece after the delay, in order."""
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not piece:
                target.close()
                return
            note()
            target.write(piece)

    delivering = asyncio.create_task(deliver())
    try:
        while piece := await source.read(_CHUNK):
            pieces.put_nowait((loop.time() + delay, piece))
    except ConnectionError:
        pass
    pieces.put_nowait((loop.time() + delay, b""))
    await delivering
