"""A slow line to a PostgreSQL server on this machine: what is sent arrives after half the round trip, and round trips are counted."""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class SlowLine:
    """A port of this machine that leads to the server."""

    port: int
    _trips: Any

    def url(self, database: str) -> str:
        """The address of a database at its end."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    @property
    def trips(self) -> int:
        """How many round trips there were so far: what was sent after an answer, whatever it held, and answered."""
        return int(self._trips.value)


@contextmanager
def slow_line(place: Path, milliseconds: float) -> Iterator[SlowLine]:
    """A line to the server that listens in this folder, with so many milliseconds a round trip, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    trips, port, ready = context.Value(ctypes.c_long, 0), context.Value(ctypes.c_int, 0), context.Event()
    process = context.Process(target=_run, args=(str(place), milliseconds / 2000, trips, port, ready), daemon=True)
    process.start()
    try:
        ready.wait()
        yield SlowLine(port.value, trips)
    finally:
        process.terminate()
        process.join()


def _run(place: str, delay: float, trips: Any, port: Any, ready: Any) -> None:
    asyncio.run(_serve(place, delay, trips, port, ready))


async def _serve(place: str, delay: float, trips: Any, port: Any, ready: Any) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_unix_connection(f"{place}/.s.PGSQL.5432")
        answered = [True]

        def ask() -> None:
            trips.value += answered[0]
            answered[0] = False

        def answer() -> None:
            answered[0] = True

        await asyncio.gather(_carry(reader, questions, delay, ask), _carry(answers, writer, delay, answer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port.value = server.sockets[0].getsockname()[1]
    ready.set()
    await server.serve_forever()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, delay: float, note: Any) -> None:
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
