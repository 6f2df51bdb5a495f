"""Whether the log still says what it said when it was stored, and can be followed and searched; mending what can be mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prisma_tool.errors import StoreError
from prisma_tool.history.findings import MENDS, CheckResult
from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.events import Event
from prisma_tool.model.text import counted, one_line
from prisma_tool.review.journal_completion import complete_journal
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import log_numbers
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.index import index_health
from prisma_tool.store.index.corrections import edits_in_log
from prisma_tool.store.projections import log_head, rebuild

_LISTED = 2


class UnfitEvents:
    """The events whose content does not fit the hash that was stored with them, of those that it was shown."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def fits(self, event: Event) -> bool:
        """Hold an event to its hash."""
        fits = content_hash(event) == event.sha256
        if not fits:
            self.events.append(event)
        return fits


def log_checks(transaction: Transaction, unfit: Sequence[Event]) -> Iterator[CheckResult]:
    """The events one by one, of which these do not fit their hash, their numbers, and the sums that are kept of their hashes."""
    incomplete = [event for event in unfit if not event.sha256]
    changed = [_name(event) for event in unfit if event.sha256]
    problems = changed[:_LISTED]
    if changed:
        problems.append(
            f"{counted(len(changed), 'event')} in all, saying something else than when stored: compare with the journal or a copy"
        )
    if incomplete:
        problems.append(f"{counted(len(incomplete), 'event')} of an older program have no hash; {MENDS}")
    yield (
        "contents of events",
        problems,
        "all fit their SHA-256: internally consistent (`--head` compares with what was published)",
    )
    numbering = list(log_numbers.number_problems(transaction))
    yield "numbers of events", [*numbering, *([MENDS] if numbering else [])], "without gaps, in the order of storing"
    kept, wrong = log_head.wrong_sums(transaction)
    detail = (
        f"{counted(kept, 'kept sum')} agree with all hashes, added up from the beginning" if kept else "no sum is kept of it yet"
    )
    yield "head of the log", [*wrong, *([MENDS] if wrong else [])], detail


def _name(event: Event) -> str:
    about = f" on {one_line(event.subject)}" if event.subject else ""
    return f"the event {event.id} ({one_line(event.kind)}{about}, {event.at:%Y-%m-%d %H:%M} UTC) was changed"


def search_tables_check(review: Review) -> list[str]:
    """Whether the full-text tables hold what they should; in a transaction of its own, for SQLite asks that by writing.

    Of a review that may only be read that cannot be asked.
    """
    if review.store.file is None or review.only_read:
        return []
    try:
        with review.store.write() as transaction:
            differ = index_health.search_tables_differ(transaction)
    except StoreError as error:
        return [f"the index of words could not be examined: {error.message}"]
    return ["the index holds other words than its entries"] if differ else []


def word_index_check(transaction: Transaction, searchable: list[str]) -> CheckResult:
    """Whether every record is found by its words; `searchable` is what is wrong with the tables beneath."""
    missing, outdated = len(index_health.unindexed(transaction)), sum(1 for _ in index_health.outdated(transaction))
    problems = [
        *searchable,
        *([f"{counted(missing, 'record')} without an entry, which no search finds"] if missing else []),
        *([f"{counted(outdated, 'record')} with the words of an earlier content"] if outdated else []),
    ]
    return "index of words", [*problems, *([MENDS] if problems else [])], "every record is found by its words"


def mend(review: Review) -> list[str]:
    """Make anew what follows from the log, and give events and journal what they lack; returns what was done, in words.

    Raises:
        PrismaError: the database or the journal cannot be written.
    """
    with review.store.write() as transaction:
        sentences = [*_mend_events(transaction), *_mend_words(transaction)]
        log_head.keep_anew(transaction)
        rebuild.rebuild(transaction)
    sentences.append("votes, clusters, outcomes and sums of hashes made anew from the log")
    if appended := complete_journal(review.store, review.folder):
        sentences.append(f"{counted(appended, 'event')} appended to the journal")
    return sentences


def _mend_events(transaction: Transaction) -> Iterator[str]:
    if completed := log_numbers.complete_events(transaction):
        yield f"{counted(completed, 'event')} of an older program given clock and hash"
    if list(log_numbers.number_problems(transaction)):
        log_numbers.renumber(transaction)
        yield "events numbered anew (open applications follow again once they are opened anew)"


def _mend_words(transaction: Transaction) -> Iterator[str]:
    keys = index_health.unindexed(transaction) | set(index_health.outdated(transaction))
    if keys or index_health.search_tables_differ(transaction):
        index_health.reindex(transaction, keys, edits_in_log(transaction))
        yield f"index of words made anew, with {counted(len(keys), 'record')} that lacked words"
