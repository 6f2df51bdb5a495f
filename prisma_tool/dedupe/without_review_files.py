"""Deduplicating citation files without a review: files in, one file of unique records and a table of the judged pairs out.

Invariants: no input is ever written to; every entry of a file is kept, joined with a kept one, or told as a reject; nothing is
written unless all files could be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from prisma_tool.dedupe.joined.certainty import certainty
from prisma_tool.dedupe.joined.joined_groups import JoinedGroups
from prisma_tool.dedupe.run import DedupeReport
from prisma_tool.dedupe.without_review import Deduplicated, JudgedPair, deduplicate_citations
from prisma_tool.errors import FormatError, PrismaError, UsageError
from prisma_tool.file_io import read_file, write_atomically
from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.named_encoding import read_in
from prisma_tool.formats.text.spreadsheet_cells import table_lines
from prisma_tool.formats.writers import writer_for
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.keys import content_accession, record_key, slug
from prisma_tool.model.record.merged_view import merged
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import DuplicateVerdict

REPORT_COLUMNS = ("verdict", "reason", "likeness", "key_a", "title_a", "key_b", "title_b")
"""The columns of the table of judged pairs."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the unique records go, and the judged pairs if they are wanted."""

    unique: Path
    pairs: Path | None = None


@dataclass(frozen=True, slots=True)
class _NamedEntry:
    """An entry of a file under the key by which outputs name it."""

    key: str
    source: str
    accession: str
    citation: Citation


def deduplicate_files(
    paths: Sequence[Path],
    outputs: Outputs,
    tell: Callable[[str], None],
    clock: Callable[[], float],
    *,
    strict: bool = False,
    encoding: str | None = None,
) -> DedupeReport:
    """Write one record for every cluster, in order of first appearance; each file's account goes to `tell`; `encoding` is that of all files.

    The record is the most complete one, with the best value of each field from all (see `model.record.merged_view`).

    Raises:
        UsageError: an output's suffix has no writer, or an output would replace an input or the other output.
        FormatError: a file cannot be read as any known format.
        PrismaError: a file is missing, or an output cannot be written.
    """
    _check_outputs(paths, outputs)
    started = clock()
    named = _named([(path, _read(path, encoding, tell)) for path in paths])
    result = deduplicate_citations([entry.citation for entry in named], strict=strict)
    unique = _merged(named, result)
    if outputs.pairs is not None:
        write_atomically(outputs.pairs, _pairs_csv(result.pairs, named).encode())
    write_atomically(outputs.unique, writer_for(outputs.unique)(map(_row, unique)))
    return _report(result, round(clock() - started, 3))


def _check_outputs(paths: Sequence[Path], outputs: Outputs) -> None:
    writer_for(outputs.unique)
    if outputs.pairs is not None and outputs.pairs.suffix.lower() != ".csv":
        raise UsageError(f"{outputs.pairs}: the report of pairs is a table; give it the suffix .csv.")
    taken = {path.resolve() for path in paths}
    for path in filter(None, (outputs.unique, outputs.pairs)):
        if path.resolve() in taken:
            raise UsageError(f"{path} is named twice, and would be overwritten; choose another name for the output.")
        if not path.parent.is_dir():
            raise PrismaError(f"The folder {path.parent} does not exist; check the name, or create it first.")
        taken.add(path.resolve())


def _read(path: Path, encoding: str | None, tell: Callable[[str], None]) -> Parsed:
    data = read_file(path)
    try:
        parsed = read_in(data, encoding)
    except FormatError as error:
        raise FormatError(f"{path}: {error.message}") from error
    tell(
        f"{path} ({parsed.format}, {parsed.encoding}): {parsed.declared} declared = {len(parsed.entries)} read + "
        f"{len(parsed.rejects)} rejected"
    )
    for reject in parsed.rejects:
        tell(f"  rejected, line {reject.line}: {reject.reason}")
    for warning in parsed.warnings:
        tell(f"  warning: {warning}")
    return parsed


def _named(files: Iterable[tuple[Path, Parsed]]) -> list[_NamedEntry]:
    """All entries in order, each with a key of its own: source or file name and accession, numbered where that comes again."""
    copies: Counter[str] = Counter()
    named = []
    for path, parsed in files:
        for entry in parsed.entries:
            source = one_line(entry.source or path.stem)
            key = record_key(slug(source), entry.accession or content_accession(entry.citation))
            copies[key] += 1
            named.append(_NamedEntry(f"{key}#{copies[key]}" if copies[key] > 1 else key, source, entry.accession, entry.citation))
    return named


def _merged(named: Sequence[_NamedEntry], result: Deduplicated) -> list[_NamedEntry]:
    """The representative of each cluster, its gaps filled from the cluster's other records."""
    members: list[dict[str, Citation]] = [{} for _ in result.representatives]
    for record, label in zip(named, result.labels, strict=True):
        members[label][record.key] = record.citation
    representatives = [named[position] for position in result.representatives]
    return [
        replace(entry, citation=merged(entry.key, group).citation) for entry, group in zip(representatives, members, strict=True)
    ]


def _row(record: _NamedEntry) -> ExportRow:
    return ExportRow(
        key=record.key,
        source=record.source,
        accession=record.accession,
        cluster=record.key,
        representative=True,
        citation=record.citation,
        title_abstract="",
        full_text="",
    )


def _pairs_csv(pairs: Iterable[JudgedPair], named: Sequence[_NamedEntry]) -> str:
    """The pairs as a table, safe to open in a spreadsheet program."""
    rows = (_pair_cells(pair, named[pair.i], named[pair.j]) for pair in pairs)
    return "".join(table_lines(chain((REPORT_COLUMNS,), rows)))


def _pair_cells(pair: JudgedPair, a: _NamedEntry, b: _NamedEntry) -> tuple[str, ...]:
    return (pair.verdict.value, pair.reason, f"{pair.likeness:.0f}", a.key, _title(a), b.key, _title(b))


def _title(record: _NamedEntry) -> str:
    return one_line(record.citation.title or record.citation.vernacular_title)


def _report(result: Deduplicated, seconds: float) -> DedupeReport:
    sizes = Counter(result.labels)
    return DedupeReport(
        records=len(result.labels),
        unique=len(sizes),
        duplicates_removed=len(result.labels) - len(sizes),
        clusters=sum(size > 1 for size in sizes.values()),
        uncertain=len(result.uncertain),
        seconds=seconds,
        least_certain=_least_certain(result),
    )


def _least_certain(result: Deduplicated) -> int:
    """How many joins hang on pairs that little speaks for, as `least_certain` counts those of a review."""
    same = [
        (pair.i, pair.j, certainty(dict(pair.findings)).is_least)
        for pair in result.pairs
        if pair.verdict is DuplicateVerdict.SAME
    ]
    groups = JoinedGroups((i, j) for i, j, is_least in same if not is_least)
    return sum(is_least and not groups.together(i, j) for i, j, is_least in same)
