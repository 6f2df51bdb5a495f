"""From judged pairs to groups without chaining: A~B~C is no group where A contradicts C.

The strongest pairs join first; a pair whose joining would bring together records that must not be one report is left to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from prisma_tool.dedupe.compare import Comparison, Finding, compare, examine
from prisma_tool.dedupe.normalise import Comparable
from prisma_tool.model.vocabulary import DuplicateVerdict

Judge = Callable[[Comparable, Comparable], Comparison]
IDENTIFIERS = ("DOI", "PMID", "registry number")


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair of keys (`a < b`) with its comparison."""

    a: str
    b: str
    comparison: Comparison


def judge_pair(a: Comparable, b: Comparable) -> Judged:
    """Compare two records, in whichever order they come; in the result the smaller key comes first."""
    first, second = sorted((a, b), key=lambda record: record.key)
    return Judged(first.key, second.key, compare(first, second))


def by_promise(pairs: Iterable[Judged]) -> list[Judged]:
    """Uncertain pairs with the likeliest duplicates first: those on which more fields agree and fewer differ."""

    def promise(pair: Judged) -> tuple[int, float, str, str]:
        findings = [finding for _, finding in pair.comparison.findings]
        return (
            findings.count(Finding.DIFFERS) + 2 * findings.count(Finding.CONTRADICTS) - findings.count(Finding.AGREES),
            -pair.comparison.likeness,
            pair.a,
            pair.b,
        )

    return sorted(pairs, key=promise)


def without_chains(
    judged: Iterable[Judged],
    records: Mapping[str, Comparable],
    groups: Mapping[str, frozenset[str]],
    judge: Judge = examine,
) -> list[Judged]:
    """The pairs to state: "same" only where all members of both groups may be one report, else "unsure".

    "different" pairs are dropped: not being stated is being different.

    Args:
        judged: the compared pairs, in any order.
        records: all records by key.
        groups: for each key the keys of the cluster that it is in already.
        judge: compares two members of two groups.
    """
    member: dict[str, frozenset[str]] = dict(groups)
    stated = []
    # Different ones are most where all pairs come, and need no order.
    for pair in sorted((pair for pair in judged if pair.comparison.verdict is not DuplicateVerdict.DIFFERENT), key=_strength):
        if pair.comparison.verdict is DuplicateVerdict.UNSURE:
            stated.append(pair)
        else:
            stated.append(_joined(pair, member, records, judge))
    return stated


def _strength(pair: Judged) -> tuple[int, float, str, str]:
    agreeing = sum(finding is Finding.AGREES for _, finding in pair.comparison.findings)
    return -agreeing, -pair.comparison.likeness, pair.a, pair.b


def _joined(
    pair: Judged,
    member: dict[str, frozenset[str]],
    records: Mapping[str, Comparable],
    judge: Judge,
) -> Judged:
    left, right = member.get(pair.a, frozenset((pair.a,))), member.get(pair.b, frozenset((pair.b,)))
    if pair.b in left:
        return pair
    by_page = not _identified(pair.comparison)
    others = ((x, y) for x in sorted(left) for y in sorted(right) if (x, y) != (pair.a, pair.b))
    clash = next((x for x, y in others if _contradict(records[x], records[y], judge, by_page=by_page)), None)
    if clash is not None:
        rule = f"{pair.comparison.rule}, but {clash} in the same group contradicts"
        return replace(pair, comparison=replace(pair.comparison, verdict=DuplicateVerdict.UNSURE, rule=rule))
    both = left | right
    member.update(dict.fromkeys(both, both))
    return pair


def _contradict(a: Comparable, b: Comparable, judge: Judge, *, by_page: bool) -> bool:
    """True where two members of a would-be group speak against each other: by an identifier, or by standing on other pages."""
    comparison = judge(a, b)
    against = comparison.vetoed or any(
        finding is Finding.CONTRADICTS or (by_page and name == "first page" and finding is Finding.DIFFERS)
        for name, finding in comparison.findings
    )
    return comparison.verdict is not DuplicateVerdict.SAME and against


def _identified(comparison: Comparison) -> bool:
    """True where a pair shares an identifier, which outweighs a page that some database gives otherwise."""
    return any(name in IDENTIFIERS and finding is Finding.AGREES for name, finding in comparison.findings)
