"""Exporting records with what has become of them.

Invariants: the rows of one export are read in one transaction, in the order of the records' arrival, a portion in memory at a time;
single reviewers' votes and notes leave the review only where they were asked for, and only those that the viewer may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from prisma_tool.errors import UsageError
from prisma_tool.file_io import write_atomically
from prisma_tool.formats.account.export_row import ExportRow, Remark, Vote
from prisma_tool.formats.field_entry import name_of
from prisma_tool.formats.writers import writer_for
from prisma_tool.fulltext.attempts import FullText, attempt_text, full_texts
from prisma_tool.model.log.events import Event
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import one_line
from prisma_tool.model.utc import utc_text
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.records.condition import Condition, parse_condition
from prisma_tool.records.record_fields import FIELDS, Candidate, FieldContext, exclusion_reason, field_context
from prisma_tool.records.report_sets import OF_RECORDS, holds, require_set
from prisma_tool.reports.blinding import sight
from prisma_tool.reports.state import SOUGHT, Phase, Report, ReviewState, at_stage, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import record_events, records
from prisma_tool.store.records.records import StoredRecord, merged_records

PORTION = 5_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records are exported: a set, narrowed to a stage and to those that meet a condition; with single votes or without.

    `viewer` is who asks; while a stage is blind not every vote may be read (counting rule 25).
    """

    name: str = "all"
    stage: Stage | None = None
    where: str = ""
    votes: bool = False
    viewer: str = ""


def export(review: Review, paths: Sequence[Path], selection: Selection) -> int:
    """Write the selected records to each of the paths, in the format of its suffix; returns how many there are.

    Raises:
        UsageError: an unknown set, a suffix that no writer has, a condition that cannot be understood, or a path given twice.
        PrismaError: a file cannot be written; files before it are there.
    """
    writers = [(path, writer_for(path)) for path in paths]
    parsed = _checked_condition(paths, selection)
    with review.store.read() as transaction:
        rows = _SelectedRows(transaction, selection, parsed)
        for path, writer in writers:
            write_atomically(path, writer(rows.rows()))
    return rows.written


def selected(review: Review, selection: Selection) -> list[ExportRow]:
    """The selected records, all in memory.

    Raises:
        UsageError: an unknown set, or a condition that cannot be understood.
    """
    parsed = _checked_condition((), selection)
    with review.store.read() as transaction:
        return list(_SelectedRows(transaction, selection, parsed).rows())


def first_selected(review: Review, selection: Selection, most: int) -> tuple[int, list[ExportRow]]:
    """How many records are selected, and the first of them; the others are counted without being kept.

    Raises:
        UsageError: as `selected`.
    """
    parsed = _checked_condition((), selection)
    with review.store.read() as transaction:
        rows = _SelectedRows(transaction, selection, parsed).rows()
        first = list(islice(rows, most))
        return len(first) + sum(1 for _ in rows), first


def export_originals(review: Review, paths: Sequence[Path], selection: Selection) -> dict[Path, int]:
    """Write the untouched entries of the selected records as they came; returns how many are in each file.

    Of a report it is the entry of its representative, or of the first of its records that meets the condition by itself. Each format
    goes into the file whose suffix fits it.

    Raises:
        UsageError: as `export`; or votes are wanted, which no original holds.
        PrismaError: the entries do not go up in the files, or an original is missing; nothing is written then.
    """
    from prisma_tool.records.original_entries import require_suffixes, write_originals

    if selection.votes:
        raise UsageError("Originals are as they came, without votes: leave out --votes or --original.")
    require_suffixes(paths)
    parsed = _checked_condition(paths, selection)
    with review.store.read() as transaction:
        return write_originals(review, transaction, paths, _SelectedRows(transaction, selection, parsed).keys())


def _checked_condition(paths: Sequence[Path], selection: Selection) -> Condition | None:
    """The selection's condition; see `export` for what is raised."""
    if len({path.resolve() for path in paths}) < len(paths):
        raise UsageError("The same file is named twice; every -o needs a file of its own.")
    require_set(selection.name)
    return parse_condition(selection.where, FIELDS) if selection.where else None


class _SelectedRows:
    """The rows of one selection; every call of `rows` goes through the same records anew."""

    def __init__(self, transaction: Transaction, selection: Selection, parsed: Condition | None) -> None:
        self.transaction, self.selection, self.parsed = transaction, selection, parsed
        self.review_state: ReviewState = load_review_state(transaction)
        self.context: FieldContext = field_context(transaction, self.review_state, parsed.fields if parsed else ())
        self.reports = {report.key: report for report in self.review_state.reports if self._is_in_set(report)}
        self.found_by = record_events.found_in(transaction)
        self.written = 0

    def _is_in_set(self, report: Report) -> bool:
        return bool(report.records) and holds(self.selection.name, report, self.selection.stage)

    def rows(self) -> Iterator[ExportRow]:
        self.written = 0
        for portion in _portions(self._records()):
            candidates = self._candidates(portion)
            selected = [pair for pair in candidates if self.parsed is None or self.parsed.holds(pair[1].values)]
            votes_and_notes, texts = self._votes_and_notes(selected), self._full_texts(selected)
            for record, candidate in selected:
                self.written += 1
                yield self._row(record, candidate, votes_and_notes, self._extra_columns(record, candidate, texts))

    def keys(self) -> list[str]:
        """The records whose originals are chosen, in the order of their arrival."""
        key_of: dict[str, str] = {}
        for record in records.all_records(self.transaction):
            if record.cluster in self.reports and self._meets_alone(record):
                by_report = self.selection.name not in OF_RECORDS
                group = record.cluster if by_report else record.key
                key_of[group] = record.key if record.is_representative else key_of.get(group, record.key)
        return list(key_of.values())

    def _meets_alone(self, record: StoredRecord) -> bool:
        if self.selection.name == "duplicates" and record.is_representative:
            return False
        report = self.reports[record.cluster]
        members = tuple(member for member in report.records if member.key == record.key)
        alone = Candidate(record.key, record.citation, report, members, self.context)
        return self.parsed is None or self.parsed.holds(alone.values)

    def _records(self) -> Iterator[StoredRecord]:
        """The records of the set: of reports one each, of records those that the set is about."""
        for record in records.all_records(self.transaction):
            if record.cluster in self.reports and self._is_shown(record):
                yield record

    def _is_shown(self, record: StoredRecord) -> bool:
        if self.selection.name == "duplicates":
            return not record.is_representative
        return record.is_representative or self.selection.name in OF_RECORDS

    def _candidates(self, portion: Sequence[StoredRecord]) -> list[tuple[StoredRecord, Candidate]]:
        views = {} if self.selection.name in OF_RECORDS else self._views(portion)
        return [(record, self._candidate(record, views)) for record in portion]

    def _candidate(self, record: StoredRecord, views: Mapping[str, Citation]) -> Candidate:
        report = self.reports[record.cluster]
        members = report.records
        if self.selection.name in OF_RECORDS and len(members) > 1:
            members = tuple([member for member in members if member.key == record.key])
        return Candidate(record.key, views.get(record.key, record.citation), report, members, self.context)

    def _views(self, portion: Sequence[StoredRecord]) -> dict[str, Citation]:
        """The merged view of each report that has several records: one row shows the best of all."""
        several = {record.key: [member.key for member in self.reports[record.cluster].records] for record in portion}
        several = {key: members for key, members in several.items() if len(members) > 1}
        stored = records.records_by_key(self.transaction, {member for members in several.values() for member in members})
        return {key: merged_records(key, [stored[member] for member in members]).citation for key, members in several.items()}

    def _votes_and_notes(
        self, selected: Sequence[tuple[StoredRecord, Candidate]]
    ) -> Mapping[str, tuple[list[Event], list[Event]]]:
        """Votes and notes by record key, where they were asked for."""
        if not self.selection.votes:
            return {}
        keys = {record.key for _, candidate in selected for record in candidate.records}
        votes_and_notes: dict[str, tuple[list[Event], list[Event]]] = {key: ([], []) for key in keys}
        visible = sight(self.transaction, self.selection.viewer, keys)
        for vote in filter(visible.vote, record_events.votes_on(self.transaction, keys)):
            votes_and_notes[vote.subject][0].append(vote)
        for note in filter(visible.note, record_events.notes_on(self.transaction, keys)):
            votes_and_notes[note.subject][1].append(note)
        return votes_and_notes

    def _full_texts(self, selected: Sequence[tuple[StoredRecord, Candidate]]) -> dict[str, FullText]:
        """What is known of the full texts of the reports among them that were sought."""
        sought = {
            candidate.key: [record.key for record in candidate.records]
            for _, candidate in selected
            if candidate.report.phase in SOUGHT
        }
        return full_texts(self.transaction, sought) if sought else {}

    def _extra_columns(self, record: StoredRecord, candidate: Candidate, texts: Mapping[str, FullText]) -> dict[str, Any]:
        """What most records have nothing of is looked for only where there is some."""
        columns: dict[str, Any] = {}
        if found_in := candidate.of_members(self.found_by):
            columns["found_in"] = tuple(dict.fromkeys(found_in))
        if record.edits:
            columns["edited"] = tuple(sorted(name_of(field) for field in record.corrected))
        if text := texts.get(record.key):
            columns |= {"retrieval": text.status, "retrieval_note": one_line(text.note), "files": text.files}
            columns["efforts"] = tuple(map(attempt_text, text.attempts))
        return columns

    def _row(
        self,
        record: StoredRecord,
        candidate: Candidate,
        votes_and_notes: Mapping[str, tuple[list[Event], list[Event]]],
        further: Mapping[str, Any],
    ) -> ExportRow:
        report, protocol = candidate.report, self.transaction.protocol
        members = [votes_and_notes[record.key] for record in candidate.records if record.key in votes_and_notes]
        labels = candidate.of_members(self.context.labels)
        return ExportRow(
            key=record.key,
            source=record.source,
            accession=record.accession,
            cluster=record.cluster,
            representative=record.is_representative,
            citation=candidate.citation,
            title_abstract=_outcome_text(report, Stage.TITLE_ABSTRACT, report.title_abstract),
            full_text=_outcome_text(report, Stage.FULL_TEXT, report.full_text),
            reason=exclusion_reason(report, protocol),
            labels=tuple(sorted(set(labels))) if labels else (),
            votes=tuple([self._vote(event) for votes, _ in members for event in votes]),
            remarks=tuple(
                [Remark(event.reviewer, event.text("text"), utc_text(event.at)) for _, notes in members for event in notes]
            ),
            **further,
        )

    def _vote(self, event: Event) -> Vote:
        reason_id = event.text("reason")
        label = self.transaction.protocol.reason_label(reason_id) if reason_id else ""
        return Vote(event.stage, event.reviewer, event.text("verdict"), label, event.text("note"), utc_text(event.at))


def _portions(values: Iterator[T]) -> Iterator[list[T]]:
    while portion := list(islice(values, PORTION)):
        yield portion


def _outcome_text(report: Report, stage: Stage, state: OutcomeState | None) -> str:
    """The outcome at a stage: empty where the report does not pass through it."""
    if not at_stage(report, stage) or (report.phase is Phase.NOT_RETRIEVED and stage is Stage.FULL_TEXT):
        return ""
    return state.value if state else OutcomeState.PENDING.value
