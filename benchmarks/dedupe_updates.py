"""What deduplicating a review costs: at first, and when records arrive whose others were deduplicated before.

Both measurements of an update return the seconds of the first pass and of the pass after the arrival, which compares only new pairs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from prisma_tool.dedupe.clustering import Judged, judge_pair, without_chains
from prisma_tool.dedupe.first_glance import promising_pairs
from prisma_tool.dedupe.normalise import blocking_values, normalise
from prisma_tool.dedupe.record_table import RecordTable
from prisma_tool.dedupe.run import DedupeReport, deduplicate
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import DuplicateVerdict, SourceKind
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

Groups = Mapping[str, frozenset[str]]
DELIVERY = 20_000
"""How many records reach a review at a time."""


def update_engine(citations: Sequence[Citation], held: int) -> tuple[float, float]:
    """The rules alone, without a database: the second pass reduces all citations again, as a review does."""
    started = time.perf_counter()
    groups = _groups(_one_pass(citations[:held], frozenset(map(_key, range(held))), {}))
    between = time.perf_counter()
    _one_pass(citations, frozenset(map(_key, range(held, len(citations)))), groups)
    return between - started, time.perf_counter() - between


def _key(position: int) -> str:
    return f"invented:{position:09d}"


def _one_pass(citations: Sequence[Citation], fresh: frozenset[str], groups: Groups) -> list[Judged]:
    table = RecordTable(map(blocking_values, citations))
    keys = list(map(_key, range(len(citations))))
    pairs = promising_pairs(table, [key in fresh for key in keys]).pairs
    involved = {member for pair in pairs for position in pair for member in groups.get(keys[position], (keys[position],))}
    by_key = {key: normalise(key, "invented", citation) for key, citation in zip(keys, citations, strict=True) if key in involved}
    return without_chains((judge_pair(by_key[keys[i]], by_key[keys[j]]) for i, j in pairs), by_key, groups)


def _groups(stated: Sequence[Judged]) -> Groups:
    member: dict[str, frozenset[str]] = {}
    for pair in stated:
        if pair.comparison.verdict is DuplicateVerdict.SAME:
            both = member.get(pair.a, frozenset((pair.a,))) | member.get(pair.b, frozenset((pair.b,)))
            member.update(dict.fromkeys(both, both))
    return member


def update_review(citations: Sequence[Citation], held: int) -> tuple[float, float]:
    """Through a review on SQLite: reading the records, comparing, stating verdicts, updating clusters."""
    with tempfile.TemporaryDirectory() as folder:
        review_folder = Path(folder) / "review"
        build_review(review_folder, citations[:held])
        with open_review(review_folder, Environment(), print) as review:
            first = deduplicate(review, time.perf_counter).seconds
            _deliver(review, citations[held:], held)
            return first, deduplicate(review, time.perf_counter).seconds


def build_review(folder: Path, citations: Sequence[Citation]) -> None:
    """A review of these records, not deduplicated."""
    create_review(folder, text=new_protocol_text(title="Update", pubmed="", ctgov="", reviewers=("Ada",)))
    with open_review(folder, Environment(), print) as review:
        for begin in range(0, len(citations), DELIVERY):
            _deliver(review, citations[begin : begin + DELIVERY], begin)


def first_pass(folder: Path) -> tuple[float, DedupeReport]:
    """The CPU seconds of the first pass over a review, and what came of it."""
    with open_review(folder, Environment(), print) as review:
        started = time.process_time()
        report = deduplicate(review, time.perf_counter)
        return time.process_time() - started, report


def _deliver(review: Review, citations: Sequence[Citation], begin: int) -> None:
    with review.store.write() as transaction:
        source = runs.register_source(transaction, "Invented", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        batch = [records.Delivery(source.slug, str(begin + number), citation) for number, citation in enumerate(citations)]
        records.store_batch(transaction, run.id, batch)
