"""From an open review to its flow, now or at a moment in its past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.flow.count import count
from prisma_tool.flow.counting_input import CountingInput, Entered
from prisma_tool.flow.flow import CheckKind, Flow, StudyParticipants
from prisma_tool.flow.scope import Moment, Scope, moment, resolve
from prisma_tool.flow.version_view import CountedReports, counted_reports
from prisma_tool.identify.files.declared_search import attachments, day_of_run
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import CAPTURED, Protocol
from prisma_tool.model.vocabulary import RunStatus, SourceKind, Stage
from prisma_tool.reports.counted_state import load_counted_state
from prisma_tool.reports.state import ReviewState, load_review_state, stopped_records
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import as_of
from prisma_tool.store.projections.log_head import log_head
from prisma_tool.store.queues import closed_versions
from prisma_tool.store.records import report_rows
from prisma_tool.store.runs import runs

__all__ = ["moment", "read_flow", "read_flow_with_head"]


def read_flow(review: Review, at: datetime | None = None, *, scope: Scope | None = None, listed: bool = True) -> Flow:
    """The flow of a review; with `at` or a scope, as its database knew it at that moment, under the protocol of that day.

    Without `listed` as many members as may be are counted by the database and not listed, which is quicker (`Count.unlisted`).

    Raises:
        PrismaError: the review did not exist at that moment, or the scope names an unknown version or run.
        UsageError: the scope's template would hide data.
    """
    scope = scope or Scope(at=at)
    with review.store.read() as transaction:
        return flow_at(transaction, review.protocol, resolve(transaction, scope), scope, listed=listed)


def read_flow_with_head(review: Review, scope: Scope, *, listed: bool = True) -> tuple[Flow, str]:
    """The flow, and the head of the log behind it: of all that this database had stored by the moment that the scope names.

    The head of a version leaves the closing itself out, so that it is the one which `version close` printed.

    Raises:
        PrismaError: the review did not exist at that moment, or the scope names an unknown version or run.
        UsageError: the scope's template would hide data.
    """
    with review.store.read() as transaction:
        when = resolve(transaction, scope)
        head = log_head(transaction, received_by=when.at, but=when.before[1] if when.before else "").head
        return flow_at(transaction, review.protocol, when, scope, listed=listed), head


@dataclass(frozen=True, slots=True)
class CountedVersion:
    """A flow with the reports behind it: `reports` are those of its version, `state` the whole review at that moment, `rules` the protocol."""

    flow: Flow
    reports: CountedReports
    state: ReviewState
    rules: Protocol
    when: Moment


def flow_at(transaction: Transaction, protocol: Protocol, when: Moment, scope: Scope, *, listed: bool = True) -> Flow:
    """The flow at a moment, under the protocol of that day; `protocol` is today's, `listed` as for `read_flow`.

    Raises:
        PrismaError: the review did not exist at that moment.
    """
    flow = counted_version(transaction, protocol, when, scope, listed=listed).flow
    failed = any(check.kind is CheckKind.STRICT and not check.holds for check in flow.checks)
    # What does not add up is told by its keys.
    return counted_version(transaction, protocol, when, scope).flow if failed and not listed else flow


def counted_version(
    transaction: Transaction, protocol: Protocol, when: Moment, scope: Scope, *, listed: bool = True
) -> CountedVersion:
    """The same, with the reports behind its numbers.

    Raises:
        PrismaError: the review did not exist at that moment.
    """
    rules = protocol if when.at is None else protocol_at(transaction, when.at)
    # Of a moment since which nothing has come, the kept state is read instead of being folded from the log.
    state_at = None if when.at and rules == protocol and as_of.unchanged_since(transaction, when.at) else when.at
    review_state = state_to_count(transaction.under(rules), state_at, when.before, listed=listed or scope.cumulative)
    account = _account(transaction, review_state, rules, when.at)
    tool_votes, human_votes = _voters(transaction, review_state, rules, state_at)
    searched = _searched(transaction, review_state, when.at, cumulative=scope.cumulative)
    account = replace(account, tool_votes=tool_votes, human_votes=human_votes, **searched)
    flow = count(review_state, rules, account, cumulative=scope.cumulative, template=scope.template)
    flow = replace(flow, dated=event_rows.newest_moment(transaction, when.at, when.before))
    return CountedVersion(flow, counted_reports(review_state, rules, cumulative=scope.cumulative), review_state, rules, when)


def state_to_count(transaction: Transaction, at: datetime | None, before: tuple[int, str] | None, *, listed: bool) -> ReviewState:
    """The state to count from. Of an update, and where tools voted, every report is looked at by itself.

    Args:
        transaction: The transaction to read in, under the protocol to count by.
        at: The moment, as for `load_review_state`; None for now.
        before: The version that is left out, as for `load_review_state`.
        listed: Whether every report is wanted one by one anyway.
    """
    by_report = listed or at is not None or transaction.protocol.tools or closed_versions.standing_closings(transaction)
    return load_review_state(transaction, at, before) if by_report else load_counted_state(transaction, assessed=True)


def protocol_at(transaction: Transaction, at: datetime) -> Protocol:
    """The protocol that was in force at a moment.

    Raises:
        PrismaError: the review did not exist at that moment.
    """
    texts = event_rows.events(transaction, kinds=[EventKind.PROTOCOL], received_by=at, newest_first=True, limit=1)
    newest = next(iter(texts), None)
    if newest is None:
        raise PrismaError(f"This review has nothing in its log by {at:%Y-%m-%d %H:%M} UTC; choose a later date.")
    return parse_protocol(newest.text("text"), f"review.toml of {newest.received:%Y-%m-%d}")


def _account(transaction: Transaction, review_state: ReviewState, protocol: Protocol, at: datetime | None) -> CountingInput:
    started_runs = [run for run in runs.all_runs(transaction) if at is None or run.started <= at]
    latest = {run.search: run for run in started_runs if run.search}
    # What an unfinished run could not read or fetch may still change; it is told as unfinished instead.
    complete = [run for run in started_runs if _complete(run, at)]
    return CountingInput(
        undelivered=sum(len(run.undelivered) for run in latest.values() if run in complete),
        rejected=sum(len(run.rejected) for run in complete),
        unfinished=tuple(name for name, run in latest.items() if name and _unfinished(name, run, protocol, at)),
        entered=tuple(_entered(event_rows.not_undone(transaction, EventKind.ADJUSTMENT, at), review_state)),
        stopped=stopped_records(review_state),
        participants=_participants(review_state),
        captured_through=_captured_through(transaction, _captured(review_state)),
    )


def _captured(review_state: ReviewState) -> list[str]:
    """The register entries that were excluded as already captured."""
    sources = review_state.sources
    return [
        report.key
        for report in review_state.reports
        if report.reason == CAPTURED and sources[report.records[0].source].kind is SourceKind.REGISTER
    ]


def _captured_through(transaction: Transaction, entries: list[str]) -> Mapping[str, tuple[str, ...]]:
    """The sources of the publications that capture these entries; most reviews have none, and no need of what compares titles."""
    if not entries:
        return {}
    from prisma_tool.studies.captured_sources import captured_sources

    return captured_sources(transaction, entries)


def _participants(review_state: ReviewState) -> dict[str, StudyParticipants]:
    return {
        slot.subject: StudyParticipants(slot.subject, int(event.payload.get("participants", 0)), event.text("as"))
        for slot, event in review_state.state.standing.items()
        if slot.kind == EventKind.PARTICIPANTS
    }


def _searched(transaction: Transaction, review_state: ReviewState, at: datetime | None, *, cumulative: bool) -> dict[str, Any]:
    """What the figure's version searched: the kinds of sources, and when it last did. A search that failed is none."""
    complete = [
        run
        for run in runs.all_runs(transaction)
        if (at is None or run.started <= at) and _complete(run, at) and (cumulative or run.started > review_state.era.cut)
    ]
    attached = attachments(transaction) if transaction.protocol.declared else {}
    days = [
        str(day_of_run(transaction.protocol, run, attached.get(run.id)))
        for run in complete
        if review_state.sources[run.source].kind.in_left_column
    ]
    return {
        "searched": frozenset(review_state.sources[run.source].kind for run in complete),
        "last_searched": max(days, default=""),
    }


def _complete(run: runs.Run, at: datetime | None) -> bool:
    return run.status == RunStatus.COMPLETE and (at is None or (run.finished is not None and run.finished <= at))


def _unfinished(name: str, run: runs.Run, protocol: Protocol, at: datetime | None) -> bool:
    return not _complete(run, at) and (run.status == RunStatus.COMPLETE or runs.is_unfinished(name, run.status, protocol))


def _entered(events: Iterable[Event], review_state: ReviewState) -> Iterable[Entered]:
    since = review_state.era.cut
    return (
        Entered(event.subject, int(event.payload.get("n", 0)), event.text("note"), event.received > since) for event in events
    )


def _voters(
    transaction: Transaction, review_state: ReviewState, protocol: Protocol, at: datetime | None
) -> tuple[frozenset[str], frozenset[str]]:
    """The keys on which tools, and those on which people, spoke at title/abstract; nothing without tools in the protocol."""
    if not protocol.tools:
        return frozenset(), frozenset()
    if at is None:
        votes = report_rows.title_abstract_voters(transaction)
    else:
        kinds = (EventKind.DECISION, EventKind.ADJUDICATION)
        decisions = (
            event
            for slot, event in review_state.state.standing.items()
            if slot.kind in kinds and slot.stage == Stage.TITLE_ABSTRACT
        )
        votes = [(event.subject, event.reviewer) for event in decisions]
    tools = {tool.casefold() for tool in protocol.tools}
    by_tool = frozenset(key for key, reviewer in votes if reviewer.casefold() in tools)
    return by_tool, frozenset(key for key, reviewer in votes if reviewer.casefold() not in tools)
