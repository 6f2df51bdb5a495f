"""Vectors of texts on the disk: what has been encoded once is not encoded again while its words stay the same.

Invariants: a vector is found by the hash of its text and of the weights that made it; the file grows at its end only, a portion at a
time, until it is pruned; what is damaged or missing only means encoding anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.file_io import write_atomically
from prisma_tool.ranking.sentence_encoder import MODEL, WIDTH, Encoder, Floats

_PREFIX = "vectors-"
_ENTRY = np.dtype([("text", np.uint8, 16), ("vector", np.float16, WIDTH)])
_PORTION = 16
"""Texts between two writes: half a second of one processor, and what an interruption costs."""
_SPARE = 2
"""The file may hold so many times the vectors that are wanted before the others are dropped."""
_ROUNDED = 0.01
"""How far the length of a kept vector may be from one."""


class KeptVectors:
    """The vectors that a folder keeps, as they were when it was looked at."""

    def __init__(self, folder: Path) -> None:
        self._entries = _read(_path(folder))
        self._places = {entry.tobytes(): place for place, entry in enumerate(self._entries["text"])}

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Those of the texts without a vector, each once."""
        return [text for text in dict.fromkeys(texts) if _hash(text) not in self._places]

    def of(self, texts: Sequence[str]) -> Floats | None:
        """The vectors of these texts, of shape (texts, WIDTH); None where some are missing."""
        places = [place for text in texts if (place := self._places.get(_hash(text))) is not None]
        return self._entries["vector"][places].astype(np.float32) if len(places) == len(texts) else None

    def entries(self, texts: Sequence[str]) -> bytes:
        """Of what is kept, the part that these texts want, as it stands in the file."""
        places = [place for text in dict.fromkeys(texts) if (place := self._places.get(_hash(text))) is not None]
        return self._entries[places].tobytes()

    def __len__(self) -> int:
        return len(self._entries)


def encode_missing(folder: Path, texts: Sequence[str], encoder: Encoder) -> Iterator[int]:
    """Encode what is missing, a portion at a time; before each and after the last, how many texts are still without a vector.

    Raises:
        UsageError: the folder cannot be written to.
    """
    missing = sorted(KeptVectors(folder).missing(texts), key=len)
    for begin in range(0, len(missing), _PORTION):
        yield len(missing) - begin
        portion = missing[begin : begin + _PORTION]
        _append(folder, portion, encoder.vectors(portion))
    _prune(folder, texts)
    yield 0


def _append(folder: Path, texts: Sequence[str], vectors: Floats) -> None:
    added = np.zeros(len(texts), dtype=_ENTRY)
    added["vector"] = vectors
    added["text"] = [list(_hash(text)) for text in texts]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _path(folder).open("ab") as stream:
            # A write that was cut off would shift all that follows.
            stream.truncate(stream.tell() // _ENTRY.itemsize * _ENTRY.itemsize)
            stream.write(added.tobytes())
    except OSError as error:
        raise UsageError(f"{_path(folder)} cannot be written: {error.strerror or error}.") from error


def _prune(folder: Path, texts: Sequence[str]) -> None:
    """Drop what no text wants any more, once that is more than half, and what other weights made."""
    kept, path = KeptVectors(folder), _path(folder)
    with suppress(OSError, PrismaError):
        for other in folder.glob(f"{_PREFIX}*.bin"):
            if other != path:
                other.unlink(missing_ok=True)
        if len(kept) > _SPARE * len(set(texts)):
            write_atomically(path, kept.entries(texts))


def _path(folder: Path) -> Path:
    return folder / f"{_PREFIX}{MODEL[:16]}.bin"


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]


def _read(path: Path) -> NDArray[np.void]:
    """The whole entries of a file whose vectors have the length that vectors have; what is broken is left out."""
    try:
        content = path.read_bytes()
    except (OSError, MemoryError):
        content = b""
    entries = np.frombuffer(content, dtype=_ENTRY, count=len(content) // _ENTRY.itemsize)
    # What is damaged may be no number at all, which is no matter for a warning.
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(entries["vector"].astype(np.float32), axis=1)
    sound: NDArray[np.void] = entries[np.abs(lengths - 1) < _ROUNDED]
    return sound
