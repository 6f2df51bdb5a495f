"""The archive of a deposit: what is written is read back, and whatever is packed otherwise is refused before anything of it is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.manuscript.bundle.container import ArchiveReader, ArchiveWriter, NotCanonical, is_plain_name

FILES = {
    "log.jsonl": b'{"a":1}\n{"a":2}\n' * 50,
    "raw/run/a.xml.gz": b"\x1f\x8b stored",
    "empty.csv": b"",
    "manifest.json": b"{}\n",
}


def archive(files: Mapping[str, bytes] = FILES) -> bytes:
    stream = io.BytesIO()
    writer = ArchiveWriter(stream)
    for name, data in files.items():
        writer.add(name, [data[:7], data[7:]])
    writer.finish()
    return stream.getvalue()


def reader(data: bytes) -> ArchiveReader:
    return ArchiveReader(io.BytesIO(data))


def test_what_is_written_is_read_back_and_by_other_programs_too() -> None:
    data = archive()
    ours = reader(data)
    assert {name: b"".join(ours.pieces(name)) for name in ours.entries} == FILES
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        assert other.testzip() is None
        assert {name: other.read(name) for name in other.namelist()} == FILES


def test_the_same_files_give_the_same_bytes_however_they_come_in_pieces() -> None:
    stream = io.BytesIO()
    writer = ArchiveWriter(stream)
    for name, data in FILES.items():
        writer.add(name, (bytes([letter]) for letter in data))
    writer.finish()
    assert stream.getvalue() == archive()


def test_an_archive_that_another_program_packed_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as other:
        other.writestr("log.jsonl", b"{}\n")
    with pytest.raises(NotCanonical):
        reader(stream.getvalue())


def test_any_byte_of_headers_and_list_that_is_changed_is_noticed() -> None:
    data = archive()
    ours = reader(data)
    packed = {
        place
        for entry in ours.entries.values()
        for place in range(entry.offset + len(entry.local()), entry.offset + len(entry.local()) + entry.packed_size)
    }
    for place in sorted(set(range(len(data))) - packed):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        if not _differs(changed, ours):
            pytest.fail(f"byte {place} was changed and nobody noticed")


def _differs(changed: bytes, ours: ArchiveReader) -> bool:
    """Whether an archive is refused, or its list says something else than before, which a manifest then contradicts."""
    try:
        return reader(changed).entries != ours.entries
    except NotCanonical:
        return True


@pytest.mark.parametrize("added", [b"x", b"\0" * 22])
def test_bytes_before_between_or_behind_the_files_are_refused(added: bytes) -> None:
    data = archive()
    for changed in (added + data, data + added, data[:60] + added + data[60:]):
        with pytest.raises(NotCanonical):
            reader(changed)


@pytest.mark.parametrize("name", ["../a", "/a", "a//b", "a\\b", "C:a", "a/../b", "ä", "a b", "", "a\n", "a/.", "x" * 241])
def test_a_name_that_leads_elsewhere_is_none(name: str) -> None:
    assert not is_plain_name(name)
    with pytest.raises(FormatError):
        ArchiveWriter(io.BytesIO()).add(name, [b""])


def test_a_name_in_two_spellings_is_refused() -> None:
    with pytest.raises(NotCanonical):
        reader(archive({"a.txt": b"1", "A.txt": b"2"}))


def test_a_name_that_leads_out_is_refused_also_where_the_list_has_it() -> None:
    data = archive({"ab/cd.txt": b"1"}).replace(b"ab/cd.txt", b"../cd.txt")
    with pytest.raises(NotCanonical):
        reader(data)


def test_a_file_that_unpacks_to_more_than_its_entry_says_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(b"\0" * 50_000_000) + packer.flush()
    data = archive({"a.txt": b"x" * 100})
    entry = reader(data).entries["a.txt"]
    start = entry.offset + len(entry.local())
    changed = data[:start] + bomb + data[start + entry.packed_size :]
    sizes = struct.pack("<LL", entry.packed_size, entry.size), struct.pack("<LL", len(bomb), entry.size)
    changed = changed.replace(*sizes)
    place = struct.pack("<L", len(data) - 22 - len(entry.central())), struct.pack("<L", start + len(bomb))
    changed = changed[:-22] + changed[-22:].replace(*place)
    ours = reader(changed)
    with pytest.raises(FormatError, match="larger than its entry says"):
        sum(len(piece) for piece in ours.pieces("a.txt"))


def test_a_line_is_not_read_beyond_what_is_allowed() -> None:
    ours = reader(archive({"a.jsonl": b"x" * 600_000}))
    with pytest.raises(FormatError, match="a line that is longer"):
        list(ours.lines("a.jsonl", 100_000))
