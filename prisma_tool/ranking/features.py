"""What the models read of a pool of records: two views of title, abstract, length and year, and a lookup for the question.

View one weighs words and pairs of neighbouring words of title and abstract together by TF-IDF (logarithmic counts, smoothed, as in
ASReview's ELAS u4); view two holds words of the title, of the abstract and of both as three blocks weighed by BM25 (Robertson &
Zaragoza, Found Trends Inf Retr 3, 2009; k1 1.2, b .75). Rows are scaled to length one. Words in one record alone are not kept: they
can only lengthen its row, and `own` says by how much. Where sentence vectors are used, they are a third view (`with_vectors`).
Invariant: the same texts give the same arrays; built once for a pool, never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prisma_tool.ranking.sparse import sparse as sp
from prisma_tool.ranking.tokens import PAIR, Numbers, Words, joined, numbered, pair_words, pairs

Floats = NDArray[np.float32]

_K1, _B = 1.2, 0.75
_LEAST = 2
"""Records that a word must stand in: what stands in one alone says nothing about any other."""
_MOST = 0.95
"""Share of the records above which a word says nothing."""
_LENGTH, _YEAR = 0.05, 0.1
"""How far the standardised length of the abstract and the standardised year move a row of length one."""
_VECTOR_LENGTH = 2.0
_FAR = 2.0
"""Standard deviations beyond which a year counts as no further away."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is read of a record."""

    title: str
    abstract: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Features:
    """A pool's features.

    `views` are two sparse matrices of shape (records, columns of the view) with rows of length one, and behind them the sentence
    vectors, if any, as an array of shape (records, width); for each view `own`, of shape (records,), is the squared length of what stands
    in a record alone, and for the first two `columns`, of shape (columns of the view,), says what a column stands for: the number of a
    word in `vocabulary`, a pair of words (`tokens.pairs`), `LENGTH` or `YEAR`. The question is looked up in the view `LOOKED_UP`: there the columns `lookup` hold single words, `rarity` (of the same shape) is their inverse document
    frequency, and a row's weights times its `scale`, of shape (records,), are its BM25 weights before they were scaled to length one.
    """

    views: tuple[Any, ...]
    own: tuple[Floats, ...]
    columns: tuple[Numbers, ...]
    vocabulary: tuple[str, ...]
    lookup: Numbers
    rarity: Floats
    scale: Floats

    def __len__(self) -> int:
        return int(self.views[0].shape[0])

    def name(self, code: int) -> str:
        """A column as a person reads it; `code` is one of the numbers in `columns`."""
        if code < 0:
            return _MEASURES[code]
        return pair_words(code, self.vocabulary) if code >= PAIR else self.vocabulary[code]


LOOKED_UP = 1
"""The view in which the question is looked up."""
LENGTH, YEAR = -1, -2
_MEASURES = {LENGTH: "length of the abstract", YEAR: "year"}


def build(texts: Sequence[Text]) -> Features:
    """The features of a pool: row `n` is that of `texts[n]`."""
    vocabulary: dict[str, int] = {}
    titles = numbered((text.title for text in texts), vocabulary)
    abstracts = numbered((text.abstract for text in texts), vocabulary)
    n = len(texts)
    both = joined(titles, abstracts, n)
    measures, measured = _measures(texts, abstracts)
    fields = [_field(titles, n), _field(abstracts, n), _field(both, n)]
    # What follows needs most of the memory; of what came before it keeps only what is still needed.
    del titles, abstracts
    phrases, alone = _phrases(both, n)
    del both
    share = np.float32(1 / np.sqrt(len(fields)))
    lengths = [_lengths(field.matrix) / share for field in fields]
    for field, length in zip(fields, lengths, strict=True):
        _divide(field.matrix, length)
    return Features(
        views=(
            sp.hstack([*(part.matrix for part in phrases), measures], format="csr"),
            sp.hstack([*(field.matrix for field in fields), measures], format="csr"),
        ),
        own=(alone, np.zeros(n, dtype=np.float32)),
        columns=tuple(np.concatenate([*(part.codes for part in parts), measured]) for parts in (phrases, fields)),
        vocabulary=tuple(vocabulary),
        lookup=np.arange(len(fields[2].codes)) + len(fields[0].codes) + len(fields[1].codes),
        rarity=fields[2].rarity,
        scale=lengths[2],
    )


def with_vectors(features: Features, vectors: Floats) -> Features:
    """The same with sentence vectors, of shape (records, width), as a third view.

    What all records of the pool have in common is taken off; their length of two is the one that was
    tried and judged (docs/ranking.md).
    """
    apart = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    view = (_VECTOR_LENGTH * apart / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
    return replace(features, views=(*features.views, view), own=(*features.own, np.zeros(len(view), dtype=np.float32)))


@dataclass(slots=True)
class _Block:
    """Some kinds of words, how often or how heavily each row holds them, what each column stands for, and its rarity."""

    matrix: Any
    codes: Numbers
    rarity: Floats


def _field(words: Words, n: int) -> _Block:
    """A part of the texts by BM25, not yet scaled."""
    return _weighted(_shared(_counted(words.numbers, words.rows, n), n))


def _phrases(words: Words, n: int) -> tuple[tuple[_Block, ...], Floats]:
    """Words and pairs by TF-IDF, in rows of length one; and of each row the squared length that nothing else shares."""
    codes, rows = pairs(words)
    again = _met_again(codes)
    once = np.bincount(rows[~again], minlength=n) * (np.log((1 + n) / 2) + 1) ** 2
    codes, rows = codes[again], rows[again]
    del again
    lone, parts = once, []
    for block in _counted_each(words, codes, rows, n):
        block.rarity = (np.log((1 + n) / (1 + _held_by(block))) + 1).astype(np.float32)
        block.matrix.data = (1 + np.log(block.matrix.data)) * block.rarity[block.matrix.indices]
        lone = lone + _squares(block, _held_by(block) < min(_LEAST, n))
        parts.append(_shared(block, n))
    squared = lone + sum(_squares(part) for part in parts)
    squared[squared == 0] = 1
    for part in parts:
        _divide(part.matrix, np.sqrt(squared))
    return tuple(parts), (lone / squared).astype(np.float32)


def _counted_each(words: Words, codes: Numbers, rows: NDArray[np.int32], n: int) -> Iterator[_Block]:
    """Words, then pairs, each only while it is looked at."""
    yield _counted(words.numbers, words.rows, n)
    yield _counted(codes, rows, n)


_CHUNK = 1 << 20
_BUCKETS = 25
"""Bits of a hash; 32 million buckets keep most of some millions of pairs apart."""


def _met_again(codes: Numbers) -> NDArray[np.bool_]:
    """Leaves out nearly all pairs that are met once, half of all, before anything is sorted: that is where memory would go."""
    met_before, again = np.zeros(1 << _BUCKETS, dtype=bool), np.zeros(1 << _BUCKETS, dtype=bool)
    for begin in range(0, len(codes), _CHUNK):
        met, times = np.unique(_buckets(codes[begin : begin + _CHUNK]), return_counts=True)
        again[met[met_before[met] | (times > 1)]] = True
        met_before[met] = True
    parts = [again[_buckets(codes[begin : begin + _CHUNK])] for begin in range(0, len(codes), _CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def _buckets(codes: Numbers) -> Numbers:
    return ((codes * np.int64(0x1E3779B97F4A7C15)) >> (63 - _BUCKETS)) & ((1 << _BUCKETS) - 1)


def _counted(codes: NDArray[Any], rows: NDArray[np.int32], n: int) -> _Block:
    """How often each row holds each code; the rows are in order."""
    known = np.sort(codes)
    known = known[np.concatenate([[True], known[1:] != known[:-1]])] if len(known) else known
    columns = np.empty(len(codes), dtype=np.int32)
    for begin in range(0, len(codes), _CHUNK):
        columns[begin : begin + _CHUNK] = np.searchsorted(known, codes[begin : begin + _CHUNK])
    begins = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))]).astype(np.int32)
    matrix = sp.csr_matrix((np.ones(len(codes), dtype=np.float32), columns, begins), shape=(n, len(known)))
    matrix.sum_duplicates()
    return _Block(matrix, known.astype(np.int64), np.ones(len(known), dtype=np.float32))


def _held_by(block: _Block) -> NDArray[np.intp]:
    """In how many rows each column stands."""
    return np.bincount(block.matrix.indices, minlength=len(block.codes))


def _shared(block: _Block, n: int) -> _Block:
    """The columns that neither too few nor too many rows hold."""
    held_by = _held_by(block)
    kept = (held_by >= min(_LEAST, n)) & (held_by <= max(_MOST * n, 1))
    matrix, selected = block.matrix, kept[block.matrix.indices]
    begins = np.zeros(n + 1, dtype=np.int32)
    np.cumsum(np.bincount(_rows_of(matrix)[selected], minlength=n), out=begins[1:])
    places = (np.cumsum(kept) - 1).astype(np.int32)
    reduced = sp.csr_matrix((matrix.data[selected], places[matrix.indices[selected]], begins), shape=(n, int(kept.sum())))
    return _Block(reduced, block.codes[kept], block.rarity[kept])


def _rows_of(matrix: Any) -> NDArray[np.int32]:
    """The row of each stored entry."""
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))


def _squares(block: _Block, columns: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """The squared length of each row, of these columns alone."""
    matrix = block.matrix
    squared = sp.csr_matrix((matrix.data**2, matrix.indices, matrix.indptr), shape=matrix.shape)
    selected = np.ones(matrix.shape[1], dtype=np.float32) if columns is None else columns.astype(np.float32)
    return np.asarray(squared @ selected, dtype=float)


def _weighted(block: _Block) -> _Block:
    """BM25: counts with saturation, for texts of average length, times the rarity of the word."""
    counts, n, held_by = block.matrix, block.matrix.shape[0], _held_by(block)
    rarity = np.log1p((n - held_by + 0.5) / (held_by + 0.5)).astype(np.float32)
    lengths = counts @ np.ones(counts.shape[1], dtype=np.float32)
    average = float(lengths[lengths > 0].mean()) if lengths.any() else 1.0
    softened = np.repeat(_K1 * (1 - _B + _B * lengths / average), np.diff(counts.indptr)).astype(np.float32)
    counts.data = counts.data * np.float32(_K1 + 1) / (counts.data + softened) * rarity[counts.indices]
    return _Block(counts, block.codes, rarity)


def _lengths(matrix: Any) -> Floats:
    squared = sp.csr_matrix((matrix.data**2, matrix.indices, matrix.indptr), shape=matrix.shape)
    lengths = np.sqrt(squared @ np.ones(matrix.shape[1], dtype=np.float32))
    return np.where(lengths > 0, lengths, np.float32(1)).astype(np.float32)


def _divide(matrix: Any, lengths: NDArray[Any]) -> None:
    """Scale each row, so that long abstracts do not weigh more than short ones."""
    matrix.data /= np.repeat(lengths.astype(np.float32), np.diff(matrix.indptr))


def _measures(texts: Sequence[Text], abstracts: Words) -> tuple[Any, Numbers]:
    """Length of the abstract (editorials and letters have none) and year, as far as they differ in the pool."""
    lengths = np.log1p(np.bincount(abstracts.rows, minlength=len(texts)).astype(float))
    years = np.array([np.nan if text.year is None else text.year for text in texts], dtype=float)
    columns = [_LENGTH * _standard(lengths), _YEAR * np.clip(_standard(years), -_FAR, _FAR)]
    return sp.csr_matrix(np.column_stack(columns).astype(np.float32)), np.array([LENGTH, YEAR])


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean 0, standard deviation 1; what is not known is average."""
    known = values[~np.isnan(values)]
    spread = known.std() if len(known) else 0.0
    if not spread:
        return np.zeros(len(values))
    standard: NDArray[np.float64] = np.nan_to_num((values - known.mean()) / spread, nan=0.0)
    return standard
