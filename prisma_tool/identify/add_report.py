"""Adding one report by hand: fetched by its number, or described; with the report that led to it.

Invariants: a record that its source has already is never added twice; each addition is a run of its own, with the untouched answer,
and says from which report it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from prisma_tool.errors import UsageError
from prisma_tool.identify.files.attach_runs import attach_runs
from prisma_tool.identify.files.declared_search import SearchOfFile, declared_kind
from prisma_tool.identify.files.provenance import Provenance, shown_kind
from prisma_tool.identify.lookup import Answered, ReportNumber, Scheme
from prisma_tool.identify.run.raw_answers import RawFolder, packed
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import encode
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import fold, one_line
from prisma_tool.model.vocabulary import RunStatus, SourceKind
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import record_events, records
from prisma_tool.store.records.record_events import ADDED
from prisma_tool.store.runs import run_progress, runs

DESCRIBED = "described"
"""How the name begins under which a description by hand is kept in raw/, as the store encodes it."""

_FETCHED_AS = {"pubmed": Scheme.PMID, "ctgov": Scheme.NCT}


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be added: the source's label and kind (None: as the source shows), the content, and what a service answered.

    `number` is what was asked for or given by hand; `found_in` is the key of the report that led to this one, or empty.
    """

    source: str
    kind: SourceKind | None
    citation: Citation
    number: ReportNumber | None = None
    answered: Answered | None = None
    found_in: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What came of it: the record's key, whether it is new, its source, its title, and the records that seem to be the same report."""

    key: str
    new: bool
    source: str
    kind: str
    title: str
    found_in: tuple[str, ...]
    known_as: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def add(review: Review, addition: Addition) -> Added:
    """Store one report under its source.

    Raises:
        UsageError: the label cannot name a source, or the kind is not the registered one.
        DecisionError: `found_in` is no record of this review.
    """
    with review.store.write() as transaction:
        if addition.found_in:
            records.require(transaction, [addition.found_in])
        source = _source(transaction, addition)
        delivery = records.Delivery(source.slug, _accession(source.slug, addition), addition.citation, _raw(addition))
        ((key, _),), warnings = records.with_keys(transaction, [delivery])
        stored_before = records.records_by_key(transaction, [key])
        leading = record_events.found_in(transaction, [key]).get(key, ())
        if not stored_before or (addition.found_in and addition.found_in not in leading):
            _store(review, transaction, addition, delivery, source)
        stored = records.records_by_key(transaction, [key])[key]
        return Added(
            key=key,
            new=not stored_before,
            source=source.name,
            kind=source.kind.value,
            title=one_line(stored.citation.title),
            found_in=record_events.found_in(transaction, [key]).get(key, ()),
            known_as=tuple(sorted(_same_report(transaction, stored.citation) - {key})),
            warnings=tuple(warnings),
        )


def _source(transaction: Transaction, addition: Addition) -> runs.Source:
    label = one_line(addition.source)
    if not fold(label):
        raise UsageError(f"'{label}' cannot name a source: give a label with letters or digits, such as Reference lists.")
    kind = addition.kind or declared_kind(transaction.protocol, slug(label)) or _shown_kind(label, addition)
    source = runs.register_source(transaction, label, kind)
    if addition.kind is not None and source.kind is not addition.kind:
        raise UsageError(
            f"{source.name} is registered as a {source.kind}, not a {addition.kind}; give the other kind a name of its own."
        )
    return source


def _shown_kind(label: str, addition: Addition) -> SourceKind:
    """A report that another one led to comes from a citation search unless the source's label says otherwise."""
    kind = shown_kind(label, Provenance())
    led = bool(addition.found_in) and kind is SourceKind.DATABASE and slug(label) not in _FETCHED_AS
    return SourceKind.CITATION if led else kind


def _accession(source: str, addition: Addition) -> str:
    """The number under which the source has the report: for the two services theirs, else the number that was given."""
    citation, number = addition.citation, addition.number
    if source in _FETCHED_AS:
        own = citation.pmid if _FETCHED_AS[source] is Scheme.PMID else citation.nct
        return own or (number.value if number else "")
    return number.value if number else ""


def _raw(addition: Addition) -> str:
    return addition.answered.entry.raw if addition.answered else ""


def _store(review: Review, transaction: Transaction, addition: Addition, delivery: records.Delivery, source: runs.Source) -> None:
    answered = addition.answered
    details: dict[str, Any] = {"number": str(addition.number or ""), "from": addition.found_in}
    run = runs.begin_run(
        transaction,
        delivery.source,
        operator=review.operator,
        file_name=_name(addition),
        format=answered.format if answered else "",
        declared=1,
        service={ADDED: {name: value for name, value in details.items() if value}},
    )
    # What was typed is as little to be had again as an answer.
    name, body = (answered.name, answered.raw) if answered else (f"{DESCRIBED}-0001.json", encode(addition.citation).encode())
    raw = [RawFolder(review.folder, run.id).keep(name, packed(body))]
    taken = records.store_batch(transaction, run.id, [delivery])
    run_progress.finish(transaction, run.id, RunStatus.COMPLETE, reported=1, warnings=list(taken.warnings), raw=raw)
    attach_runs(transaction, review, SearchOfFile(), [(source, run, False)])


def _name(addition: Addition) -> str:
    """What stands in the appendix where imports have the name of their file."""
    led = f", found in {addition.found_in}" if addition.found_in else ""
    return one_line(f"added by hand: {addition.number or addition.citation.title[:60]}{led}")


def _same_report(transaction: Transaction, citation: Citation) -> set[str]:
    """The records that carry an identifier of this report; a register entry is alike only to entries."""
    pairs = _entry_numbers(citation) if citation.is_register_entry else (("doi", citation.doi), ("pmid", citation.pmid))
    return {key for scheme, value in pairs if value for key in records.keys_with(transaction, scheme, [value])}


def _entry_numbers(citation: Citation) -> Iterator[tuple[str, str]]:
    return (("registry", number) for number in citation.registry_numbers)


def described(citation: Citation, number: ReportNumber | None) -> Citation:
    """A report described by hand, with the number that was given for it in its place.

    Raises:
        UsageError: nothing describes it.
    """
    if number is not None:
        by_scheme: dict[Scheme, dict[str, Any]] = {
            Scheme.PMID: {"pmid": number.value},
            Scheme.DOI: {"doi": number.value},
            Scheme.NCT: {"registry_numbers": (number.value,)},
        }
        citation = replace(citation, **by_scheme[number.scheme])
    if not citation.title:
        raise UsageError("A report described by hand needs at least --title TEXT.")
    return citation
