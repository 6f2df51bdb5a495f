"""Reports linked to their studies: by hand, and suggested where reports share a registry number (counting rules 18-20).

A link never merges: each report stays a report. Registry numbers that the sources give as identifiers, and references that a
register calls RESULT or DERIVED, are strong grounds; numbers merely mentioned in an abstract are medium; BACKGROUND never counts. The same people under like titles are
the weakest ground, so it is only sought among reports that passed title/abstract screening.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import fold, one_line
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, rebuild, update
from prisma_tool.store.records import records, study_links
from prisma_tool.store.records.records import StoredRecord

REVIEW_TYPES = ("review", "systematic review", "meta analysis", "comment", "editorial", "clinical trial protocol")
"""Publications of these types name trials that they do not report, so a number in their abstract is no ground."""


class Strength(StrEnum):
    """How good the grounds of a suggestion are."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Reports that seem to belong to one study: its registry number, and of each report the key, title and ground in words."""

    number: str
    keys: tuple[str, ...]
    strength: Strength
    reports: tuple[tuple[str, str, str], ...]


def link(review: Review, label: str, keys: Sequence[str], reviewer: str) -> None:
    """Add reports to a study.

    Args:
        review: The review.
        label: What the study is called; a label not used before makes a study.
        keys: Records of the reports.
        reviewer: Who links.

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
            event_log.Draft(EventKind.STUDY, key, reviewer=reviewer, payload={"study": label, "linked": True})
            for label, key in pairs
        ]
        event_log.append(transaction, drafts)


def link_to_study_of(review: Review, key: str, other: str, reviewer: str) -> str:
    """Make a report one more of the study that another belongs to; returns the study's label.

    A study that has no label yet is called after the registry number of the report, else after the other report's key.

    Args:
        review: The review.
        key: A record of the report to be linked.
        other: A record of the report whose study it joins.
        reviewer: Who links.

    Raises:
        DecisionError: an unknown key.
    """
    with review.store.read() as transaction:
        records.require(transaction, [key, other])
        members = _members(transaction, other)
        labels = [event.text("study") for event in study_links.links(transaction) if event.subject in members]
        entry = records.records_by_key(transaction, [key])[key].citation
    label = labels[0] if labels else next(iter(entry.registry_numbers), other)
    link_all(review, [(label, key)] if labels else [(label, key), (label, other)], reviewer)
    return label


def unlink(review: Review, key: str, reviewer: str) -> list[str]:
    """Take a report out of its studies; returns their labels.

    Raises:
        DecisionError: an unknown key, or a report that is linked to none.
    """
    with review.store.write() as transaction:
        records.require(transaction, [key])
        members = _members(transaction, key)
        linked = [event for event in study_links.links(transaction) if event.subject in members]
        if not linked:
            raise DecisionError(f"{key} is linked to no study; nothing was changed.")
        drafts = [
            event_log.Draft(
                EventKind.STUDY, event.subject, reviewer=reviewer, payload={"study": event.text("study"), "linked": False}
            )
            for event in linked
        ]
        event_log.append(transaction, drafts)
        return sorted({event.text("study") for event in linked})


def _members(transaction: Transaction, key: str) -> set[str]:
    cluster = update.clusters_of(transaction, [key])[key]
    return set(update.members_of(transaction, [cluster])[cluster])


def keys_by_study(review: Review) -> dict[str, list[str]]:
    """The keys of each study, by label."""
    with review.store.read() as transaction:
        keys_by_label: dict[str, list[str]] = {}
        for event in study_links.links(transaction):
            keys_by_label.setdefault(event.text("study"), []).append(event.subject)
    return {label: sorted(keys) for label, keys in sorted(keys_by_label.items())}


def suggest(review: Review) -> list[Suggestion]:
    """Groups of reports that seem to belong to one study and are not linked to one yet; strong grounds first."""
    with review.store.read() as transaction:
        stored = list(records.all_records(transaction))
        linked = list(study_links.links(transaction))
        forward = _forward_clusters(transaction)
    titles = {record.key: one_line(record.citation.title) or "(no title)" for record in stored}
    grounds = _grounds(stored)
    numbered = [_suggestion(number, grounds, titles) for number in grounds.clusters]
    linked_groups = _linked_groups(linked, stored)
    is_linked = _within(linked_groups)
    suggestions = [suggestion for suggestion in numbered if len(suggestion.keys) > 1 and not is_linked(suggestion)]
    is_known = _within([*linked_groups, *(set(suggestion.keys) for suggestion in suggestions)])
    by_people = (
        _suggestion_by_people(*pair) for pair in _pairs_by_same_people(record for record in stored if record.key in forward)
    )
    suggestions += [suggestion for suggestion in by_people if not is_known(suggestion)]
    order = list(Strength)
    return sorted(suggestions, key=lambda suggestion: (order.index(suggestion.strength), suggestion.number, suggestion.keys))


def _within(groups: Iterable[set[str]]) -> Callable[[Suggestion], bool]:
    """Whether a suggestion lies within one of these groups of clusters; asked of each by one of its clusters alone."""
    groups_by_key: defaultdict[str, list[set[str]]] = defaultdict(list)
    for group in groups:
        for key in group:
            groups_by_key[key].append(group)
    return lambda suggestion: any(group.issuperset(suggestion.keys) for group in groups_by_key.get(suggestion.keys[0], ()))


def _suggestion_by_people(a: StoredRecord, b: StoredRecord) -> Suggestion:
    first, second = sorted((a, b), key=lambda record: (record.citation.year or 0, record.key))
    name = first.citation.authors[0].family if first.citation.authors else first.key
    reports = tuple((record.key, one_line(record.citation.title), Ground.SAME_PEOPLE) for record in (first, second))
    return Suggestion(one_line(f"{name} {first.citation.year or ''}"), tuple(sorted((a.key, b.key))), Strength.WEAK, reports)


class Ground(StrEnum):
    """Why a report is taken for one of a study, the strong ones first."""

    ENTRY = "register entry"
    GIVEN = "registry number given by the database"
    RESULT = "RESULT reference of the register"
    DERIVED = "DERIVED reference of the register"
    NOTICE = "correction or update of another report"
    NOTICED = "corrected or updated by another report"
    PREPRINT = "preprint of another report"
    PUBLISHED = "article of another report, its preprint"
    MENTIONED = "number in the abstract"
    SAME_PEOPLE = "same people, like titles"


_REFERENCES = {"RESULT": Ground.RESULT, "DERIVED": Ground.DERIVED}
_NOTICE_LINKS = frozenset(
    (
        "ErratumFor",
        "UpdateOf",
        "RepublishedFrom",
        "CorrectedandRepublishedFrom",
        "RetractedandRepublishedFrom",
        "AssociatedPublication",
    )
)
"""PubMed's links from a report to another report of the same study; comments are other people's."""


class _Grounds:
    """Clusters by registry number, with the best ground on which each came to it; and the numbers of each cluster, in order."""

    def __init__(self) -> None:
        self.clusters: dict[str, dict[str, Ground]] = {}
        self.numbers: dict[str, list[str]] = {}

    def add(self, number: str, cluster: str, ground: Ground) -> None:
        grounds = self.clusters.setdefault(number, {})
        order = list(Ground)
        if cluster not in grounds:
            self.numbers.setdefault(cluster, []).append(number)
        if cluster not in grounds or order.index(ground) < order.index(grounds[cluster]):
            grounds[cluster] = ground


_PREPRINT_LINKS = ("PreprintOf", "PreprintIn")
"""Europe PMC's links from a preprint to its article, and back."""
_PREPRINT_NUMBER = re.compile(r"PPR\d+")


def _grounds(stored: Sequence[StoredRecord]) -> _Grounds:
    grounds = _Grounds()
    by_pmid = {record.citation.pmid: record for record in stored if record.citation.pmid}
    by_preprint = {record.accession: record for record in stored if _PREPRINT_NUMBER.fullmatch(record.accession)}
    for record in stored:
        _by_number(grounds, record)
        _by_reference(grounds, record, by_pmid)
    for record in stored:
        _by_notice(grounds, record, by_pmid)
        _by_preprint(grounds, record, by_pmid, by_preprint)
    return grounds


def _by_number(grounds: _Grounds, record: StoredRecord) -> None:
    citation = record.citation
    for number in citation.registry_numbers:
        grounds.add(number, record.cluster, Ground.ENTRY if citation.is_register_entry else Ground.GIVEN)
    if not any(fold(kind) in REVIEW_TYPES for kind in citation.publication_types):
        for number in citation.mentioned_numbers:
            grounds.add(number, record.cluster, Ground.MENTIONED)


def _by_reference(grounds: _Grounds, record: StoredRecord, by_pmid: Mapping[str, StoredRecord]) -> None:
    """What the register itself names as reports of its trial; BACKGROUND references never count."""
    citation = record.citation
    if citation.is_register_entry and citation.registry_numbers:
        for reference in citation.links:
            reported = by_pmid.get(reference.pmid)
            if reported is not None and reference.kind in _REFERENCES:
                grounds.add(citation.registry_numbers[0], reported.cluster, _REFERENCES[reference.kind])


def _by_notice(grounds: _Grounds, record: StoredRecord, by_pmid: Mapping[str, StoredRecord]) -> None:
    """An erratum or update belongs to the study of the report that it speaks of, whether or not that has a number."""
    for reference in record.citation.links:
        reported = by_pmid.get(reference.pmid)
        if reported is None or reference.kind not in _NOTICE_LINKS or reported.cluster == record.cluster:
            continue
        for number in tuple(grounds.numbers.get(reported.cluster, ())) or (f"PMID {reference.pmid}",):
            grounds.add(number, reported.cluster, Ground.NOTICED)
            grounds.add(number, record.cluster, Ground.NOTICE)


def _by_preprint(
    grounds: _Grounds, record: StoredRecord, by_pmid: Mapping[str, StoredRecord], by_preprint: Mapping[str, StoredRecord]
) -> None:
    """A preprint and its article are two reports of one study, whichever of them names the other."""
    for reference in record.citation.links:
        number = _PREPRINT_NUMBER.match(reference.note)
        other = by_pmid.get(reference.pmid) or by_preprint.get(number[0] if number else "")
        if reference.kind not in _PREPRINT_LINKS or other is None or other.cluster == record.cluster:
            continue
        shared = tuple(grounds.numbers.get(other.cluster, ())) or tuple(grounds.numbers.get(record.cluster, ()))
        name = other.citation.pmid or record.citation.pmid
        preprint, article = (record, other) if reference.kind == "PreprintOf" else (other, record)
        for study in shared or (f"PMID {name}" if name else other.accession,):
            grounds.add(study, preprint.cluster, Ground.PREPRINT)
            grounds.add(study, article.cluster, Ground.PUBLISHED)


@dataclass(frozen=True, slots=True)
class CapturedPublication:
    """A publication in the review through which a register entry is captured already, and on what ground."""

    key: str
    pmid: str
    ground: Ground


def captured_through(transaction: Transaction, entry: StoredRecord) -> list[CapturedPublication]:
    """The publications in the review that report the trial of a register entry (counting rule 18), strong grounds only.

    Costs a look at the records that share an identifier with the entry, not at the whole review.
    """
    citation = entry.citation
    if not citation.is_register_entry:
        return []
    pmids = reported_pmids(entry)
    keys = records.keys_with(transaction, "registry", citation.registry_numbers) | records.keys_with(transaction, "pmid", pmids)
    candidates = [
        record for record in records.records_by_key(transaction, keys).values() if not record.citation.is_register_entry
    ]
    publications = {
        record.cluster: CapturedPublication(record.cluster, record.citation.pmid, pmids.get(record.citation.pmid, Ground.GIVEN))
        for record in candidates
        if record.cluster != entry.cluster
    }
    return [publications[key] for key in sorted(publications)]


def reported_pmids(entry: StoredRecord) -> dict[str, Ground]:
    """The publications that a register entry itself names as reports of its trial, by PMID."""
    return {link.pmid: _REFERENCES[link.kind] for link in entry.citation.links if link.pmid and link.kind in _REFERENCES}


def _suggestion(number: str, grounds: _Grounds, titles: Mapping[str, str]) -> Suggestion:
    grounds_by_cluster = grounds.clusters[number]
    strong = sum(ground is not Ground.MENTIONED for ground in grounds_by_cluster.values()) > 1
    reports = tuple((key, titles[key], ground) for key, ground in sorted(grounds_by_cluster.items()))
    return Suggestion(number, tuple(sorted(grounds_by_cluster)), Strength.STRONG if strong else Strength.MEDIUM, reports)


def _linked_groups(linked: Iterable[Event], stored: Iterable[StoredRecord]) -> list[set[str]]:
    cluster = {record.key: record.cluster for record in stored}
    groups: dict[str, set[str]] = {}
    for event in linked:
        groups.setdefault(event.text("study"), set()).add(cluster.get(event.subject, event.subject))
    return list(groups.values())


def _forward_clusters(transaction: Transaction) -> set[str]:
    """The clusters that title/abstract screening let through."""
    outcomes = rebuild.stored_state(transaction, votes=False).outcomes
    passed = (OutcomeState.INCLUDE, OutcomeState.MAYBE)
    return {
        cluster for (cluster, stage), outcome in outcomes.items() if stage is Stage.TITLE_ABSTRACT and outcome.state in passed
    }


def _pairs_by_same_people(stored: Iterable[StoredRecord]) -> Iterator[tuple[StoredRecord, StoredRecord]]:
    # Matching needs libraries that screening does not; the first record need not wait for them.
    from prisma_tool.dedupe.normalise import normalise
    from prisma_tool.studies.same_people import pairs_by_same_people

    publications = [record for record in stored if not record.citation.is_register_entry]
    comparables = [normalise(record.key, record.source, record.citation) for record in publications]
    return ((publications[i], publications[j]) for i, j in pairs_by_same_people(comparables))
