"""What `rank` reports: the order, what the model learned from, and what stopping would risk; also as a table that ASReview reads.

Invariants: scores are reported only where they were asked for; a label stands in the table only where the viewer may know it (counting
rule 25).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prisma_tool.errors import DecisionError
from prisma_tool.file_io import write_atomically
from prisma_tool.formats.text.spreadsheet_cells import Cell, table_lines
from prisma_tool.model.text import clean, one_line
from prisma_tool.ranking.sentence_encoder import NAME
from prisma_tool.review.open_review import Review
from prisma_tool.screening.prioritised.label_sequence import Viewpoint, viewpoint
from prisma_tool.screening.prioritised.random_draws import begin_where_due, draws_of
from prisma_tool.screening.prioritised.ranked_queue import RankedQueue, prepare, question_of, queue_of, rank_explanation, seed_of
from prisma_tool.screening.prioritised.stopping_lines import stopping_risk_lines
from prisma_tool.screening.prioritised.stopping_risk import StoppingRisk, stopping_risk
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.records import records

TITLES = 200
"""Of how many reports titles are read for people."""
COLUMNS = ("key", "title", "authors", "abstract", "year", "doi", "keywords", "included", "rank")
"""`included` is 1, 0 or empty, as ASReview reads and writes it; `rank` counts the unscreened from 1."""
_PORTION = 1_000


@dataclass(frozen=True, slots=True)
class RankReport:
    """The unscreened reports in the order of their turn, and what it is based on.

    `scores` are the model's, by key of every report of the queue: higher is more likely relevant, and only their order has a meaning.
    `titles` are those of the first `TITLES` reports, by key. `known` is the number of known records from outside the review,
    `meaning` tells whether the model read sentence vectors beside the words, `lacks_meaning` that it should have and some were not there.
    """

    reviewer: str
    queue: RankedQueue
    scores: Mapping[str, float]
    titles: Mapping[str, str]
    seen: Viewpoint
    known: int
    stopping_risk: StoppingRisk
    meaning: bool = False
    lacks_meaning: bool = False

    def as_json(self, *, scores: bool) -> dict[str, Any]:
        """The keys of `rank --json`."""
        return {
            "reviewer": self.reviewer,
            "order": list(self.queue.keys),
            **({"scores": [self.scores[key] for key in self.queue.keys]} if scores else {}),
            "learned_from": {
                "screened": len(self.seen.labels),
                "relevant": self.seen.relevant,
                "earlier_versions": len(self.seen.earlier),
                "known_records": self.known,
                "embeddings": NAME if self.meaning else None,
            },
            "stopping": self.stopping_risk.as_json(),
        }

    def lines(self, limit: int, *, scores: bool) -> list[str]:
        """The same for people."""
        return [*self._listed(limit, scores=scores), *self._read(), *stopping_risk_lines(self.stopping_risk)]

    def _read(self) -> Iterator[str]:
        if self.meaning:
            yield f"Ranked by words and by the meaning of titles and abstracts ({NAME})."
        if self.lacks_meaning:
            yield (
                "Ranked by words alone: the protocol asks for the meaning of titles and abstracts too, but that of some is not read yet, and "
                "cannot be kept here."
            )

    def _listed(self, limit: int, *, scores: bool) -> Iterator[str]:
        for rank, key in enumerate(self.queue.keys[:limit], 1):
            score = f" {self.scores[key]:+.2f}" if scores else ""
            yield f"{rank:>4}{score}  {key}  {self.titles.get(key) or '(no title)'}"
        if len(self.queue.keys) > limit:
            yield f"      and {len(self.queue.keys) - limit} more"


def rank_report(review: Review, reviewer: str, target: Path | None = None) -> RankReport:
    """The order for one reviewer; with `target` also written as a table.

    Raises:
        PrismaError: the table cannot be written.
    """
    begin_where_due(review, reviewer)
    with review.store.read() as transaction:
        pool = prepare(transaction, review.cache)
        view = viewpoint(transaction, reviewer)
        queue = queue_of(pool, view, seed_of(reviewer), 0.0)
        if drawn := draws_of(transaction, view, reviewer).order:
            queue = RankedQueue(drawn, frozenset(drawn), queue.ranking)
        titles = _titles(transaction, queue.keys[:TITLES])
        if target is not None:
            _write_table(transaction, target, view, queue.keys)
        risk = stopping_risk(transaction, reviewer)
    scores = {key: float(queue.ranking.scores[pool.places[key]]) for key in queue.keys}
    return RankReport(reviewer, queue, scores, titles, view, len(pool.known), risk, pool.meaning, pool.lacks_meaning)


def _titles(transaction: Transaction, keys: tuple[str, ...]) -> dict[str, str]:
    stored = records.records_by_key(transaction, keys)
    return {key: one_line(record.citation.title) for key, record in stored.items()}


def explain_rank(review: Review, reviewer: str, key: str) -> dict[str, Any]:
    """Why a report stands where it stands, for one reviewer, as the object of `rank --why --json`.

    Weights are what a word or the question adds to the score; `answers_question` is in standard deviations above the average report.

    Raises:
        DecisionError: an unknown key, or a report that does not pass through title/abstract screening.
    """
    with review.store.read() as transaction:
        records.require(transaction, [key])
        pool = prepare(transaction, review.cache)
        representative = update.clusters_of(transaction, [key])[key]
        if representative not in pool.places:
            raise DecisionError(f"{key} does not pass through title/abstract screening.")
        queue = queue_of(pool, viewpoint(transaction, reviewer), seed_of(reviewer), 0.0)
        question = question_of(transaction.protocol)
    explanation = rank_explanation(pool, queue.ranking, representative)
    return {
        "key": representative,
        "words": [{"word": weight.word, "weight": weight.weight} for weight in explanation.words],
        "question": question,
        "answers_question": explanation.answers,
        "question_weight": explanation.question_weight,
    }


def explanation_lines(explanation: Mapping[str, Any]) -> list[str]:
    """The object that `explain_rank` returns, in lines for people."""
    lines = [f"{word['weight']:+.3f}  {one_line(word['word'])}" for word in explanation["words"]]
    question_line = (
        f"answers the question {explanation['answers_question']:+.1f} standard deviations better than the average report "
        f"(weight {explanation['question_weight']:.2f})"
        if explanation["answers_question"]
        else "the question in review.toml says nothing about it: it is empty, or none of its words stand in the records"
    )
    fallback = "chance" if not explanation["answers_question"] else "the question"
    heading = "the words that weigh most" if lines else f"nothing relevant is known yet, {fallback} alone decides"
    return [f"{explanation['key']}: {heading}", *lines, question_line]


def _write_table(transaction: Transaction, path: Path, view: Viewpoint, queue: Sequence[str]) -> int:
    """Write the table: screened reports with their labels first, the others in the order of their turn; returns how many there are.

    Raises:
        PrismaError: the file cannot be written.
    """
    rows = [(label.key, str(int(label.relevant)), "") for label in view.labels]
    rows += [(key, str(int(relevant)), "") for key, relevant in view.earlier.items()]
    rows += [(key, "", str(place)) for place, key in enumerate(queue, 1)]
    write_atomically(path, _lines(transaction, rows))
    return len(rows)


def _lines(transaction: Transaction, rows: Sequence[tuple[str, str, str]]) -> Iterator[bytes]:
    yield _csv([COLUMNS])
    for begin in range(0, len(rows), _PORTION):
        portion = rows[begin : begin + _PORTION]
        stored = records.records_by_key(transaction, {key for key, _, _ in portion})
        yield _csv([_cells(key, stored[key], label, rank) for key, label, rank in portion if key in stored])


def _cells(key: str, record: records.StoredRecord, label: str, rank: str) -> list[str]:
    citation = record.citation
    authors, keywords = "; ".join(map(str, citation.authors)), "; ".join(citation.keywords)
    cells = (key, citation.title, authors, citation.abstract_text, str(citation.year or ""), citation.doi, keywords, label, rank)
    return [clean(cell) for cell in cells]


def _csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    return "".join(table_lines(rows)).encode("utf-8", "replace")
