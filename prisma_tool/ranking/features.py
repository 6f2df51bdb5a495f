"""What the models read of a pool of records: two views of title, abstract, length and year, and a lookup for the question.

View one weighs words and pairs of neighbouring words of title and abstract together by TF-IDF (logarithmic counts, smoothed, as in
ASReview's ELAS u4); view two holds words of the title, of the abstract and of both as three blocks weighed by BM25 (Robertson &
Zaragoza, Found Trends Inf Retr 3, 2009; k1 1.2, b .75). Rows are scaled to length one. Words in one record alone are not kept: they
can only lengthen its row, and `own` says by how much.
Invariant: the same texts give the same arrays; built once for a pool, never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from prisma_tool.ranking.words import PAIR, Numbers, Words, joined, numbered, pair_words, pairs

Floats = NDArray[np.float32]

_K1, _B = 1.2, 0.75
_LEAST = 2
"""Records that a word must stand in: what stands in one alone says nothing about any other."""
_MOST = 0.95
"""Share of the records above which a word says nothing."""
_LENGTH, _YEAR = 0.05, 0.1
"""How far the standardised length of the abstract and the standardised year move a row of length one."""
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

    `views` are sparse matrices with a row for each record, `own` the squared length of what stands in that record alone. `columns` say what each column of a view stands for: the number of a word
    in `vocabulary`, a pair of words (`words.pairs`), `LENGTH` or `YEAR`. The question is looked up in the last view: there the
    columns `lookup` hold single words, `rarity` is their inverse document frequency, and a row's weights times `scale` are its BM25
    weights before they were scaled to length one.
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
        """A column as a person reads it."""
        if code < 0:
            return _MEASURES[code]
        return pair_words(code, self.vocabulary) if code >= PAIR else self.vocabulary[code]


LENGTH, YEAR = -1, -2
_MEASURES = {LENGTH: "length of the abstract", YEAR: "year"}


def build(texts: Sequence[Text]) -> Features:
    """The features of a pool."""
    vocabulary: dict[str, int] = {}
    titles = numbered((text.title for text in texts), vocabulary)
    abstracts = numbered((text.abstract for text in texts), vocabulary)
    both = joined(titles, abstracts)
    n = len(texts)
    measures, measured = _measures(texts, abstracts)
    phrases, alone = _phrases(both, n)
    fields = [_weighted(*_counted(words.numbers, words.rows, n)) for words in (titles, abstracts, both)]
    share = np.float32(1 / np.sqrt(len(fields)))
    matrices = [_scaled(field).matrix * share for field in fields]
    return Features(
        own=(alone, np.zeros(n, dtype=np.float32)),
        views=(sp.hstack([phrases.matrix, measures], format="csr"), sp.hstack([*matrices, measures], format="csr")),
        columns=(np.concatenate([phrases.codes, measured]), np.concatenate([*(field.codes for field in fields), measured])),
        vocabulary=tuple(vocabulary),
        lookup=np.arange(len(fields[2].codes)) + len(fields[0].codes) + len(fields[1].codes),
        rarity=fields[2].rarity,
        scale=_lengths(fields[2].matrix) / share,
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Weights of some kinds of words: what each column stands for, and its inverse document frequency."""

    matrix: Any
    codes: Numbers
    rarity: Floats


def _phrases(words: Words, n: int) -> tuple[_Block, Floats]:
    """Words and pairs by TF-IDF, in rows of length one; and of each row the squared length that nothing else shares."""
    codes, rows = pairs(words)
    frequent = _met_again(codes)
    once = np.bincount(rows[~frequent], minlength=n)
    codes, rows = np.concatenate([words.numbers, codes[frequent]]), np.concatenate([words.rows, rows[frequent]])
    counts, known = _counts(codes, rows, n)
    held_by = np.bincount(counts.indices, minlength=len(known))
    rarity = (np.log((1 + n) / (1 + held_by)) + 1).astype(np.float32)
    counts.data = (1 + np.log(counts.data)) * rarity[counts.indices]
    squared, telling = counts.multiply(counts), held_by <= max(_MOST * n, 1)
    shared = telling & (held_by >= min(_LEAST, n))
    lone = _sums(squared[:, telling & ~shared]) + once * (np.log((1 + n) / 2) + 1) ** 2
    lengths = _sums(squared[:, shared]) + lone
    lengths[lengths == 0] = 1
    matrix = counts[:, shared].tocsr()
    matrix.data /= np.repeat(np.sqrt(lengths), np.diff(matrix.indptr)).astype(np.float32)
    return _Block(matrix, known[shared], rarity[shared]), (lone / lengths).astype(np.float32)


_BUCKETS = 1 << 22


def _met_again(codes: Numbers) -> NDArray[np.bool_]:
    """Leaves out most pairs that are met once, before anything is sorted: half of all, and half of the memory."""
    buckets = ((codes * np.int64(0x9E3779B97F4A7C1)) >> 37) & (_BUCKETS - 1)
    frequent: NDArray[np.bool_] = (np.bincount(buckets, minlength=_BUCKETS) > 1)[buckets]
    return frequent


def _counts(codes: Numbers, rows: Numbers, n: int) -> tuple[Any, Numbers]:
    """How often each row holds each code, and these codes."""
    known, columns = np.unique(codes, return_inverse=True)
    return sp.csr_matrix((np.ones(len(codes), dtype=np.float32), (rows, columns)), shape=(n, len(known))), known


def _counted(codes: Numbers, rows: Numbers, n: int) -> tuple[Any, Numbers]:
    """The same of the codes that neither too few nor too many rows hold."""
    counts, known = _counts(codes, rows, n)
    held_by = np.bincount(counts.indices, minlength=len(known))
    telling = np.flatnonzero((held_by >= min(_LEAST, n)) & (held_by <= max(_MOST * n, 1)))
    return counts[:, telling].tocsr(), known[telling]


def _weighted(counts: Any, codes: Numbers) -> _Block:
    """BM25: counts with saturation, for texts of average length, times the rarity of the word."""
    n = counts.shape[0]
    held_by = np.bincount(counts.indices, minlength=len(codes))
    rarity = np.log1p((n - held_by + 0.5) / (held_by + 0.5)).astype(np.float32)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    average = lengths[lengths > 0].mean() if lengths.any() else 1.0
    softened = np.repeat(_K1 * (1 - _B + _B * lengths / average), np.diff(counts.indptr)).astype(np.float32)
    counts.data = counts.data * np.float32(_K1 + 1) / (counts.data + softened) * rarity[counts.indices]
    return _Block(counts, codes, rarity)


def _sums(matrix: Any) -> NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=1), dtype=float).ravel()


def _lengths(matrix: Any) -> Floats:
    lengths = np.sqrt(_sums(matrix.multiply(matrix))).astype(np.float32)
    return np.where(lengths > 0, lengths, np.float32(1))


def _scaled(block: _Block) -> _Block:
    """Every row of length one, so that long abstracts do not weigh more than short ones."""
    matrix = block.matrix.copy()
    matrix.data /= np.repeat(_lengths(matrix), np.diff(matrix.indptr))
    return _Block(matrix, block.codes, block.rarity)


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
