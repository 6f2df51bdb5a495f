"""Where the bytes of a file come from: memory, or a file that is read part by part.

Invariant: whoever reads by `blocks` holds one block at a time, so memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

BLOCK = 1 << 18


class ByteSource(Protocol):
    """Bytes that can be measured and cut: `bytes` themselves, or an open file that is asked for each part anew."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...


def blocks(data: ByteSource, begin: int = 0) -> Iterator[bytes]:
    """The bytes from `begin` on, block by block."""
    return (data[place : place + BLOCK] for place in range(begin, len(data), BLOCK))


def starts_with(data: ByteSource, mark: bytes) -> bool:
    """True where the bytes begin with `mark`."""
    return data[: len(mark)] == mark


def lined_blocks(data: ByteSource, begin: int = 0) -> Iterator[bytes]:
    """The same bytes, cut behind line ends alone."""
    waiting = list[bytes]()
    for block in blocks(data, begin):
        cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if cut:
            yield b"".join((*waiting, block[:cut]))
            waiting.clear()
        waiting.append(block[cut:])
    yield b"".join(waiting)
