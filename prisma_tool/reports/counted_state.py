"""The state of a review for whoever only counts: most reports are counted by the database and not listed.

Listed are the reports of which more has to be known than their outcomes: those that wait for their full text, that were taken out or linked
to a study, of registers and of other methods. Invariant: the numbers are those of `load_review_state`, report by report.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.fold import State
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.reports.state import RecordTotals, ReviewState, reports, unlisted_reports
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import rebuild, update
from prisma_tool.store.queues import closed_versions
from prisma_tool.store.records import clusters, report_counts, report_rows
from prisma_tool.store.runs import runs
from prisma_tool.store.runs.runs import Source


def load_counted_state(transaction: Transaction, *, assessed: bool = False) -> ReviewState:
    """The review as it stands, with reports that are counted and not listed (`Report.n`); with `assessed` those assessed are listed too."""
    return transaction.once((load_counted_state, assessed), lambda: _read(transaction, assessed=assessed))


def _read(transaction: Transaction, *, assessed: bool) -> ReviewState:
    sources = {source.slug: source for source in runs.sources(transaction)}
    one_by_one = [slug for slug, source in sources.items() if source.kind is not SourceKind.DATABASE]
    listed = report_counts.listed_clusters(transaction, one_by_one, assessed=assessed)
    state = _state_of(transaction, listed, assessed=assessed)
    holdings = report_rows.counted_records_of(transaction, [key for key, name in state.cluster_of.items() if name in listed])
    counts = report_counts.unlisted_outcomes(transaction, one_by_one, assessed=assessed)
    unlisted = (unlisted_reports(one.title_abstract, one.full_text, one.n) for one in counts)
    all_reports = (*reports(holdings, sources, state, transaction.protocol), *unlisted)
    era = closed_versions.read_era(transaction)
    waiting = frozenset(clusters.waiting_keys(transaction))
    return ReviewState(sources, all_reports, state, waiting, era, _record_totals(transaction, sources))


def _state_of(transaction: Transaction, listed: Collection[str], *, assessed: bool) -> State:
    """What the log came to of the listed reports, and of the pairs that wait for a person."""
    # Of a report with votes at full text it says nothing more that its text was retrieved (counting rule 14).
    acts = rebuild.stored_acts(transaction, assessed=assessed)
    # Whether a pair waits depends on what people said of other pairs of the same reports.
    pairs = [slot for slot in acts if slot.kind == EventKind.DUPLICATE]
    cluster_of = update.clusters_of(transaction, {key for slot in pairs for key in (slot.subject, slot.object)})
    members = update.members_of(transaction, listed)
    cluster_of |= {key: name for name, keys in members.items() for key in keys}
    return State(acts, cluster_of, rebuild.stored_outcomes(transaction, listed))


def _record_totals(transaction: Transaction, sources: Mapping[str, Source]) -> RecordTotals:
    counts = report_counts.record_counts(transaction)
    registers = [slug for slug, source in sources.items() if source.kind is SourceKind.REGISTER]
    return RecordTotals(
        {counted.source: counted.n for counted in counts},
        {counted.source: counted.surplus for counted in counts},
        report_rows.counted_records_from(transaction, registers),
    )
