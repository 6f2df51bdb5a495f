"""The archive of a deposit: a ZIP file of which every byte follows from its files, written and read part by part.

Owns what such an archive looks like: plain names in ASCII, each once; no dates, comments or extra fields; no gap between the parts. Invariant:
what is read here was written like that, or it is refused; nothing is unpacked beyond the size that its entry states and the limits below.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from prisma_tool.errors import FormatError

LARGEST_FILE = (1 << 31) - 1
"""Bytes of one file; larger ones would need another form of entries."""
LARGEST_WHOLE = 4 << 30
"""Bytes of all files together when unpacked."""
_MOST_GROWTH, _SMALL = 200, 64 << 20
"""How many times larger than the archive its files may be; logs and tables shrink to a fifth to a twentieth. A small sum is always allowed."""
MOST_FILES = 20_000
_PIECE = 1 << 18
_STORED, _DEFLATED = 0, 8
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _UNIX, _NO_DATE = 20, 3, 0x21
_MODE = 0o100644 << 16
_NAME = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_LONGEST_NAME = 240
_KEPT_AS_IT_IS = (".gz", "manifest.json")
"""Endings of files that are not compressed: they are already, or are the file that vouches for how the others are packed."""


class NotCanonical(FormatError):
    """An archive that is not packed as deposits are."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the archive; `packed` is the SHA-256 over its bytes as they lie there, `sha256` over the file itself."""

    name: str
    method: int
    crc: int
    packed_size: int
    size: int
    offset: int
    sha256: str = ""
    packed: str = ""

    def local(self) -> bytes:
        """The header before the file's bytes."""
        name = self.name.encode()
        sizes = (self.crc, self.packed_size, self.size)
        return _LOCAL.pack(b"PK\3\4", _VERSION, 0, self.method, 0, _NO_DATE, *sizes, len(name), 0) + name

    def central(self) -> bytes:
        """The entry in the list at the end."""
        name = self.name.encode()
        head = (b"PK\1\2", _VERSION | _UNIX << 8, _VERSION, 0, self.method, 0, _NO_DATE)
        return _CENTRAL.pack(*head, self.crc, self.packed_size, self.size, len(name), 0, 0, 0, 0, _MODE, self.offset) + name


def is_plain_name(name: str) -> bool:
    """Whether a file may be called so in a deposit: relative, in ASCII, without steps back, hidden folders or anything a system takes amiss."""
    dotted = {"", ".", ".."}
    return bool(_NAME.fullmatch(name)) and len(name) <= _LONGEST_NAME and dotted.isdisjoint(name.split("/"))


class ArchiveWriter:
    """Writes an archive into an open file that can be read too; `entries` are those written so far."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.entries: list[Entry] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> Entry:
        """Write a file.

        Raises:
            FormatError: its name is none, is taken, or it is too large.
        """
        if not is_plain_name(name) or any(entry.name == name for entry in self.entries):
            raise FormatError(f"'{name}' cannot be the name of a file in a deposit; rename what it is called after.")
        method = _STORED if name.endswith(_KEPT_AS_IT_IS) else _DEFLATED
        offset = self._stream.tell()
        self._stream.write(Entry(name, method, 0, 0, 0, offset).local())
        entry = self._write(name, method, offset, pieces)
        end = self._stream.tell()
        self._stream.seek(offset)
        self._stream.write(entry.local())
        self._stream.seek(end)
        self.entries.append(entry)
        return entry

    def _write(self, name: str, method: int, offset: int, pieces: Iterable[bytes]) -> Entry:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15) if method == _DEFLATED else None
        plain, packed, crc, size, packed_size = hashlib.sha256(), hashlib.sha256(), 0, 0, 0
        for piece in _with_end(pieces):
            plain.update(piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            out = packer.compress(piece) if packer and piece else packer.flush() if packer else piece
            packed.update(out)
            packed_size += len(out)
            self._stream.write(out)
            if max(size, packed_size) > LARGEST_FILE:
                raise FormatError(f"{name} would be larger than 2 GB, which a deposit cannot hold.")
        return Entry(name, method, crc, packed_size, size, offset, plain.hexdigest(), packed.hexdigest())

    def finish(self) -> None:
        """Write the list of the files."""
        start = self._stream.tell()
        listed = b"".join(entry.central() for entry in self.entries)
        self._stream.write(listed + _end(len(self.entries), len(listed), start))


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger parts: to write, hash or look through many small ones costs far more."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if size:
        yield b"".join(waiting)


def _with_end(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes in blocks, then an empty one."""
    yield from blocks(pieces)
    yield b""


def _end(entries: int, size: int, start: int) -> bytes:
    return _END.pack(b"PK\5\6", 0, 0, entries, entries, size, start, 0)


class ArchiveReader:
    """Reads an archive from an open file."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Read the list of files and check all that is not a file's bytes.

        Raises:
            NotCanonical: it is packed otherwise than deposits are.
        """
        self._stream = stream
        self.entries = {entry.name: entry for entry in self._listed()}

    def _listed(self) -> list[Entry]:
        size = self._stream.seek(0, 2)
        count, length, start = self._tail(size)
        self._stream.seek(start)
        listed = self._stream.read(length)
        entries = list(_parsed(listed))
        if b"".join(entry.central() for entry in entries) != listed or len(entries) != count:
            raise NotCanonical("its list of files is not as deposits have it")
        self._require_parts(entries, start)
        return entries

    def _tail(self, size: int) -> tuple[int, int, int]:
        self._stream.seek(max(0, size - _END.size))
        tail = self._stream.read(_END.size)
        if len(tail) < _END.size:
            raise NotCanonical("it is too short for an archive")
        _, _, _, count, _, length, start, _ = _END.unpack(tail)
        if tail != _end(count, length, start) or start + length + _END.size != size or count > MOST_FILES:
            raise NotCanonical("it does not end as deposits do, or is cut off")
        return count, length, start

    def _require_parts(self, entries: list[Entry], start: int) -> None:
        names = [entry.name for entry in entries]
        if len({name.casefold() for name in names}) < len(names) or not all(map(is_plain_name, names)):
            raise NotCanonical("it holds two files of one name, or a name that leads out of its folder")
        most = min(LARGEST_WHOLE, _SMALL + _MOST_GROWTH * start)
        if sum(entry.size for entry in entries) > most or any(entry.size > LARGEST_FILE for entry in entries):
            raise NotCanonical("its files would be larger than any deposit when unpacked")
        place = 0
        for entry in entries:
            head = entry.local()
            self._stream.seek(place)
            if entry.offset != place or self._stream.read(len(head)) != head:
                raise NotCanonical(f"{entry.name} does not lie where its files should, or its header differs from the list")
            place += len(head) + entry.packed_size
        if place != start:
            raise NotCanonical("it holds something between its files and their list")

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, part by part.

        Raises:
            FormatError: they cannot be unpacked, or are not as many as the entry states.
        """
        entry, size = self.entries[name], 0
        for piece in self._unpacked(entry):
            size += len(piece)
            yield piece
        if size != entry.size:
            raise FormatError(f"{name} has another size than its entry says")

    def lines(self, name: str, at_most: int) -> Iterator[bytes]:
        """The lines of a file, each with its end, if it has one.

        Raises:
            FormatError: the file cannot be unpacked, or a line is longer than `at_most` bytes.
        """
        rest = b""
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from (line + b"\n" for line in whole)
            if len(rest) > at_most:
                raise FormatError(f"{name} has a line that is longer than any deposit's")
        if rest:
            yield rest

    def whole(self, name: str, at_most: int) -> bytes:
        """A small file at once.

        Raises:
            FormatError: it is not there, cannot be unpacked, or is larger than `at_most` bytes.
        """
        if name not in self.entries:
            raise FormatError(f"it has no {name}")
        if self.entries[name].size > at_most:
            raise FormatError(f"{name} is larger than any deposit's")
        return b"".join(self.pieces(name))

    def packed_sha256(self, name: str) -> str:
        """The SHA-256 over a file's bytes as they lie in the archive."""
        digest = hashlib.sha256()
        for piece in self._packed(self.entries[name]):
            digest.update(piece)
        return digest.hexdigest()

    def _packed(self, entry: Entry) -> Iterator[bytes]:
        place, left = entry.offset + len(entry.local()), entry.packed_size
        while left:
            self._stream.seek(place)
            piece = self._stream.read(min(left, _PIECE))
            if not piece:
                raise FormatError(f"{entry.name} is cut off")
            place, left = place + len(piece), left - len(piece)
            yield piece

    def _unpacked(self, entry: Entry) -> Iterator[bytes]:
        if entry.method == _STORED:
            yield from self._packed(entry)
            return
        unpacker, left = zlib.decompressobj(-15), entry.size
        with _explained(entry.name):
            for packed in self._packed(entry):
                rest = packed
                while rest and not unpacker.eof:
                    piece = unpacker.decompress(rest, _PIECE)
                    left, rest = left - len(piece), unpacker.unconsumed_tail
                    if left < 0:
                        raise FormatError(f"{entry.name} is larger than its entry says")
                    yield piece
            while piece := unpacker.decompress(unpacker.unconsumed_tail, _PIECE):
                left -= len(piece)
                if left < 0:
                    raise FormatError(f"{entry.name} is larger than its entry says")
                yield piece
        if not unpacker.eof or unpacker.unused_data:
            raise FormatError(f"{entry.name} is not packed to its end")


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn what zlib says of a file into a sentence."""
    try:
        yield
    except zlib.error as error:
        raise FormatError(f"{name} cannot be unpacked ({error})") from error


def _parsed(listed: bytes) -> Iterator[Entry]:
    place = 0
    while place + _CENTRAL.size <= len(listed):
        values = _CENTRAL.unpack_from(listed, place)
        method, crc, packed_size, size, name_size, offset = values[4], *values[7:11], values[-1]
        place += _CENTRAL.size
        name = listed[place : place + name_size]
        place += name_size
        if not name.isascii() or method not in (_STORED, _DEFLATED):
            raise NotCanonical("its list of files is not as deposits have it")
        yield Entry(name.decode(), method, crc, packed_size, size, offset)
    if place != len(listed):
        raise NotCanonical("its list of files is cut off")
