"""Text in an encoding that a person named: their word decides, strictly.

Invariant: what is read is the file's bytes under that encoding, every one of them, or the file is refused with the place of the first
that means nothing there.
"""

from __future__ import annotations

import codecs
import difflib
import io
import re
from collections.abc import Iterator
from encodings.aliases import aliases
from itertools import chain

from prisma_tool.errors import FormatError, UsageError
from prisma_tool.formats.text.byte_source import ByteSource, blocks, starts_with
from prisma_tool.formats.text.encodings.likely_readings import PRIORS
from prisma_tool.model.text import one_line

_NO_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
"""Codecs that no file is in."""
_COMMON = (
    *PRIORS,
    "utf_8",
    "utf_16",
    "windows-1252",
    "windows-1251",
    "windows-1250",
    "latin_1",
    "gbk",
    "gb2312",
    "shift-jis",
    "koi8_u",
)
_DECLARATION = re.compile(r"(\s*<\?xml[^>]*?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_HEAD = 1_000
_CONTAINERS = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_SHOWN_BYTES = 4


def known_encoding(name: str) -> str:
    """Python's name of the encoding that a person means.

    Raises:
        UsageError: there is none of that name.
    """
    codec = _codec_of_text(name.strip())
    if not codec:
        raise UsageError(f"'{one_line(name)}' is not an encoding. {_suggestion(name)}")
    return codec


def _codec_of_text(name: str) -> str:
    """Python's name of an encoding that files of text are in; empty for what is none."""
    try:
        codec = codecs.lookup(name).name
        io.TextIOWrapper(io.BytesIO(), codec)  # refuses codecs that are none of text, such as hex
    except (LookupError, ValueError):
        return ""
    return "" if codec.replace("-", "_") in _NO_TEXT else codec


def _suggestion(name: str) -> str:
    known = (*_COMMON, *(alias.replace("_", "-") for alias in aliases if _codec_of_text(alias)))
    close = difflib.get_close_matches(name.lower().strip(), known, n=3, cutoff=0.7)
    return f"Did you mean {' or '.join(close)}?" if close else f"Common are {', '.join((*PRIORS, 'utf-8', 'utf-16'))}."


def as_utf8(data: ByteSource, encoding: str) -> bytes:
    """The file as UTF-8, read in the encoding that a person named (`known_encoding` gave it).

    Raises:
        FormatError: some bytes mean nothing in it, or the file is none of text.
    """
    return b"".join(utf8_parts(data, encoding))


def utf8_parts(data: ByteSource, encoding: str) -> Iterator[bytes]:
    """The same, part by part.

    Raises:
        FormatError: as `as_utf8`, when that part is reached.
    """
    if any(starts_with(data, mark) for mark in _CONTAINERS):
        raise FormatError("This file is not plain text, so it has no encoding to be named. Leave --encoding out.")
    for number, text in enumerate(_strictly_decoded(data, encoding)):
        # A file's first block holds the whole declaration.
        head = _DECLARATION.sub(r"\1", text[:_HEAD].removeprefix("\ufeff"), count=1) if not number else text[:_HEAD]
        yield f"{head}{text[_HEAD:]}".encode("utf-8", "replace")


def _strictly_decoded(data: ByteSource, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    newlines, lines, read = io.IncrementalNewlineDecoder(None, translate=True), 1, 0
    for block in chain(blocks(data), (b"",)):
        read += len(block)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            # What the decoder looked at ends with this block.
            offset = read - len(error.object) + error.start
            before = newlines.decode(error.object[: error.start].decode(encoding, "replace"), final=True)
            raise FormatError(_refusal(encoding, error, offset, lines + before.count("\n"))) from error
        except UnicodeError as error:
            # UTF-16 without its byte order mark: no byte of it is wrong, but nothing says how to read them.
            raise FormatError(
                f"This file is not in {encoding}: {error}. Name {encoding}-le or {encoding}-be, or leave --encoding out."
            ) from error
        lines += newlines.decode(text).count("\n")
        yield text


def _refusal(encoding: str, error: UnicodeDecodeError, offset: int, line: int) -> str:
    broken = " ".join(f"{byte:02X}" for byte in error.object[error.start : min(error.end, error.start + _SHOWN_BYTES)])
    return (
        f"This file is not in {encoding}: the byte {broken} at offset {offset} (line {line}) means nothing there. "
        "Name another encoding, or leave --encoding out."
    )


def valid_as_utf8(encoding: str) -> str:
    """What is said where `is_other_than_utf8` holds."""
    return f"The file is valid UTF-8, but was read as {encoding}, as you said; look at its letters."


def is_other_than_utf8(data: ByteSource, encoding: str) -> bool:
    """True where text beyond ASCII is valid UTF-8 and another encoding was named for it, which is rarely meant."""
    if encoding.startswith("utf"):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        foreign = [not decoder.decode(block).isascii() for block in blocks(data)]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return any(foreign)
