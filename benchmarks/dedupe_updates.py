"""What an update costs: records that arrive in a review whose records were deduplicated before.

Both measurements return the seconds of the first pass and of the pass after the arrival, which compares only new pairs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from prisma_tool.dedupe.blocking import candidate_pairs
from prisma_tool.dedupe.clustering import Judged, judge_pair, without_chains
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import DuplicateVerdict, SourceKind
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.review.protocol.read import new_protocol_text
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

Groups = Mapping[str, frozenset[str]]


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
    comparables = [normalise(_key(position), "invented", citation) for position, citation in enumerate(citations)]
    by_key = {record.key: record for record in comparables}
    judged = (judge_pair(comparables[i], comparables[j]) for i, j in candidate_pairs(comparables, fresh))
    return without_chains((pair for pair in judged if pair.comparison.verdict is not DuplicateVerdict.DIFFERENT), by_key, groups)


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
        create_review(review_folder, text=new_protocol_text(title="Update", pubmed="", ctgov="", reviewers=("Ada",)))
        with open_review(review_folder, Environment(), print) as review:
            _deliver(review, citations[:held], 0)
            first = deduplicate(review, time.perf_counter).seconds
            _deliver(review, citations[held:], held)
            return first, deduplicate(review, time.perf_counter).seconds


def _deliver(review: Review, citations: Sequence[Citation], begin: int) -> None:
    with review.store.write() as transaction:
        source = runs.register_source(transaction, "Invented", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        batch = [records.Delivery(source.slug, str(begin + number), citation) for number, citation in enumerate(citations)]
        records.store_batch(transaction, run.id, batch)
