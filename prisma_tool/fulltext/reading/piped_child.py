"""How a process of its own reads documents that may be made to keep it busy or to fill its memory.

On the pipes between the two processes each piece stands behind its length in eight bytes. Invariant: a piece is whole or not taken.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import IO

MOST_MEMORY = 2 << 30
_LENGTH = 8


def begun(module: str) -> subprocess.Popen[bytes]:
    """A process that runs this module of ours and talks through pipes."""
    command = [sys.executable, "-m", module]
    return subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a process and give back its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def put(pipe: IO[bytes], data: bytes) -> None:
    """Write a piece."""
    pipe.write(len(data).to_bytes(_LENGTH, "big") + data)
    pipe.flush()


def taken(pipe: IO[bytes]) -> bytes:
    """What stands next on a pipe.

    Raises:
        EOFError: the pipe ends before it.
    """
    head = pipe.read(_LENGTH)
    size = int.from_bytes(head, "big")
    data = pipe.read(size) if len(head) == _LENGTH else b""
    if len(head) < _LENGTH or len(data) < size:
        raise EOFError
    return data


def limit_memory() -> None:
    """Bound what this process may take."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limits; the time-out stands there alone.
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
