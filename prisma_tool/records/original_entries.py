"""`export --original`: the untouched entries of records as they came, put together to files of their own formats.

An imported entry is stored beside its record; that of a search is taken from the answers that the run kept, via a file on the disk, as
the answers of a large search do not fit into memory. Invariants: every chosen record is in exactly one file, or nothing is written;
a written file reads back as that many entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.file_io import write_atomically
from prisma_tool.formats.bibtex import reader as bibtex
from prisma_tool.formats.joining import SUFFIXES, first_tag, is_tied, joined, ties_of
from prisma_tool.formats.medline import reader as medline
from prisma_tool.formats.registry import open_entries
from prisma_tool.formats.ris import reader as ris
from prisma_tool.formats.tagged import ovid, refer
from prisma_tool.formats.tagged.dialect_reader import formats_by_table
from prisma_tool.formats.text.encodings.given_encoding import as_utf8
from prisma_tool.identify.run.raw_answers import opened
from prisma_tool.identify.search.replay import PARSERS
from prisma_tool.model.record.changes import same_record
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.index import originals
from prisma_tool.store.index.originals import OriginalLocation
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

PORTION = 1_000
_ENDED_BY_NEXT = {reader.FORMAT for reader in (bibtex, refer, medline, ovid, ris)}
"""Formats in which an entry ends where the next begins, besides those of platforms' tables, so that unlike entries could run into each other."""
_ANSWERS = {"efetch": "pubmed-xml", "studies": "ctgov-json", "results": "europepmc-json"}
"""The format of the answers that hold records, by the beginning of their names."""


@dataclass(slots=True)
class OriginalsGroup:
    """Records whose originals make one file: of one format, with the same ties (a table's header, a file's definitions)."""

    format: str
    ties: tuple[str, ...]
    keys: list[str] = field(default_factory=list)
    files: dict[str, None] = field(default_factory=dict)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes that a file of it may have."""
        return SUFFIXES[self.format]

    def describe(self, *, apart: bool) -> str:
        """How many there are and what may hold them; `apart` names the files they came from."""
        origin = f" of {', '.join(islice(self.files, 3))}{', ...' if len(self.files) > 3 else ''}" if apart else ""  # noqa: PLR2004 - enough to know them by
        return f"{len(self.keys)} {self.format}{origin} ({', '.join(self.suffixes)})"


def require_suffixes(paths: Sequence[Path]) -> None:
    """Check that each file could hold originals of some format.

    Raises:
        UsageError: one could not.
    """
    known = dict.fromkeys(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
    for path in paths:
        if path.suffix.lower() not in known:
            raise UsageError(
                f"{path}: originals are written as {', '.join(known)}; choose the suffix of the format they came in."
            )


def write_originals(review: Review, transaction: Transaction, paths: Sequence[Path], keys: Sequence[str]) -> dict[Path, int]:
    """Write the originals of these records, each format to the path whose suffix fits it; returns how many are in each.

    Raises:
        PrismaError: a record has no original, a kept answer is damaged, or formats and paths do not go up in each other. Nothing
            was written then.
    """
    with TemporaryFile() as stream:
        entries = _Originals(review, transaction, stream)
        groups = entries.groups(keys)
        assignments = _assign_paths(paths, groups)
        entries.fill()
        contents = [(path, entries.content(group)) for path, group in assignments]
        for path, content in contents:
            write_atomically(path, content)
    return {path: len(group.keys) for path, group in assignments}


class _Originals:
    """Where the originals of the chosen records are, and those of searches at hand."""

    def __init__(self, review: Review, transaction: Transaction, stream: IO[bytes]) -> None:
        self.review, self.transaction, self.stream = review, transaction, stream
        self.locations: Mapping[str, OriginalLocation] = {}
        self.runs: dict[str, runs.Run] = {}
        self.fetched: dict[str, tuple[int, int]] = {}

    def groups(self, keys: Sequence[str]) -> list[OriginalsGroup]:
        """The chosen records by what may be in one file, each group in the order of `keys`."""
        self.locations = originals.original_locations(self.transaction, keys)
        self.runs = {run: runs.run(self.transaction, run) for run in {location.run for location in self.locations.values()}}
        formats = {name: _format(run) for name, run in self.runs.items()}
        self._require_originals(formats)
        ties = {name: self._ties(run, formats[name]) for name, run in self.runs.items()}
        tags = self._tags([key for key in keys if formats[self.locations[key].run] == medline.FORMAT])
        groups: dict[tuple[str, tuple[str, ...], str], OriginalsGroup] = {}
        for key in keys:
            run = self.locations[key].run
            group_key = (formats[run], ties[run], tags.get(key, ""))
            group = groups.setdefault(group_key, OriginalsGroup(*group_key[:2]))
            group.keys.append(key)
            group.files[one_line(self.runs[run].file_name or self.runs[run].search or "")] = None
        return list(groups.values())

    def _require_originals(self, formats: Mapping[str, str]) -> None:
        without = sorted(
            key
            for key, location in self.locations.items()
            if not formats[location.run] or not (location.in_store or self._is_search(location))
        )
        if without:
            raise PrismaError(
                f"{len(without)} of the chosen records have no original, such as {without[0]}; nothing was written. "
                "Narrow the export with --source, --run or --where."
            )

    def _is_search(self, location: OriginalLocation) -> bool:
        return self.runs[location.run].search is not None

    def _ties(self, run: runs.Run, name: str) -> tuple[str, ...]:
        if not is_tied(name):
            return ()
        body = self._body(run, 0)
        readable = as_utf8(body, run.encoding) if run.service.get("encoding_given") else body
        return ties_of(name, readable, run.service.get("header", ()))

    def _body(self, run: runs.Run, number: int) -> bytes:
        """What the run kept under this number.

        Raises:
            PrismaError: it is missing or damaged.
        """
        body, problem = opened(self.review.folder, run.raw[number])
        if problem:
            raise PrismaError(
                f"{problem}, so the originals cannot be given back; nothing was written. Put the file back from a backup or copy."
            )
        return body

    def _tags(self, keys: Sequence[str]) -> dict[str, str]:
        return {key: first_tag(medline.FORMAT, raw) for key, raw in originals.stored_originals(self.transaction, keys)}

    def fill(self) -> None:
        """Fetch the originals that are not stored from the answers of their runs; of a record that came twice the later one counts."""
        keys_by_run: dict[str, dict[str, list[str]]] = {}
        for key, location in self.locations.items():
            if not location.in_store:
                keys_by_run.setdefault(location.run, {}).setdefault(location.accession, []).append(key)
        for run, keys in keys_by_run.items():
            self._fill(self.runs[run], keys)
        missing = [key for key, location in self.locations.items() if not location.in_store and key not in self.fetched]
        if missing:
            raise PrismaError(
                f"{missing[0]} is not in the answers that its search kept; nothing was written. Run the search again."
            )

    def _fill(self, run: runs.Run, keys: Mapping[str, list[str]]) -> None:
        ambiguous = {key for several in keys.values() if len(several) > 1 for key in several}
        citations = {key: record.citation for key, record in records.records_by_key(self.transaction, ambiguous).items()}
        for number, raw_file in enumerate(run.raw):
            parse = PARSERS.get(_kind(raw_file["path"]))
            for entry in parse(self._body(run, number)).entries if parse else ():
                candidates = keys.get(entry.accession, [])
                for key in (
                    candidate
                    for candidate in candidates
                    if len(candidates) == 1 or same_record(citations[candidate], entry.citation)
                ):
                    self._add_fetched(key, entry.raw.encode())

    def _add_fetched(self, key: str, raw: bytes) -> None:
        self.fetched[key] = (self.stream.seek(0, 2), len(raw))
        self.stream.write(raw)

    def content(self, group: OriginalsGroup) -> bytes | Iterator[bytes]:
        """The bytes of a group's file.

        Raises:
            PrismaError: the entries would not be read back as they are.
        """
        pieces = (piece.encode() for piece in joined(group.format, self._entries(group.keys), group.ties))
        if group.format not in _ENDED_BY_NEXT | formats_by_table():
            return pieces
        data = b"".join(pieces)
        if sum(1 for _ in open_entries(data, format=group.format).entries) != len(group.keys):
            raise PrismaError(
                f"The {group.format} entries are so unlike that they would run into each other in one file; nothing was written. "
                "Narrow the export with --source or --run."
            )
        return data

    def _entries(self, keys: Iterable[str]) -> Iterator[str]:
        waiting = iter(keys)
        while portion := list(islice(waiting, PORTION)):
            stored = dict(originals.stored_originals(self.transaction, [key for key in portion if key not in self.fetched]))
            yield from (stored[key] if key in stored else self._fetched_entry(key) for key in portion)

    def _fetched_entry(self, key: str) -> str:
        begin, length = self.fetched[key]
        self.stream.seek(begin)
        return self.stream.read(length).decode()


def _format(run: runs.Run) -> str:
    """The format that the run's entries came in; empty where it kept none."""
    kinds = (_ANSWERS[kind] for raw_file in run.raw if (kind := _kind(raw_file["path"])) in _ANSWERS)
    return run.format or next(kinds, "")


def _kind(path: str) -> str:
    return Path(path).name.partition("-")[0]


def _assign_paths(paths: Sequence[Path], groups: Sequence[OriginalsGroup]) -> list[tuple[Path, OriginalsGroup]]:
    """Each group with the path that its format fits; the paths that fit fewest groups choose first.

    Raises:
        PrismaError: a group fits no path, or a path more than one group or none.
    """
    fitting = {path: [group for group in groups if path.suffix.lower() in group.suffixes] for path in paths}
    assignments: list[tuple[Path, OriginalsGroup]] = []
    for path in sorted(paths, key=lambda candidate: len(fitting[candidate])):
        unassigned = [group for group in fitting[path] if all(group is not taken_group for _, taken_group in assignments)]
        assignments += [(path, unassigned[0])] if len(unassigned) == 1 else []
    if len(assignments) < max(len(paths), len(groups)) or not groups:
        raise PrismaError(_refusal(groups))
    return assignments


def _refusal(groups: Sequence[OriginalsGroup]) -> str:
    if not groups:
        return "No record is chosen, so there is no original to write."
    groups_per_format = Counter(group.format for group in groups)
    described = "; ".join(group.describe(apart=groups_per_format[group.format] > 1) for group in groups)
    return (
        f"The chosen records came as: {described}. Each of these needs one file with a suffix that fits, and no other file; nothing was "
        "written. Narrow the export with --set, --source or --run, or name a file for each with a further -o."
    )
