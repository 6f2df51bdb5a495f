"""What has changed about records after somebody decided on them, and what else waits for a person after a rerun.

Pure; `acknowledgement` reads it from a review. Invariant: the tool reports a change, it never decides. A change needs an answer until
each reviewer who had decided before it has decided anew on the report or has acknowledged it, or until a ruling was given since. Times
alone settle this, so that merged copies agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prisma_tool.model.log.clock import moment_of
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.changes import NOTICES
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import one_line
from prisma_tool.model.utc import utc_text
from prisma_tool.reports.state import Report
from prisma_tool.store.runs.reruns import Arrival, ArticleNumbers, Revision, SearchState, VanishedRecord

VANISHED = "vanished"
CHANGE_KINDS = (
    "retracted",
    "expression of concern",
    VANISHED,
    "results posted",
    "erratum",
    "updated",
    "abstract arrived",
    "title changed",
)
"""The kinds of change that are raised once somebody has decided, the gravest first."""

GRAVE_KINDS = frozenset({"retracted", "expression of concern", "results posted"})
"""What is raised also where the source had said so all along and only a newer parser understood it."""

_LONGEST_TEXT = 160
"""Characters of a title; the record itself has all of it."""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """Something that happened to a record: its kind (one of `CHANGE_KINDS`), what was known before and after, and when it was stored.

    `by` is the reviewer who made it, to whom it is no news.
    """

    key: str
    kind: str
    before: str
    after: str
    since: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSinceDecision:
    """A change to a record on which somebody had decided.

    `report` is the key under which the report is shown, `decided` what the decisions amount to (never a single reviewer's vote,
    counting rule 25), `waiting` the reviewers who had decided before the change and have not answered it.
    """

    key: str
    report: str
    kind: str
    before: str
    after: str
    since: datetime
    decided: str
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SupersededCorrection:
    """A corrected field about which the source has changed its mind: how it reads, what the source said then and says now."""

    key: str
    field: str
    value: str
    before: str
    now: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class OpenItems:
    """All that waits for a person apart from the queues.

    `late_duplicates` are records that joined a report after it was decided, and of which no PMID or DOI says that it is what was decided on
    (key, report); `unfinished` and `undelivered` speak of the latest run of each search; `reopening` are closed reports, not retrieved, ongoing or awaiting, that a new record describes (counting rule 22);
    `superseded_corrections` are corrections beneath which the source has changed; `future_events` lie ahead of this computer's clock.
    """

    changes: tuple[ChangeSinceDecision, ...] = ()
    unfinished: tuple[SearchState, ...] = ()
    undelivered: tuple[SearchState, ...] = ()
    late_duplicates: tuple[tuple[str, str], ...] = ()
    reopening: tuple[str, ...] = ()
    superseded_corrections: tuple[SupersededCorrection, ...] = ()
    future_events: tuple[Event, ...] = ()

    def __bool__(self) -> bool:
        return bool(
            self.changes
            or self.unfinished
            or self.undelivered
            or self.late_duplicates
            or self.reopening
            or self.superseded_corrections
            or self.future_events
        )


@dataclass(frozen=True, slots=True)
class ReportAnswers:
    """What people said about one report: votes and rulings that stand, and acknowledgements."""

    votes: tuple[Event, ...] = ()
    rulings: tuple[Event, ...] = ()
    acknowledgements: tuple[Event, ...] = ()


def unanswered(
    changes: Iterable[RecordChange], answers: Mapping[str, ReportAnswers], reports: Mapping[str, Report], protocol: Protocol
) -> list[ChangeSinceDecision]:
    """The changes that still wait for a person, the gravest first; `answers` and `reports` are by record key. Pure."""
    result = []
    for change in changes:
        reviewers = unanswered_by(change.since, answers[change.key], frozenset(protocol.tools))
        if reviewers is not None and reviewers != (change.by,):
            reviewers = tuple(name for name in reviewers if name != change.by)
            report = reports[change.key]
            result.append(
                ChangeSinceDecision(
                    change.key, report.key, change.kind, change.before, change.after, change.since,
                    decision_text(report, protocol), reviewers,
                )
            )  # fmt: skip
    return sorted(result, key=lambda change: (CHANGE_KINDS.index(change.kind), change.since, change.key))


def unanswered_by(since: datetime, answers: ReportAnswers, tools: frozenset[str] = frozenset()) -> tuple[str, ...] | None:
    """The reviewers from whom a change of that moment still wants an answer; None where nobody had decided or all is answered.

    Empty where only a ruling stands, or the vote of an automation tool: then anybody may acknowledge.
    """
    decided_before = [event for event in (*answers.votes, *answers.rulings) if event.done <= since]
    if not decided_before or any(ruling.done > since for ruling in answers.rulings):
        return None
    answered = {event.reviewer for event in (*answers.votes, *answers.acknowledgements) if event.done > since}
    voted = {event.reviewer for event in decided_before if event.kind == EventKind.DECISION} - tools
    if not voted:
        return None if answered else ()
    return tuple(sorted(voted - answered)) or None


def decision_text(report: Report, protocol: Protocol) -> str:
    """What has become of a report: `excluded at full text (Wrong population)`."""
    reason = f" ({one_line(protocol.reason_label(report.reason))})" if report.reason else ""
    return f"{report.phase}{reason}"


def changes_of(revision: Revision) -> Iterator[RecordChange]:
    """A further version of a record as one change for each kind.

    What only a newer parser saw in an old answer is told where it is grave, for it was never shown to those who decided.
    """
    for kind in revision.kinds:
        if revision.reparsed and kind not in GRAVE_KINDS:
            continue
        before, after = before_and_after(kind, revision.before, revision.after)
        yield RecordChange(revision.key, kind, before, after, revision.since)


def before_and_after(kind: str, before: Citation, after: Citation) -> tuple[str, str]:
    """What was known before and after, in a few words of plain text.

    Args:
        kind: The change, such as "title changed".
        before: The citation on which the decision was made.
        after: The citation now.
    """
    if kind == "title changed":
        return _short(before.title), _short(after.title)
    if kind == "abstract arrived":
        return "no abstract", f"{len(after.abstract_text.split())} words"
    if kind == "results posted":
        return "no results", f"posted {after.trial.results_posted if after.trial else ''}".strip()
    known_links = {(link.kind, link.pmid, link.note) for link in before.links}
    new_links = [
        link for link in after.links if NOTICES.get(link.kind) == kind and (link.kind, link.pmid, link.note) not in known_links
    ]
    return "no notice", "; ".join(_short(_notice(link.kind, link.pmid, link.note)) for link in new_links) or "a notice"


def _notice(kind: str, pmid: str, note: str) -> str:
    return " ".join(part for part in (kind, note, f"PMID {pmid}" if pmid else "") if part)


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def vanished_change(vanishing: VanishedRecord) -> RecordChange:
    """A record that was not found again, as a change."""
    outcome = f"not found since; the strategy of {vanishing.search} had changed" if vanishing.narrowed else "not found since"
    return RecordChange(vanishing.key, VANISHED, f"found by {one_line(vanishing.search)}", one_line(outcome), vanishing.since)


def notice_change(event: Event) -> RecordChange:
    """What a service said of a record outside any search, as a change."""
    words = " ".join(filter(None, (f"told by {one_line(event.text('by'))}", _short(event.text("detail")))))
    return RecordChange(event.subject, event.text("notice"), "no notice", words, event.done)


def late_among(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Records that joined a report which was decided: they came after its first vote, or had been decided on themselves."""
    groups: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        groups.setdefault(arrival.cluster, []).append(arrival)
    return [arrival for members in groups.values() for arrival in _late_members(members)]


def _late_members(members: Sequence[Arrival]) -> Iterator[Arrival]:
    voted = [(arrival.voted, arrival.key) for arrival in members if arrival.voted is not None]
    if voted:
        first, decided_first = min(voted)
        rest = (arrival for arrival in members if arrival.key != decided_first)
        yield from (arrival for arrival in rest if arrival.voted is not None or arrival.added > first)


def late_and_unlike(arrivals: Sequence[Arrival], numbers: Mapping[str, ArticleNumbers]) -> list[Arrival]:
    """Of the late records those that a person may want to look at.

    One that nobody voted on, and whose PMID or DOI is that of a record that was there when its report was decided, is what was decided on: a
    search that meets known works brings many of these, and there is nothing to compare.
    """
    late = late_among(arrivals)
    late_keys = {arrival.key for arrival in late}
    there: dict[str, list[ArticleNumbers]] = {}
    for arrival in arrivals:
        if arrival.key not in late_keys and arrival.key in numbers:
            there.setdefault(arrival.cluster, []).append(numbers[arrival.key])
    nothing = ArticleNumbers()
    return [
        arrival
        for arrival in late
        if arrival.voted is not None
        or not any(numbers.get(arrival.key, nothing).same_article(known) for known in there.get(arrival.cluster, ()))
    ]


def summary(changes: Iterable[ChangeSinceDecision]) -> str:
    """`3 (1 retracted, 2 vanished)`: how many changes, by kind, the gravest first."""
    kinds = Counter(change.kind for change in changes)
    return f"{kinds.total()} ({', '.join(f'{kinds[kind]} {kind}' for kind in CHANGE_KINDS if kinds[kind])})"


def as_json(items: OpenItems) -> dict[str, Any]:
    """The value of `attention` in `status --json`."""
    return {
        "raised": [
            {
                "key": item.key, "report": item.report, "kind": item.kind, "before": item.before, "after": item.after,
                "since": utc_text(item.since), "decided": item.decided, "waiting": list(item.waiting),
            }
            for item in items.changes
        ],
        "unfinished": [{"search": item.search, "status": item.status.value} for item in items.unfinished],
        "undelivered": [{"search": item.search, "ids": list(item.undelivered)} for item in items.undelivered],
        "late_duplicates": [{"key": key, "report": report} for key, report in items.late_duplicates],
        "reopening": list(items.reopening),
        "edits": [
            {
                "key": item.key, "field": item.field, "value": item.value, "before": item.before, "now": item.now, "by": item.by,
                "since": utc_text(item.since),
            }
            for item in items.superseded_corrections
        ],
        "future_events": [
            {
                "id": event.id, "kind": event.kind, "subject": event.subject, "reviewer": event.reviewer, "at": utc_text(event.at),
                "clock": utc_text(moment_of(event.clock)),
            }
            for event in items.future_events
        ],
    }  # fmt: skip


def future_line(events: Sequence[Event]) -> str:
    """Events from the future in a line, which says of none how anybody voted."""
    first = events[0]
    many = f"{len(events)} events lie" if len(events) > 1 else "1 event lies"
    by = f" by {one_line(first.reviewer)}" if first.reviewer else ""
    ahead = max(first.at, moment_of(first.clock))
    return (
        f"{many} in the future by this computer's clock, first a {first.kind}{by} of {ahead:%Y-%m-%d %H:%M} UTC ({first.id}); "
        "what is done now still counts as later"
    )
