"""The queue of title/abstract screening in the order of relevance, for one reviewer.

`RankingPool` holds what is costly (the features of all texts); `queue_of` learns from the labels of the moment. Both may be made in
another thread. Rows of arrays are the pool's: report i of its `keys` is row i, known record j is row len(keys) + j. Invariant: a reviewer's model learns from what that reviewer may know (`viewpoint`), closed versions and known records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.ranking.explanation import Weight, answers, weights
from prisma_tool.ranking.exploration import turns
from prisma_tool.ranking.feature_cache import keep_features, recall_features
from prisma_tool.ranking.features import Features, Floats, Text, build, with_vectors
from prisma_tool.ranking.model import Labels, Ranking, asked, rank
from prisma_tool.ranking.vector_file import KeptVectors
from prisma_tool.screening.prioritised.content_words import is_content
from prisma_tool.screening.prioritised.label_sequence import STAGE, Viewpoint
from prisma_tool.screening.prioritised.prior_knowledge import KnownRecord, known_records
from prisma_tool.screening.queue import read_queue
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import ranking_rows
from prisma_tool.store.records import records


@dataclass(frozen=True, slots=True)
class RankingPool:
    """The reports of a queue as the model sees them, and behind them the known records.

    `places` maps each of `keys` to its row. `features` and `question` have len(keys) + len(known) rows; `question` (one dimension) is how
    well each answers the question of the review. `meaning` tells whether sentence vectors are among the features, and `lacks_meaning`
    that the protocol asks for them and some were not there.
    """

    keys: tuple[str, ...]
    places: dict[str, int]
    known: tuple[KnownRecord, ...]
    features: Features
    question: Floats
    meaning: bool = False
    lacks_meaning: bool = False

    def holds_all(self, keys: Iterable[str]) -> bool:
        """Whether all these reports are among them; where one is not, the queue has grown and must be prepared anew."""
        return all(key in self.places for key in keys)


@dataclass(frozen=True, slots=True)
class RankedQueue:
    """The keys of the waiting reports in the order of their turn, those drawn by chance, and the ranking that says so."""

    keys: tuple[str, ...]
    drawn: frozenset[str]
    ranking: Ranking


def prepare(transaction: Transaction, folder: Path) -> RankingPool:
    """Read the texts of all reports at title/abstract, and make or recall their features; `folder` is the review's cache."""
    keys = tuple(read_queue(transaction, STAGE, "").keys)
    places = {key: row for row, key in enumerate(keys)}
    known = tuple(known_records(transaction))
    stamp = _stamp(ranking_rows.contents_stamp(transaction), keys, known)
    features = recall_features(folder, stamp)
    if features is None or len(features) != len(keys) + len(known):
        features = build(_all_texts(transaction, places, known))
        keep_features(folder, stamp, features)
    question = asked(features, question_of(transaction.protocol))
    if not transaction.protocol.screening.embeddings or not len(features):
        return RankingPool(keys, places, known, features, question)
    vectors = KeptVectors(folder).of(_sentences(_all_texts(transaction, places, known)))
    if vectors is None:
        return RankingPool(keys, places, known, features, question, lacks_meaning=True)
    return RankingPool(keys, places, known, with_vectors(features, vectors), question, meaning=True)


def pool_sentences(transaction: Transaction) -> list[str]:
    """What is encoded of each row of the pool, for sentence vectors."""
    places = {key: row for row, key in enumerate(read_queue(transaction, STAGE, "").keys)}
    return _sentences(_all_texts(transaction, places, tuple(known_records(transaction))))


def _sentences(texts: Iterable[Text]) -> list[str]:
    return [f"{text.title}. {text.abstract}" for text in texts]


def question_of(protocol: Protocol) -> str:
    """What the review asks, in the words of its question and criteria; a title says as much about the kind of work as about its subject."""
    return " ".join((protocol.question, *protocol.include)).strip()


def _stamp(contents: str, keys: Sequence[str], known: Sequence[KnownRecord]) -> str:
    digest = hashlib.sha256(contents.encode())
    for key in keys:
        digest.update(f"{key}\n".encode())
    for record in known:
        digest.update(repr((record.text, record.relevant)).encode("utf-8", "replace"))
    return digest.hexdigest()


def _all_texts(transaction: Transaction, places: Mapping[str, int], known: Sequence[KnownRecord]) -> list[Text]:
    return [*_texts(transaction, places), *(record.text for record in known)]


def _texts(transaction: Transaction, places: Mapping[str, int]) -> list[Text]:
    """The texts of the reports with these keys, each in its place; read in one go, since most of the review is asked for."""
    texts = [_NO_TEXT] * len(places)
    for record in records.all_records(transaction):
        if (row := places.get(record.key)) is not None:
            citation = record.citation
            texts[row] = Text(citation.title, citation.abstract_text, citation.year)
    return texts


_NO_TEXT = Text("", "")


def seed_of(reviewer: str) -> int:
    """The seed of a reviewer's chances: each reviewer meets equal scores in an order of their own, the same every time."""
    return crc32(reviewer.encode("utf-8", "replace"))


def queue_of(pool: RankingPool, view: Viewpoint, seed: int, share: float, before: Ranking | None = None) -> RankedQueue:
    """Which report is next, given what may be known now.

    Args:
        pool: The reports and their features.
        view: What the reviewer may know.
        seed: The seed of the reviewer's chances, from `seed_of`.
        share: The part of the places that is filled by chance, from 0 to 1.
        before: An earlier ranking of the same pool; it only saves time.
    """
    ranking = rank(pool.features, _labels(pool, view), pool.question, before, seed)
    waiting = np.array([pool.places[key] for key in view.waiting if key in pool.places], dtype=np.intp)
    order = turns(ranking.scores, waiting, seed, len(view.labels), share)
    keys = tuple(map(pool.keys.__getitem__, order.rows.tolist()))
    return RankedQueue(keys, frozenset(pool.keys[row] for row in order.drawn), ranking)


def _labels(pool: RankingPool, view: Viewpoint) -> Labels:
    """Known records and closed versions first, so that each further label comes at the end."""
    known_records = [(len(pool.keys) + index, record.relevant) for index, record in enumerate(pool.known)]
    earlier = [(pool.places[key], relevant) for key, relevant in view.earlier.items() if key in pool.places]
    now = [(pool.places[label.key], label.relevant) for label in view.labels if label.key in pool.places]
    rows, relevant = zip(*pairs, strict=True) if (pairs := [*known_records, *earlier, *now]) else ((), ())
    return Labels(np.array(rows, dtype=np.intp), np.array(relevant, dtype=bool))


@dataclass(frozen=True, slots=True)
class RankExplanation:
    """Why a report stands where it stands: the content words that weigh most, and how well it answers the question, in standard deviations."""

    words: tuple[Weight, ...]
    answers: float
    question_weight: float


_WEIGHED, _NAMED = 60, 12
"""So many of the heaviest words are looked at, and so many of those that say something are named."""


def rank_explanation(pool: RankingPool, ranking: Ranking, key: str) -> RankExplanation:
    """The reasons for one report.

    Raises:
        KeyError: it is not in the pool.
    """
    row = pool.places[key]
    heaviest = weights(pool.features, ranking, row, _WEIGHED)
    words = tuple([one for one in heaviest if is_content(one.word)][:_NAMED])
    return RankExplanation(words, answers(pool.question, row), ranking.question)
