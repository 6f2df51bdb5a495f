"""The texts of the search screen. Pure. Every text from outside is cleaned and plain; nothing in it is markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from prisma_tool.model.text import clean, one_line
from prisma_tool.model.vocabulary import RecordState, RunStatus
from prisma_tool.tui.sessions.other_runs import REJECTED, UNDELIVERED, VANISHED, OtherRun, RunSet
from prisma_tool.tui.sessions.search_session import (
    LISTED_AT_MOST,
    CitationEntry,
    DeclaredEntry,
    Entry,
    RunRecord,
    SearchEntry,
    SearchTask,
)
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.words.phrases import moment
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision, summary

_NEVER = "not run yet"
_NAME_WIDTH = 14
COLUMNS = ("reported", "stored", RecordState.NEW, RecordState.SEEN, RecordState.CHANGED, VANISHED, REJECTED)
"""The numbers of a run: what its source announced, what was stored of it and what that meant, what it no longer has, what could not be read."""
Numbers = Mapping[str, int | str | None]
_NUMBER = 10
_WIDEST_HEAD = 100
"""Numbers stand no further from what they are about than so many cells."""


def entry_text(entry: Entry, task: SearchTask | None, width: int) -> Content:
    """A search: what it is and how its last run ended, with its numbers below `columns_text`, or how far it is."""
    if isinstance(entry, DeclaredEntry):
        return _declared_text(entry)
    if isinstance(entry, OtherRun):
        return _other_text(entry, width)
    name, source = one_line(entry.name), source_of(entry)
    running = task is not None and task.plan.name == entry.name
    state = "running" if running else _state(entry)
    head = Content.assemble((name, "bold"), "  ", source, "  ", (state, _style(entry) if not running else "$accent"))
    if task is not None and running:
        return _below(head, progress_text(task))
    numbers = _numbers(entry)
    return _below(head, numbers) if isinstance(numbers, str) else number_line(head, numbers, width)


def _below(head: Content, words: str) -> Content:
    return Content("\n").join([head, Content.styled(f"  {words}", QUIET)])


def source_of(entry: Entry) -> str:
    """Where a search searches, in one line; of the newest citation search, which indexes."""
    if isinstance(entry, CitationEntry):
        return one_line(entry.last.report.source)
    if isinstance(entry, OtherRun):
        return one_line(entry.source)
    return one_line(entry.search.source if isinstance(entry, DeclaredEntry) else entry.plan.source)


def _declared_text(entry: DeclaredEntry) -> Content:
    platform = f", {one_line(entry.search.account.platform)}" if entry.search.account.platform else ""
    head = Content.assemble((one_line(entry.name), "bold"), f"  {one_line(entry.search.source)}{platform}  searched elsewhere")
    latest = f"{entry.times[-1].sentence} · {entry.times[-1].day}" if entry.times else "nothing imported yet"
    return _below(head, latest)


def _other_text(entry: OtherRun, width: int) -> Content:
    """A file or another run: when it came in; what it announced, what was read of it, and what could not be."""
    how, run = "imported" if entry.is_file else "run" if entry.run.search else "added", entry.run
    state = "" if run.status is RunStatus.COMPLETE else f"{run.status.value}, "
    source = one_line(entry.source) if entry.source != entry.name else ""
    lost = f"{len(entry.undelivered):,} {UNDELIVERED}" if entry.undelivered else ""
    facts = "  ".join(part for part in (source, f"{how}, {state}{moment(run.started)}", _search_of(entry), lost) if part)
    head = Content.assemble((one_line(entry.name), "bold"), f"  {facts}")
    numbers = {"reported": run.declared, **{one.name: one.n for one in entry.sets}}
    return number_line(head, numbers, width, style="$text-warning" if entry.rejects or state else QUIET)


def _search_of(entry: OtherRun) -> str:
    """Which search found what a file holds: without one, no strategy of it stands anywhere."""
    if not entry.is_file:
        return ""
    return f"of the search {one_line(entry.attached)}" if entry.attached else "of no search in the protocol"


def _state(entry: SearchEntry | CitationEntry) -> str:
    if entry.last is None:
        return _NEVER
    limited = f", since {one_line(entry.last.report.since)}" if entry.last.report.since else ""
    return f"{entry.last.report.status.value}{limited}, {moment(entry.last.started)}"


def _style(entry: SearchEntry | CitationEntry) -> str:
    if entry.last is None or entry.last.report.status is RunStatus.COMPLETE:
        return ""
    return "bold $text-error"


def _numbers(entry: SearchEntry | CitationEntry) -> Numbers | str:
    """The numbers of the last run, or words where there are none."""
    if entry.last is None:
        return "Enter runs it"
    if isinstance(entry, CitationEntry) and entry.command:
        return f"{one_line(entry.command)} goes on with it"
    report = entry.last.report
    if isinstance(entry, CitationEntry) and entry.known is not None:
        # New to the indexes is not new to the review: most works that are found by citation stand there under another source.
        works = report.new + report.seen + report.changed
        return {"reported": works, "seen": entry.known, "new": works - entry.known}
    return {
        "reported": "unknown" if report.reported is None else report.reported,
        "stored": report.stored,
        "new": report.new,
        "seen": report.seen,
        "changed": report.changed,
        "vanished": report.vanished,
    }


def number_line(head: Content, numbers: Numbers, width: int, *, style: str = QUIET) -> Content:
    """A head with numbers in their columns: beside it where it leaves room for them, else below it. What a run has no number of is blank."""
    room = _before_numbers(width)
    cells = "".join(f"{_number(numbers.get(name)):>{_NUMBER}}" for name in COLUMNS)
    if head.cell_length <= room:
        return head.pad_right(room - head.cell_length) + Content.styled(cells, style)
    return Content("\n").join([head, Content(" " * room) + Content.styled(cells, style)])


def _number(n: int | str | None) -> str:
    return f"{n:,}" if isinstance(n, int) else n or ""


def columns_text(width: int) -> Content:
    """The headings above the numbers of the searches."""
    return Content.styled(" " * _before_numbers(width) + "".join(f"{name:>{_NUMBER}}" for name in COLUMNS), QUIET)


def _before_numbers(width: int) -> int:
    return max(0, min(_WIDEST_HEAD, width - _NUMBER * len(COLUMNS)))


def progress_text(task: SearchTask) -> str:
    """How far a running search is: `200 of 412 records · 48 %`."""
    done, total = task.progress
    if task.cancelled():
        return "stopping after the present request; what has arrived is kept"
    if total is None:
        return f"{done:,} records so far" if done else task.message or "asking the service"
    return f"{done:,} of {total:,} records · {100 * done // total if total else 100} %"


def set_text(run_set: RunSet) -> Content:
    """A set in one line: its name, its number, and what is in it."""
    n = Content.styled(f"{run_set.n:>7,}", "bold" if run_set.n else QUIET)
    return Content.assemble(f"{run_set.name:<{_NAME_WIDTH}}") + n + Content.styled(f"   {one_line(run_set.detail)}", QUIET)


def records_text(records: Sequence[RunRecord], n: int) -> Content:
    """The records of a set, one in each line; beyond the first ones only how many more there are."""
    lines = [_record(record) for record in records]
    if n > len(records):
        lines.append(Content.styled(f"... and {n - len(records):,} more; only the first {LISTED_AT_MOST} are listed here", QUIET))
    return Content("\n").join(lines) if lines else Content("No record.")


def _record(record: RunRecord) -> Content:
    changed = Content.styled(f"  ({one_line(record.detail)})", QUIET) if record.detail else Content("")
    return Content.styled(one_line(record.key), "bold") + Content(f"  {one_line(record.title)}") + changed


def changes_line(changes: Sequence[ChangeSinceDecision]) -> Content:
    """How many changes to decided records wait; empty where none does."""
    if not changes:
        return Content("")
    return Content.styled(f"! changed since decided (press !): {summary(changes)}", "bold $text-warning")


def change_text(change: ChangeSinceDecision) -> Content:
    """A change to a decided record in two lines."""
    waits = f"; waits for {', '.join(map(one_line, change.waiting))}" if change.waiting else ""
    head = Content.assemble((change.kind, "bold"), f"  {one_line(change.key)}  {one_line(change.decided)}{waits}")
    return Content("\n").join([head, Content.styled(f"  {moment(change.since)}: {change.before} → {change.after}", QUIET)])


def details(entry: Entry) -> Content:
    """Everything about a search: strategy, what was sent, translation, warnings; of a declared one also its times."""
    if isinstance(entry, DeclaredEntry):
        times = "\n".join(f"{one.sentence} · {one.day}" for one in entry.times)
        parts = [
            _section(
                "Strategy", entry.strategy or "not declared: 9, then e, writes strategy, day (searched_on) and hits into the file"
            ),
            _section("How it was done", "; ".join(map(one_line, entry.search.how))),
            _section("Times that it was done", times),
        ]
        return Content("\n\n").join([part for part in parts if part])
    if isinstance(entry, OtherRun):
        return _other_details(entry)
    parts = [_section(*_asked(entry))]
    if entry.last is not None:
        report = entry.last.report
        parts += [
            _section("As it was sent", report.sent if report.sent != report.query else ""),
            _section("Translation", report.translation),
            _section("Warnings", "\n".join(one_line(warning) for warning in report.warnings)),
        ]
    return Content("\n\n").join([part for part in parts if part])


def _asked(entry: SearchEntry | CitationEntry) -> tuple[str, str]:
    """What was searched for, under its heading."""
    return ("What was asked", entry.last.report.query) if isinstance(entry, CitationEntry) else ("Strategy", entry.plan.strategy)


def _other_details(entry: OtherRun) -> Content:
    run = entry.run
    facts = (
        ("source", entry.source),
        ("search", entry.attached or ("none in the protocol" if entry.is_file else "")),
        ("by", entry.by or "not recorded"),
        ("format", run.format),
        ("encoding", run.encoding),
        ("SHA-256", run.file_sha256),
    )
    rejects = [f"{place}: {reason}" for place, reason in entry.rejects[:LISTED_AT_MOST]]
    parts = [
        _section("Rejected, and kept in rejects/ to be mended and imported" if entry.is_file else "Rejected", "\n".join(rejects)),
        _section("Warnings", "\n".join(map(one_line, run.warnings))),
        _section("Strategy", run.query),
        _section("The run", "\n".join(f"{name}: {one_line(value)}" for name, value in facts if value)),
    ]
    return Content("\n\n").join([part for part in parts if part])


def _section(heading: str, text: str) -> Content:
    return Content.assemble((heading, "bold"), "\n", clean(text)) if text else Content("")
