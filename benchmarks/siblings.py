"""Measures what deduplication makes of siblings (two reports of one group) and of true duplicates with the same surface noise.

    python benchmarks/siblings.py                                   some 8,000 pairs, by kind and shape
    python benchmarks/siblings.py --examples "sex, age or role"     pairs of one kind with verdict and reason
    python benchmarks/siblings.py --wrong 3                         three examples of each kind that goes wrong
    python benchmarks/siblings.py --json                            the same figures for other programs

Exits with 1 where siblings are joined, or fewer than 90 % of those with like titles are offered or explained.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from generated_siblings.corpus import corpus
from generated_siblings.judging import Answer, JudgedCorpus, JudgedPair, judge
from generated_siblings.pairs import Truth

from prisma_tool.model.record.citation import Citation

OFFERED_SHARE = 0.9
EACH = 20
MOST_EXAMPLES = 40


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one kind in one shape."""

    truth: Truth
    kind: str
    shape: str
    pairs: int
    joined: int
    asked: int
    explained: int
    like_titles: int
    like_offered: int


def row(truth: Truth, kind: str, shape: str, judged: Sequence[JudgedPair]) -> Row:
    """Siblings count as joined where any way of judging joins them, duplicates where the whole corpus does."""
    like = [one for one in judged if one.has_like_titles]
    duplicates = truth is Truth.DUPLICATES
    return Row(
        truth,
        kind,
        shape,
        len(judged),
        sum(one.together is Answer.JOINED if duplicates else one.joined_anywhere for one in judged),
        sum(one.together is Answer.ASKED if duplicates else one.asked for one in judged),
        sum(one.explained for one in judged),
        len(like),
        sum(one.asked or one.explained for one in like),
    )


def rows_by(judged: Iterable[JudgedPair], group: Callable[[JudgedPair], tuple[Truth, str, str]]) -> list[Row]:
    groups: dict[tuple[Truth, str, str], list[JudgedPair]] = defaultdict(list)
    for one in judged:
        groups[group(one)].append(one)
    return [row(*names, members) for names, members in groups.items()]


def by_kind(one: JudgedPair) -> tuple[Truth, str, str]:
    return one.pair.truth, one.pair.kind, ""


def by_shape(one: JudgedPair) -> tuple[Truth, str, str]:
    return one.pair.truth, "", one.pair.shape


def by_sources(one: JudgedPair) -> tuple[Truth, str, str]:
    return one.pair.truth, "", "one source" if one.pair.first.source == one.pair.second.source else "two sources"


def by_kind_and_shape(one: JudgedPair) -> tuple[Truth, str, str]:
    return one.pair.truth, one.pair.kind, one.pair.shape


def altogether(one: JudgedPair) -> tuple[Truth, str, str]:
    return one.pair.truth, "all", ""


# --- what is printed ---------------------------------------------------------------------------------------------------------


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:6.1f}" if whole else "     -"


def print_siblings(rows: Sequence[Row]) -> None:
    print(f"{'':46}{'pairs':>6} {'joined':>6} {'asked':>6} {'expl.':>6} {'like':>6} {'% offered or explained':>23}")
    for one in rows:
        name = one.kind or one.shape
        figures = f"{one.pairs:6} {one.joined:6} {one.asked:6} {one.explained:6} {one.like_titles:6}"
        print(f"{name:46}{figures} {percent(one.like_offered, one.like_titles):>23}")


def print_duplicates(rows: Sequence[Row]) -> None:
    print(f"{'':46}{'pairs':>6} {'joined':>6} {'asked':>6} {'missed':>6} {'% joined':>9}")
    for one in rows:
        missed = one.pairs - one.joined - one.asked
        name = one.kind or one.shape
        print(f"{name:46}{one.pairs:6} {one.joined:6} {one.asked:6} {missed:6} {percent(one.joined, one.pairs):>9}")


def print_tables(judged: JudgedCorpus) -> None:
    for truth, show in (
        (Truth.SIBLINGS, print_siblings),
        (Truth.UNDECIDABLE, print_siblings),
        (Truth.DUPLICATES, print_duplicates),
    ):
        these = [one for one in judged.pairs if one.pair.truth is truth]
        print(f"\n{truth.value.capitalize()}")
        show([*rows_by(these, by_kind), *rows_by(these, by_shape), *rows_by(these, by_sources), *rows_by(these, altogether)])
    print(f"\nClusters with records of two pairs: {judged.mixed_clusters}")


def described(citation: Citation) -> str:
    names = "; ".join(str(author) for author in citation.authors[:3])
    place = f"{citation.journal} {citation.year}; {citation.volume}({citation.issue}): {citation.pages}"
    abstract = f" | {citation.abstract_text[:160]}" if citation.abstract else ""
    return f"{citation.title} | {names} | {place}{abstract}"


def print_example(one: JudgedPair) -> None:
    print(f"[{one.pair.kind} / {one.pair.shape}] alone: {one.alone}, together: {one.together}, in a review: {one.in_review}")
    for record in (one.pair.first, one.pair.second):
        print(f"    {record.source}:{record.accession}  {described(record.citation)}")
    print(f"    {one.comparison.reason}")


def is_wrong(one: JudgedPair) -> bool:
    if one.pair.truth is Truth.DUPLICATES:
        return one.together is not Answer.JOINED
    if one.pair.truth is Truth.UNDECIDABLE:
        return not one.asked
    return one.joined_anywhere or (one.has_like_titles and not one.asked and not one.explained)


def print_wrong(judged: JudgedCorpus, most: int) -> None:
    groups: dict[tuple[Truth, str, str], list[JudgedPair]] = defaultdict(list)
    for one in filter(is_wrong, judged.pairs):
        groups[by_kind(one)].append(one)
    for (truth, kind, _), members in groups.items():
        print(f"\n## {truth.value}: {kind} ({len(members)})")
        for one in members[:: max(1, len(members) // most)][:most]:
            print_example(one)


# --- the whole ---------------------------------------------------------------------------------------------------------------


def holds(rows: Iterable[Row]) -> bool:
    siblings = [one for one in rows if one.truth is Truth.SIBLINGS]
    offered, like = sum(one.like_offered for one in siblings), sum(one.like_titles for one in siblings)
    return not any(one.joined for one in siblings) and offered >= OFFERED_SHARE * like


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=EACH, help="pairs by kind and shape")
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--examples", metavar="KIND", help="show pairs of this kind")
    parser.add_argument("--wrong", type=int, metavar="N", help="show N pairs of each kind that goes wrong")
    arguments = parser.parse_args()
    pairs = [pair for pair in corpus(arguments.each, arguments.seed) if arguments.examples in {None, pair.kind}]
    judged = judge(pairs)
    rows = rows_by(judged.pairs, by_kind_and_shape)
    if arguments.json:
        print(json.dumps({"rows": [asdict(one) for one in rows], "mixed_clusters": judged.mixed_clusters}, indent=1))
    elif arguments.examples:
        for one in judged.pairs[:: max(1, len(judged.pairs) // MOST_EXAMPLES)]:
            print_example(one)
    elif arguments.wrong:
        print_wrong(judged, arguments.wrong)
    else:
        print_tables(judged)
    return 0 if holds(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
