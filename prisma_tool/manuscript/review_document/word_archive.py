"""Reading a Word document that comes from anywhere, and writing it again with some of its members replaced.

Invariants: what would unpack to far more than a manuscript, has members outside itself or twice, or is signed, is refused; members that are
not replaced keep every byte of their content, their order and their dates.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from prisma_tool.errors import PrismaError
from prisma_tool.figure.render.reproducible_zip import EPOCH

DOCUMENT, STYLES = "word/document.xml", "word/styles.xml"
RELATIONS, TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"
_MEBIBYTE = 1 << 20
LARGEST = 512 * _MEBIBYTE
_LARGEST_UNPACKED, _LARGEST_TEXT = 1024 * _MEBIBYTE, 128 * _MEBIBYTE
_LARGEST_RATIO, _SMALL = 200, 10 * _MEBIBYTE
_MOST_MEMBERS = 10_000
_SIGNATURES = "_xmlsignatures/"
_BROKEN = (BadZipFile, LargeZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of a document by name, in their order.

    Raises:
        PrismaError: it is no Word document, or not a safe one; the message begins without naming the file.
    """
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _require_safe(entries)
            members = {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
    except _BROKEN as error:
        raise PrismaError("it is no Word document (.docx), or it is damaged or protected by a password") from error
    missing = [name for name in (DOCUMENT, RELATIONS, TYPES) if name not in members]
    if missing:
        raise PrismaError(f"it is no Word document that can be renewed: {missing[0]} is missing in it")
    return members


def _require_safe(entries: list[ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > _MOST_MEMBERS or len(set(map(str.casefold, names))) != len(names):
        raise PrismaError("it has too many members, or one of them twice")
    if any(map(_is_outside, names)):
        raise PrismaError("it has a member with a path that leads out of it, which is refused as unsafe")
    swollen = any(one.file_size > max(_SMALL, _LARGEST_RATIO * one.compress_size) for one in entries)
    texts = any(one.file_size > _LARGEST_TEXT for one in entries if one.filename.endswith((".xml", ".rels")))
    if swollen or texts or sum(one.file_size for one in entries) > _LARGEST_UNPACKED:
        raise PrismaError("it would unpack to far more than its size, which is refused as unsafe")
    if any(name.startswith(_SIGNATURES) for name in names):
        raise PrismaError("it is signed, and a change would break the signature; remove the signature first")


def _is_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name


def with_members(data: bytes, replaced: Mapping[str, bytes]) -> bytes:
    """The document with these members in place of those of the same names; others are appended."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        entries = old.infolist()
        for entry in entries:
            new.writestr(_like(entry), replaced.get(entry.filename, old.read(entry)))
        for name in sorted(replaced.keys() - {entry.filename for entry in entries}):
            added = ZipInfo(name, EPOCH.timetuple()[:6])
            added.compress_type = ZIP_DEFLATED
            new.writestr(added, replaced[name])
    return target.getvalue()


def _like(entry: ZipInfo) -> ZipInfo:
    kept = ZipInfo(entry.filename, entry.date_time)
    kept.compress_type, kept.external_attr, kept.create_system = entry.compress_type, entry.external_attr, entry.create_system
    return kept
