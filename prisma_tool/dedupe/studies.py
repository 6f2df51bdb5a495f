"""Reports linked to their studies: by hand, and suggested where reports share a registry number (counting rules 18-20).

A link never merges: each report stays a report. Registry numbers that the sources give as identifiers, and references that a
register calls RESULT or DERIVED, are strong grounds; numbers merely mentioned in an abstract are medium; BACKGROUND never counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prisma_tool.errors import DecisionError
from prisma_tool.model.events import Event, EventKind
from prisma_tool.model.text import fold, one_line
from prisma_tool.review.review import Review
from prisma_tool.store import log, projections, records, studies
from prisma_tool.store.database import Transaction
from prisma_tool.store.records import StoredRecord

REVIEW_TYPES = ("review", "systematic review", "meta analysis", "comment", "editorial", "clinical trial protocol")
"""Publications of these types name trials that they do not report, so a number in their abstract is no ground."""
REPORTING_REFERENCES = ("RESULT", "DERIVED")


class Strength(StrEnum):
    """How good the grounds of a suggestion are."""

    STRONG = "strong"
    MEDIUM = "medium"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Reports that seem to belong to one study: its registry number, and of each report the key, title and ground in words."""

    number: str
    keys: tuple[str, ...]
    strength: Strength
    reports: tuple[tuple[str, str, str], ...]


def link(review: Review, label: str, keys: Sequence[str], reviewer: str) -> None:
    """Add reports to a study.

    Raises:
        DecisionError: an unknown key, or an empty label.
    """
    link_all(review, [(label, key) for key in keys], reviewer)


def link_all(review: Review, links: Sequence[tuple[str, str]], reviewer: str) -> None:
    """Add reports to studies, all (label, key) pairs or none.

    Raises:
        DecisionError: an unknown key, or an empty label.
    """
    pairs = [(one_line(label), key) for label, key in links]
    if not all(label for label, _ in pairs):
        raise DecisionError("A study needs a label, such as 'Moreau 2019 (NCT01234567)'.")
    with review.store.write() as transaction:
        records.require(transaction, {key for _, key in pairs})
        drafts = [
            log.Draft(EventKind.STUDY, key, reviewer=reviewer, payload={"study": label, "linked": True}) for label, key in pairs
        ]
        log.append(transaction, drafts)


def unlink(review: Review, key: str, reviewer: str) -> list[str]:
    """Take a report out of its studies; returns their labels.

    Raises:
        DecisionError: an unknown key, or a report that is linked to none.
    """
    with review.store.write() as transaction:
        records.require(transaction, [key])
        members = _members(transaction, key)
        linked = [event for event in studies.links(transaction) if event.subject in members]
        if not linked:
            raise DecisionError(f"{key} is linked to no study; nothing was changed.")
        drafts = [
            log.Draft(EventKind.STUDY, event.subject, reviewer=reviewer, payload={"study": event.text("study"), "linked": False})
            for event in linked
        ]
        log.append(transaction, drafts)
        return sorted({event.text("study") for event in linked})


def _members(transaction: Transaction, key: str) -> set[str]:
    cluster = projections.clusters_of(transaction, [key])[key]
    return set(projections.members_of(transaction, [cluster])[cluster])


def listed(review: Review) -> dict[str, list[str]]:
    """The keys of each study, by label."""
    with review.store.read() as transaction:
        found: dict[str, list[str]] = {}
        for event in studies.links(transaction):
            found.setdefault(event.text("study"), []).append(event.subject)
    return {label: sorted(keys) for label, keys in sorted(found.items())}


def suggest(review: Review) -> list[Suggestion]:
    """Groups of reports that share a registry number and are not linked to one study yet; strong grounds first."""
    with review.store.read() as transaction:
        found = list(records.all_records(transaction))
        linked = list(studies.links(transaction))
    grounds = _Grounds()
    by_pmid = {record.citation.pmid: record for record in found if record.citation.pmid}
    for record in found:
        _collect(grounds, record, by_pmid)
    together = _linked_together(linked, found)
    titles = {record.key: one_line(record.citation.title) or "(no title)" for record in found}
    suggestions = (_suggestion(number, grounds, titles) for number in grounds.clusters)
    open_ones = (one for one in suggestions if len(one.keys) > 1 and not any(set(one.keys) <= group for group in together))
    return sorted(open_ones, key=lambda one: (one.strength is not Strength.STRONG, one.number))


class _Grounds:
    """Clusters by registry number, with how each came to it."""

    def __init__(self) -> None:
        self.clusters: dict[str, dict[str, str]] = {}

    def add(self, number: str, cluster: str, ground: str) -> None:
        held = self.clusters.setdefault(number, {})
        if held.get(cluster, _MENTIONED) == _MENTIONED:
            held[cluster] = ground


_MENTIONED = "number in the abstract"


def _collect(grounds: _Grounds, record: StoredRecord, by_pmid: dict[str, StoredRecord]) -> None:
    citation = record.citation
    for number in citation.registry_numbers:
        ground = "register entry" if citation.is_register_entry else "registry number given by the database"
        grounds.add(number, record.cluster, ground)
    if not any(fold(kind) in REVIEW_TYPES for kind in citation.publication_types):
        for number in citation.mentioned_numbers:
            grounds.add(number, record.cluster, _MENTIONED)
    if citation.is_register_entry and citation.registry_numbers:
        for reference in citation.links:
            reported = by_pmid.get(reference.pmid)
            if reference.kind in REPORTING_REFERENCES and reported is not None:
                grounds.add(citation.registry_numbers[0], reported.cluster, f"{reference.kind} reference of the register")


def _suggestion(number: str, grounds: _Grounds, titles: Mapping[str, str]) -> Suggestion:
    held = grounds.clusters[number]
    strong = sum(ground != _MENTIONED for ground in held.values()) > 1
    reports = tuple((key, titles[key], ground) for key, ground in sorted(held.items()))
    return Suggestion(number, tuple(sorted(held)), Strength.STRONG if strong else Strength.MEDIUM, reports)


def _linked_together(linked: Iterable[Event], found: Iterable[StoredRecord]) -> list[set[str]]:
    cluster = {record.key: record.cluster for record in found}
    groups: dict[str, set[str]] = {}
    for event in linked:
        groups.setdefault(event.text("study"), set()).add(cluster.get(event.subject, event.subject))
    return list(groups.values())
