"""What `--where` may ask about: the fields of a record with its place in the review.

Invariant: `FIELDS` names every field, its meaning and how its values are found, in one table. Votes, runs and labels are read only
where a condition asks for them. In a set of reports a field speaks for all records of the report, in a set of records for one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.fold import State
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.languages import names_of
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.reports.state import Report, ReviewState, at_stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import record_events
from prisma_tool.store.records.report_rows import CountedRecord
from prisma_tool.store.runs.runs import Source


@dataclass(frozen=True, slots=True)
class FieldContext:
    """What a review knows about its records beyond their content.

    `sources` are by slug. `labels`, `voters` (names) and `runs` (ids, searches and files) are by record key; the last two are empty where
    no condition asks for them.
    """

    sources: Mapping[str, Source]
    protocol: Protocol
    labels: Mapping[str, tuple[str, ...]]
    voters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    runs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Candidate(Struct, frozen=True, gc=False):
    """One record (or report) that a condition is asked about; `records` are those that it speaks for."""

    key: str
    citation: Citation
    report: Report
    records: tuple[CountedRecord, ...]
    context: FieldContext

    def values(self, name: str) -> Iterable[str]:
        """The values of a field, empty ones left out."""
        return filter(None, FIELDS[name].values(self))

    def of_members(self, facts: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """What is known by key, for all records that this one speaks for."""
        return tuple(fact for record in self.records for fact in facts.get(record.key, ())) if facts else ()


@dataclass(frozen=True, slots=True)
class ConditionField:
    """A field of the language: what it means, for the help, and where its values are."""

    meaning: str
    values: Callable[[Candidate], Iterable[str]]


FIELDS: Mapping[str, ConditionField] = {
    "key": ConditionField("the record's key, such as pubmed:34531250", lambda one: [record.key for record in one.records]),
    "source": ConditionField("the source's name", lambda one: [one.context.sources[record.source].name for record in one.records]),
    "kind": ConditionField("database, register, website, ...", lambda one: [one.context.sources[record.source].kind for record in one.records]),
    "year": ConditionField("the year of publication", lambda one: [str(one.citation.year or "")]),
    "title": ConditionField("the title", lambda one: [one.citation.title, one.citation.vernacular_title]),
    "abstract": ConditionField("the abstract", lambda one: [one.citation.abstract_text]),
    "author": ConditionField("an author", lambda one: map(str, one.citation.authors)),
    "journal": ConditionField("the journal, in full or short", lambda one: [one.citation.journal, one.citation.journal_abbreviation]),
    "keyword": ConditionField("a keyword or MeSH term", lambda one: (*one.citation.keywords, *one.citation.mesh)),
    "doi": ConditionField("the DOI", lambda one: [one.citation.doi]),
    "pmid": ConditionField("the PMID", lambda one: [one.citation.pmid]),
    "nct": ConditionField("a trial registration number of any register", lambda one: one.citation.registry_numbers),
    "type": ConditionField("a publication type", lambda one: one.citation.publication_types),
    "language": ConditionField("a language, by its English name or code", lambda one: [n for given in one.citation.languages for n in names_of(given)]),
    "register": ConditionField("yes for a trial register's entry, else no", lambda one: [_yes(any(r.register_entry for r in one.records))]),
    "label": ConditionField("a label", lambda one: one.of_members(one.context.labels)),
    "stage": ConditionField("title-abstract or full-text, where it passes through", lambda one: [s for s in Stage if at_stage(one.report, s)]),
    "outcome": ConditionField("what the last stage came to: include, exclude, maybe, conflict, pending, ...", lambda one: [last_outcome(one.report)]),
    "phase": ConditionField("where it stands, such as 'full text to be retrieved'", lambda one: [one.report.phase]),
    "reason": ConditionField("the exclusion reason", lambda one: [exclusion_reason(one.report, one.context.protocol)]),
    "reviewer": ConditionField("somebody who voted on it", lambda one: one.of_members(one.context.voters)),
    "run": ConditionField("a run that delivered it: its id, search or file", lambda one: one.of_members(one.context.runs)),
}  # fmt: skip


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def last_outcome(report: Report) -> str:
    """What the last stage that a report has reached came to; pending where nothing was decided there."""
    stage = Stage.FULL_TEXT if at_stage(report, Stage.FULL_TEXT) else Stage.TITLE_ABSTRACT
    state = report.full_text if stage is Stage.FULL_TEXT else report.title_abstract
    return (state or OutcomeState.PENDING).value if at_stage(report, stage) else ""


def exclusion_reason(report: Report, protocol: Protocol) -> str:
    """The label of the reason for which a report was excluded, or nothing."""
    return protocol.reason_label(report.reason) if report.reason else ""


def field_context(transaction: Transaction, review_state: ReviewState, names: Iterable[str]) -> FieldContext:
    """What the fields that are asked for need to know."""
    asked = frozenset(names)
    return FieldContext(
        sources=review_state.sources,
        protocol=transaction.protocol,
        labels=labels_by_record(review_state.state),
        voters=record_events.voters(transaction) if "reviewer" in asked else {},
        runs=record_events.runs_of_records(transaction) if "run" in asked else {},
    )


def labels_by_record(state: State) -> dict[str, tuple[str, ...]]:
    """The labels that stand on each record, in alphabetical order."""
    by_key: dict[str, list[str]] = {}
    for slot, event in state.standing.items():
        if slot.kind == EventKind.LABEL and event.payload.get("labelled"):
            by_key.setdefault(slot.subject, []).append(slot.object)
    return {key: tuple(sorted(names)) for key, names in by_key.items()}
