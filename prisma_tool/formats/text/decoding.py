"""Bytes of unknown encoding as text with newline characters as line ends; the rule is fixed, so that the same file always reads the same.

Byte order mark, else UTF-16 that shows itself by its zero bytes, else strict UTF-8, else UTF-8 with the stray bytes of a joined file
read as Windows-1252, else what `legacy_encodings` finds, or a refusal where that is in doubt.
Invariants: the text holds no control character but tab and newline; a line ends at a newline only, never at U+2028 or U+0085.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from prisma_tool.errors import FormatError
from prisma_tool.formats.text.byte_source import ByteSource, blocks, starts_with
from prisma_tool.formats.text.encodings.legacy_encodings import legacy_choice
from prisma_tool.model.text import clean

_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an .xlsx, .docx or .ods document)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls or .doc)"),
    (b"{\\rtf", "a rich text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"SQLite format 3", "a SQLite database"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    ("\ufeff".encode().decode("latin-1").encode(), "utf-8"),  # a byte order mark that was itself encoded a second time
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL_BYTES = bytes(set(range(0x20)) - set(b"\t\n\r\f\x1a\x1b"))
"""Bytes that no text in a single-byte encoding or UTF-8 is full of."""
_MEANINGLESS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
"""Bytes without a character in Windows-1252."""
_STRAY, _FOREIGN = re.compile("[\udc80-\udcff]"), re.compile("[^\x00-\x7f\udc80-\udcff]")
_PROBE = 4096
_UTF16_SHARE, _UTF16_STRAYS = 0.2, 0.02
_BINARY_SHARE = 0.05
_LONGEST_SEQUENCE = 4
_WESTERN = "prisma-tool-western"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was read with, and what had to be changed to make it readable."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


class Look:
    """What a recogniser of a format may look at: the bytes from the beginning of a file (all of them or only a part), and as text."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def text(self) -> str:
        """The decoded text; where the encoding is in doubt, in the likeliest.

        Raises:
            FormatError: the bytes are a document, archive or image; so a recogniser of such a format must look at `data` and stand
                before all that look at the text.
        """
        return "".join(_decoding(self.data, ask=False).blocks())

    @cached_property
    def opening(self) -> str:
        """The first character that is no white space, or an empty text."""
        return self.text.lstrip()[:1]


@dataclass(slots=True)
class Decoding:
    """A file as text that is decoded in blocks; `warnings` is complete when the blocks have been gone through."""

    data: ByteSource
    encoding: str
    begin: int
    errors: str = "replace"
    warnings: list[str] = field(default_factory=list)

    def again(self) -> Decoding:
        """The same for a further pass over the file, with warnings of its own."""
        return replace(self, warnings=list(self.warnings))

    def blocks(self, end: str = "\n") -> Iterator[str]:
        """The text in pieces of some hundred kilobytes that end with a line, cleaned; their sum is the whole text.

        XML, JSON and BibTeX may be one line throughout: there `end` is the sign that ends a tag, value or field.
        """
        removed, strange = 0, False
        for block in _cut_behind(end, self._decoded()):
            harmless = cleaned(block)
            removed += len(block) - len(harmless)
            strange = strange or "\ufffd" in harmless
            yield harmless
        if strange and not self._is_decodable():
            self.warnings.append(f"Some bytes mean nothing in {self.encoding}; they stand as the replacement character \ufffd.")
        if removed:
            self.warnings.append(f"{removed} control characters were removed.")

    def _decoded(self) -> Iterator[str]:
        newlines = io.IncrementalNewlineDecoder(None, translate=True)
        for text in decoded_parts(self.data, self.begin, self.encoding, self.errors):
            yield newlines.decode(text)
        yield newlines.decode("", final=True)

    def _is_decodable(self) -> bool:
        """True where a replacement character was in the file already."""
        if self.errors == _WESTERN:
            return not any(map(_MEANINGLESS.search, blocks(self.data)))
        try:
            for _ in decoded_parts(self.data, self.begin, self.encoding):
                pass
        except UnicodeDecodeError:
            return False
        return True


def decoded_parts(data: ByteSource, begin: int, encoding: str, errors: str = "strict") -> Iterator[str]:
    """The bytes as text in parts; a character that stands across two parts is in the second.

    Args:
        data: The file.
        begin: The byte at which the text begins, behind a byte order mark.
        encoding: A codec of Python.
        errors: What the codec does with bytes that mean nothing, as in `bytes.decode`.

    Raises:
        UnicodeDecodeError: with `errors="strict"`, a sequence that means nothing.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    yield from map(decoder.decode, blocks(data, begin))
    yield decoder.decode(b"", final=True)


def cleaned(text: str) -> str:
    """`clean` for long texts: line tabulation and form feed part words, all other control characters go."""
    if text.replace("\n", " ").isprintable():
        return text
    return clean(text.replace("\x0b", " ").replace("\x0c", " "))


def _cut_behind(end: str, pieces: Iterator[str]) -> Iterator[str]:
    """The same text, cut behind line ends (or another sign) alone, so that no line and no escape sequence is in two pieces."""
    waiting: list[str] = []
    for piece in pieces:
        cut = piece.rfind(end) + 1
        if cut:
            yield "".join((*waiting, piece[:cut]))
            waiting = []
        waiting.append(piece[cut:])
    rest = "".join(waiting)
    if rest:
        yield rest


def decoding(data: ByteSource) -> Decoding:
    """How `data` is to be decoded; nothing has been decoded yet.

    Raises:
        FormatError: the bytes are a document, archive or image rather than text.
        EncodingInDoubt: a person has to name the encoding.
    """
    return _decoding(data, ask=True)


def _decoding(data: ByteSource, *, ask: bool) -> Decoding:
    _refuse_known_binary(data)
    result = _marked(data, ask=ask) or _unmarked_utf16(data) or _single_bytes(data, 0, ask=ask)
    if result.encoding in {"utf-8", "cp1252"}:
        _refuse_controls(data[result.begin : result.begin + _PROBE])
    return result


def decode(data: ByteSource) -> Decoded:
    """The text in `data`, whole.

    Raises:
        FormatError: the bytes are a document, archive or image rather than text.
        EncodingInDoubt: a person has to name the encoding.
    """
    whole = decoding(data)
    text = "".join(whole.blocks())
    return Decoded(text, whole.encoding, tuple(whole.warnings))


def _refuse_known_binary(data: ByteSource) -> None:
    for signature, meaning in _SIGNATURES:
        if starts_with(data, signature):
            raise FormatError(f"This is {meaning}, not a citation file. Export the records as RIS, .nbib, XML or CSV instead.")


def _refuse_controls(probe: bytes) -> None:
    if len(probe) - len(probe.translate(None, _CONTROL_BYTES)) > len(probe) * _BINARY_SHARE:
        raise FormatError("This seems to be a binary file, not text. Export the records as RIS, .nbib, XML or CSV instead.")


def _marked(data: ByteSource, *, ask: bool) -> Decoding | None:
    for mark, name in _MARKS:
        if starts_with(data, mark):
            return _single_bytes(data, len(mark), ask=ask) if name == "utf-8" else Decoding(data, name, len(mark))
    return None


def _unmarked_utf16(data: ByteSource) -> Decoding | None:
    """Text of one byte a letter in UTF-16 has a zero beside each; other scripts have some, from tags, digits and blanks."""
    probe = data[:_PROBE]
    half, odd, even = len(probe) / 2, probe[1::2].count(0), probe[0::2].count(0)
    if odd > half * _UTF16_SHARE and even <= half * _UTF16_STRAYS:
        return Decoding(data, "utf-16-le", 0)
    if even > half * _UTF16_SHARE and odd <= half * _UTF16_STRAYS:
        return Decoding(data, "utf-16-be", 0)
    return None


def _single_bytes(data: ByteSource, begin: int, *, ask: bool) -> Decoding:
    if _is_utf8(data, begin):
        return Decoding(data, "utf-8", begin)
    stray, foreign = _counted(data, begin)
    if foreign > stray:
        return Decoding(data, "utf-8", begin, _WESTERN, [f"{stray} bytes were not UTF-8; they were read as Windows-1252."])
    choice = legacy_choice(data, begin)
    if ask:
        choice.require_certainty()
    return Decoding(data, choice.encoding, begin, warnings=choice.warnings)


def _is_utf8(data: ByteSource, begin: int) -> bool:
    """True for UTF-8, also where the file was cut inside its last character: that is one lost letter, not another encoding."""
    try:
        for _ in decoded_parts(data, begin, "utf-8"):
            pass
    except UnicodeDecodeError as error:
        cut_short = error.reason == "unexpected end of data" and len(error.object) - error.start < _LONGEST_SEQUENCE
        rest = error.object[error.start :]
        return cut_short and len(data) - begin >= _LONGEST_SEQUENCE and data[len(data) - len(rest) :] == rest
    return True


def _counted(data: ByteSource, begin: int) -> tuple[int, int]:
    """How many bytes are no UTF-8, and how many letters beyond ASCII are."""
    stray = foreign = 0
    for text in decoded_parts(data, begin, "utf-8", "surrogateescape"):
        stray += len(_STRAY.findall(text))
        foreign += len(_FOREIGN.findall(text))
    return stray, foreign


def _western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_WESTERN, _western)
