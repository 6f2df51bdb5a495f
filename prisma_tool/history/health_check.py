"""The log as plain data, and the examination of a review's database and files (`log` and `doctor`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from prisma_tool.errors import StoreError
from prisma_tool.history.findings import MENDS, CheckResult, finding
from prisma_tool.history.folder_checks import folder_checks
from prisma_tool.history.journal_checks import journal_check
from prisma_tool.history.log_checks import UnfitEvents, log_checks, mend, search_tables_check, word_index_check
from prisma_tool.identify.citations.question import command_again
from prisma_tool.identify.run.raw_answers import opened
from prisma_tool.model.log.contributors import listed_person
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.utc import utc_text
from prisma_tool.reports.blinding import readable
from prisma_tool.review import network_drives
from prisma_tool.review.identity import unlisted_sentence
from prisma_tool.review.journal_beside_log import JournalBesideLog
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows, health
from prisma_tool.store.engine.addresses import format_address
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.future_events import future_events, lag_line
from prisma_tool.store.projections import rebuild, update
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs
from prisma_tool.team.blinding_log import changes_by_event
from prisma_tool.team.reviewers import people
from prisma_tool.updates.changes_since_decision import future_line


def recent_events(review: Review, key: str | None, limit: int, viewer: str) -> list[dict[str, Any]]:
    """The newest events that the viewer may read (about one record's cluster if a key is given), oldest first, as plain data.

    Searches and imports stand among them as the kinds "search" and "import", although they are kept as runs.

    Raises:
        DecisionError: an unknown key.
    """
    with review.store.read() as transaction:
        subjects = _cluster(transaction, key) if key else ()
        newest_first = event_rows.events(transaction, subjects=subjects, newest_first=True)
        newest = list(islice(readable(transaction, viewer, newest_first), limit))
        blinding = changes_by_event(transaction, newest)
        events = [{**_event_json(event), "blinding": blinding.get(event.id, "")} for event in newest]
        if key is None:
            events += [_run_json(run, transaction.protocol) for run in runs.all_runs(transaction)[-limit:]]
    return sorted(events, key=lambda event: (event["received"], event["id"]))[-limit:]


def _event_json(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": event.kind,
        "subject": event.subject,
        "stage": event.stage,
        "reviewer": event.reviewer,
        "at": utc_text(event.at),
        "received": utc_text(event.received),
        "tool_version": event.tool_version,
        "payload": dict(event.payload),
        "clock": event.clock,
        "via": event.via,
        "sha256": event.sha256,
    }


def _run_json(run: runs.Run, protocol: Protocol) -> dict[str, Any]:
    payload = {"status": run.status, "reported": run.reported, "file": run.file_name, "sha256": run.file_sha256}
    return {
        "id": run.id,
        "kind": "search" if run.search else "import",
        "subject": run.search or run.source,
        "stage": "",
        "reviewer": listed_person(protocol, run.operator),
        "at": utc_text(run.started),
        "received": utc_text(run.started),
        "tool_version": run.tool_version,
        "via": "",
        "blinding": "",
        "payload": {name: value for name, value in payload.items() if value not in ("", None)},
    }


def _cluster(transaction: Transaction, key: str) -> list[str]:
    records.require(transaction, [key])
    cluster = update.clusters_of(transaction, [key])[key]
    return update.members_of(transaction, [cluster])[cluster]


def examine(review: Review, *, anew: bool) -> list[dict[str, Any]]:
    """Everything that can be checked, as {"name", "holds", "detail"}; with `anew` what can be mended is mended first, and said.

    Raises:
        StoreError: the database cannot be read or, with `anew`, written.
    """
    mended: list[CheckResult] = [("mended", [], "; ".join(mend(review)))] if anew else []
    journal, searchable = JournalBesideLog(review.folder), search_tables_check(review)
    unfit = UnfitEvents()

    def look(event: Event) -> None:
        journal.meet(event, fits=unfit.fits(event))

    with review.store.read() as transaction:
        latest = runs.all_runs(transaction)
        results = (
            *mended,
            *_connection_checks(review, transaction),
            *_database_checks(transaction, look),
            _clock_check(transaction),
            *log_checks(transaction, unfit.events),
            word_index_check(transaction, searchable),
            journal_check(review, transaction, journal),
            *_team_checks(transaction),
            *_run_checks(review, latest),
            *folder_checks(review.folder, transaction, latest),
        )
        return [finding(*result) for result in results]


def unreachable(error: StoreError) -> dict[str, Any]:
    """The finding where a database cannot even be opened."""
    return finding("database reachable", [error.message], "")


def _connection_checks(review: Review, transaction: Transaction) -> Iterator[CheckResult]:
    url = review.store.engine.url
    yield "database reachable", [], f"{health.server(transaction)} at {format_address(url)}"
    yield "database migrated", [], f"schema {health.revision(transaction)}"
    if url.database and url.get_backend_name() == "sqlite" and not review.only_read:
        warning = network_drives.warning(Path(url.database), network_drives.mounts())
        yield "database on a local disk", [warning] if warning else [], "as far as can be seen"


def _team_checks(transaction: Transaction) -> Iterator[CheckResult]:
    _, work = people(transaction)
    stranded = [
        f"{stage_work.stranded} at {stage} wait for a reviewer who is not there"
        for stage, stage_work in work.items()
        if stage_work.stranded
    ]
    strangers = event_rows.unlisted_people(transaction)
    yield "people", [], unlisted_sentence(strangers) if strangers else "review.toml lists everybody who did something"
    if transaction.protocol.reviewers:
        yield "every open report waits for somebody", stranded, "it does"


def _database_checks(transaction: Transaction, look: Callable[[Event], None]) -> Iterator[CheckResult]:
    yield "database file", health.integrity(transaction), "sound"
    differences = rebuild.differences(transaction, look)
    yield "projections match the log", [*differences[:2], *([MENDS] if differences else [])], "they do"
    known = {kind.value for kind in EventKind}
    unknown = [
        f"{n} events of the unknown kind '{kind}'" for kind, n in health.event_kinds(transaction).items() if kind not in known
    ]
    yield "log", unknown, "all events are of known kinds"


def _clock_check(transaction: Transaction) -> CheckResult:
    """Whether this computer's clock agrees with the log; what stands does not depend on it, dates do."""
    behind, ahead = lag_line(transaction), future_events(transaction, whole_log=True)
    problems = [text for text in (behind, future_line(ahead) if ahead else "") if text]
    return "clock", problems, "no event is ahead of this computer's clock"


def _run_checks(review: Review, latest: Sequence[runs.Run]) -> Iterator[CheckResult]:
    last = {run.search: run for run in latest if run.search}
    unfinished = [
        f"{name} is {run.status}: run `{command_again(name, run.service)}`"
        for name, run in last.items()
        if runs.is_unfinished(name, run.status, review.protocol)
    ]
    yield "searches", unfinished, "the latest run of each is complete"
    yield _raw_answers(review, [raw for run in latest for raw in run.raw])


def _raw_answers(review: Review, raw_files: list[Mapping[str, Any]]) -> CheckResult:
    """Whether the answers are whole. Of a review on a server each folder holds what was fetched from it: what lacks here is said."""
    problems = [(problem, problem.endswith("is missing")) for raw in raw_files if (problem := opened(review.folder, raw)[1])]
    shared = review.store.engine.dialect.name != "sqlite"
    elsewhere = sum(missing for _, missing in problems) if shared else 0
    damaged = [problem for problem, missing in problems if not (shared and missing)]
    hint = f"; {elsewhere} are not in this folder, perhaps in a colleague's" if elsewhere else ""
    return "raw answers", damaged, f"{len(raw_files) - elsewhere} files match their SHA-256{hint}"
