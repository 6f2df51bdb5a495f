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
    for pair in sorted((pair for pair in judged if pair.comparison.verdict is not DuplicateVerdict.DIFFERENT), key=strength):
        if pair.comparison.verdict is DuplicateVerdict.UNSURE:
            stated.append(pair)
        else:
            stated.append(_joined(pair, member, records, judge))
    return stated


def strength(pair: Judged) -> tuple[int, float, str, str]:
    """The key by which the strongest pairs come first: those on which most fields agree."""
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
    clash = next((x for x in sorted(left) for y in sorted(right) if _clash(pair, x, y, records, judge)), None)
    if clash is not None:
        rule = f"{pair.comparison.rule}, but {clash} in the same group contradicts"
        return replace(pair, comparison=replace(pair.comparison, verdict=DuplicateVerdict.UNSURE, rule=rule))
    both = left | right
    member.update(dict.fromkeys(both, both))
    return pair


def _clash(pair: Judged, x: str, y: str, records: Mapping[str, Comparable], judge: Judge) -> bool:
    """True where two members of a would-be group speak against each other: by an identifier, or by other pages or words.

    Pages and words count only where nothing identifies the pair, or a member with the record of the pair on its side.
    """
    if {x, y} == {pair.a, pair.b}:
        return False  # judged already, and to join
    comparison = judge(records[x], records[y])
    if comparison.verdict is DuplicateVerdict.SAME:
        return False
    if comparison.vetoed or any(finding is Finding.CONTRADICTS for _, finding in comparison.findings):
        return True
    by_likeness = not _identified(pair.comparison)
    elsewhere = _elsewhere(dict(comparison.findings))
    identified = _share(records[x], records[pair.a]) or _share(records[y], records[pair.b])
    return by_likeness and (elsewhere or (comparison.doubted and not identified))


def _elsewhere(findings: dict[str, Finding]) -> bool:
    """True where two of one title stand on two pages, or are by two people and on no page in common."""
    page = findings.get("first page")
    return page is Finding.DIFFERS or (findings.get("authors") is Finding.DIFFERS and page is not Finding.AGREES)


def _share(member: Comparable, record: Comparable) -> bool:
    """True where two records of one group have an identifier in common."""
    by_doi = bool(member.doi) and member.doi == record.doi and not member.doi_shared
    return member is not record and (by_doi or (bool(member.pmid) and member.pmid == record.pmid))


def _identified(comparison: Comparison) -> bool:
    """True where a pair shares an identifier, which outweighs a page that some database gives otherwise."""
    return any(name in IDENTIFIERS and finding is Finding.AGREES for name, finding in comparison.findings)
