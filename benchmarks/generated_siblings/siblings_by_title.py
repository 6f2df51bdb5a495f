"""Pairs of siblings whose titles tell them apart, in every shape, in one source and in two, with and without abstracts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from generated_siblings.exchanged_words import EXCHANGED_WORDS
from generated_siblings.numbers_and_additions import NUMBERS_AND_ADDITIONS, UNDECIDABLE_KINDS
from generated_siblings.pairs import Pair, Truth, abstract_text, as_exported, bare_rows, entry, report
from generated_siblings.shapes import SIBLING_SHAPES, Shape
from generated_siblings.title_kinds import TitleKind
from generated_siblings.words import Group, research_group

TITLE_KINDS = (*EXCHANGED_WORDS, *NUMBERS_AND_ADDITIONS)
_SOURCES = (("embase", "embase"), ("cinahl", "embase"), ("wos", "wos"), ("wos", "scopus"))
"""One source and two, by turns."""


def siblings_by_title(each: int, seed: int) -> Iterator[Pair]:
    """`each` pairs of every kind in every shape."""
    numbers = count(seed % 97)
    for kind in TITLE_KINDS:
        for shape in SIBLING_SHAPES:
            draw = Random(f"{seed} {kind.name} {shape.name}")
            for turn in range(each):
                yield _sibling_pair(draw, kind, shape, turn, research_group(draw, next(numbers)))


def undecidable_by_title(each: int, seed: int) -> Iterator[Pair]:
    """Rows of two sources that agree in all the little they have, but for a title that another hand may have written."""
    numbers = count(14_000)
    for kind in UNDECIDABLE_KINDS:
        draw = Random(f"{seed} {kind.name}")
        for _ in range(each):
            group = research_group(draw, next(numbers))
            template = draw.choice(kind.titles)
            a, b = (report(group, group.field.fill(template, word)) for word in draw.choice(kind.words))
            yield Pair(Truth.UNDECIDABLE, kind.name, "sparse rows", entry(draw, "embase", a), entry(draw, "scopus", b))


def _sibling_pair(draw: Random, kind: TitleKind, shape: Shape, turn: int, group: Group) -> Pair:
    template, words = draw.choice(kind.titles), draw.choice(kind.words)
    titles = [group.field.fill(template, word) for word in words]
    abstracts = [abstract_text(draw, group.field, title.casefold()) if turn % 3 else "" for title in titles]
    a, b = shape.place(draw, report(group, titles[0], abstracts[0]), report(group, titles[1], abstracts[1]))
    if draw.random() < 0.5:
        a, b = b, a
    sources = _SOURCES[turn % len(_SOURCES)]
    first, second = (
        entry(draw, source, as_exported(draw, source, citation, group.journal))
        for source, citation in zip(sources, (a, b), strict=True)
    )
    undecidable = kind.may_be_cut and "" in words and not abstracts[0] and not shape.tells_apart
    return Pair(Truth.UNDECIDABLE if undecidable else Truth.SIBLINGS, kind.name, shape.name, first, second, bare_rows(draw, a, b))
