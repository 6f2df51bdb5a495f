"""Bytes of unknown encoding as text with newline characters as line ends; the rule is fixed, so that the same file always reads the same.

Byte order mark, else UTF-16 that shows itself by its zero bytes, else strict UTF-8, else Windows-1252. Guessing libraries are not
used: they take Windows-1252 citations for DOS code pages. Invariant: the text holds no control character but tab and newline.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from prisma_tool.errors import FormatError
from prisma_tool.model.text import clean

_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an .xlsx, .docx or .ods document)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls or .doc)"),
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
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL_BYTES = bytes(set(range(0x20)) - set(b"\t\n\r\f\x1a\x1b"))
"""Bytes that no text in a single-byte encoding or UTF-8 is full of."""
_PROBE = 4096
_UTF16_SHARE = 0.4
_BINARY_SHARE = 0.05
_LONGEST_SEQUENCE = 4


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was read with, and what had to be changed to make it readable."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text in `data`.

    Raises:
        FormatError: the bytes are a document, archive or image rather than text.
    """
    _refuse_known_binary(data)
    encoding, body = _encoding(data)
    if encoding.startswith("utf-8") or encoding == "cp1252":
        _refuse_controls(body)
    text = body.decode(encoding, errors="replace")
    warnings = []
    if "\ufffd" in text and not _is_decodable(body, encoding):
        warnings.append(f"Some bytes mean nothing in {encoding}; they stand as the replacement character \ufffd.")
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    harmless = clean(unified)
    if len(harmless) < len(unified):
        warnings.append(f"{len(unified) - len(harmless)} control characters were removed.")
    return Decoded(harmless, encoding, tuple(warnings))


def _refuse_known_binary(data: bytes) -> None:
    for signature, meaning in _SIGNATURES:
        if data.startswith(signature):
            raise FormatError(f"This is {meaning}, not a citation file. Export the records as RIS, .nbib, XML or CSV instead.")


def _refuse_controls(data: bytes) -> None:
    probe = data[:_PROBE]
    if len(probe) - len(probe.translate(None, _CONTROL_BYTES)) > len(probe) * _BINARY_SHARE:
        raise FormatError("This seems to be a binary file, not text. Export the records as RIS, .nbib, XML or CSV instead.")


def _encoding(data: bytes) -> tuple[str, bytes]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, data[len(mark) :]
    probe = data[:_PROBE]
    half = len(probe) / 2
    if probe[1::2].count(0) > half * _UTF16_SHARE and not probe[0::2].count(0):
        return "utf-16-le", data
    if probe[0::2].count(0) > half * _UTF16_SHARE and not probe[1::2].count(0):
        return "utf-16-be", data
    return ("utf-8" if _is_utf8(data) else "cp1252"), data


def _is_utf8(data: bytes) -> bool:
    """True for UTF-8, also where the file was cut inside its last character: that is one lost letter, not another encoding."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and len(data) - error.start < _LONGEST_SEQUENCE and error.start > 0
    return True


def _is_decodable(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
