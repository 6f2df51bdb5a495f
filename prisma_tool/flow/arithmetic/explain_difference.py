"""The search for boxes that explain a difference: the known slips first, then any box or two boxes of the same size.

Invariant: what a hint names adds up to the difference exactly; where nothing does, there is no hint. A hint says "may": that two
numbers are the same size proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from prisma_tool.flow.arithmetic.box_words import lines_of, size, words_of
from prisma_tool.flow.arithmetic.relations import INCLUDED, Relation, side_sum, terms
from prisma_tool.flow.arithmetic.slips import Slip, slips_of
from prisma_tool.flow.flow import COUNT_KEYS, Flow
from prisma_tool.model.text import one_line

MOST_HINTS = 3
"""Of one difference; the rest are less plausible."""
MOST_PARTS = 10
"""Of more boxes and lines than these only one, or all at once, are tried."""
SMALL = 10
"""A smaller difference has its equal among the boxes, and among the sums of two, all too often."""
FEW = 2
"""More boxes or pairs that fit than these show nothing."""
_IDENTIFIED_BY = {
    "website_results": "on websites",
    "organisation_results": "through organisations",
    "citations_results": "by citation searching",
}
_ANY_BOX = (*COUNT_KEYS, "dbr_excluded", "other_excluded", "ongoing_reports", "awaiting_reports")


@dataclass(frozen=True, slots=True)
class _Part:
    """A box, or a line of a list, that is above 0, and its words."""

    key: str
    label: str
    n: int
    words: str


def _part(flow: Flow, key: str, label: str, n: int) -> _Part:
    words = words_of(flow, key)
    if label:
        words = f'{"records from" if key.endswith("_specific_results") else words} "{one_line(label)}"'
    return _Part(key, label, n, words)


def hints(flow: Flow, relation: Relation, difference: int) -> tuple[str, ...]:
    """What may explain that a relation is off by `difference`, most plausible first; empty where nothing fits."""
    if not difference:
        return ()
    candidates = (*_of_units(flow, relation, difference), *_of_slips(flow, relation, difference))
    if not candidates:
        candidates = (
            tuple(_of_any_box(flow, relation, difference))
            or _while_few(_two_slips(flow, relation, difference), difference)
            or _while_few(_two_boxes(flow, relation, difference), difference)
        )
    return tuple(islice(dict.fromkeys(candidates), MOST_HINTS))


def _of_slips(flow: Flow, relation: Relation, difference: int) -> Iterator[str]:
    for slip in slips_of(relation):
        if slip.together:
            yield from _all_at_once(flow, slip, difference)
        elif difference * slip.sign > 0:
            parts = [_part(flow, key, label, n) for key in slip.boxes for label, n in lines_of(flow, key)]
            for chosen in _adding_up(parts, abs(difference)):
                yield f"{difference:+d}, as many as {_named(chosen)}, {slip.may}"


def _all_at_once(flow: Flow, slip: Slip, difference: int) -> Iterator[str]:
    signed = [(-1 if box.startswith("-") else 1, box[1:]) for box in slip.boxes]
    numbers = [(sign, size(flow, key), key) for sign, key in signed]
    if slip.sign * sum(sign * n for sign, n, _ in numbers) == difference:
        text = " ".join(f"{'-' if sign < 0 else '+'} {n} {words_of(flow, key)}" for sign, n, key in numbers if n)
        yield f"{difference:+d}, as many as {text.removeprefix('+ ')}, {slip.may}"


def _adding_up(parts: list[_Part], n: int) -> list[list[_Part]]:
    """The parts that come to `n`: each that does so alone, or all together, or else the fewest that do."""
    alone = [[part] for part in parts if part.n == n]
    if alone or sum(part.n for part in parts) == n:
        return alone or [parts]
    sizes = range(2, len(parts)) if len(parts) <= MOST_PARTS else range(0)
    fitting = ([*chosen] for many in sizes for chosen in combinations(parts, many) if sum(part.n for part in chosen) == n)
    return [*islice(fitting, 1)]


def _named(parts: Iterable[_Part]) -> str:
    listed = list(parts)
    sizes = f" ({' + '.join(str(part.n) for part in listed)})" if len(listed) > 1 else ""
    if all(part.key in _IDENTIFIED_BY or part.key == "other_specific_results" for part in listed):
        return f"were identified {' and '.join(map(_how, listed))}{sizes}"
    if {part.key.partition("_")[2] for part in listed} == {"notretrieved_reports"} and len(listed) > 1:
        return f"the reports not retrieved{sizes}"
    return f"{' and '.join(_the(part) for part in listed)}{sizes}"


def _how(part: _Part) -> str:
    """How records of other methods were identified, in the review's own words where it has any."""
    if _is_quoted(part):
        return f"by {part.words}"
    return _IDENTIFIED_BY.get(part.key, f'by "{one_line(part.label)}"')


def _the(part: _Part) -> str:
    return part.words if _is_quoted(part) else f"the {part.words}"


def _is_quoted(part: _Part) -> bool:
    return part.words.startswith('"')


def _of_units(flow: Flow, relation: Relation, difference: int) -> Iterator[str]:
    """Studies where reports should stand, and the other way round."""
    studies, reports = flow.new_studies.n, flow.new_reports.n
    could_enter = reports - difference
    if relation == INCLUDED and studies and reports == studies and difference < 0:
        yield f"{difference:+d}: the number of studies ({studies}) may have been entered for the reports"
    if relation == INCLUDED and studies and not reports:
        yield f"{difference:+d}: the number of reports may have been left at 0"
    if relation == INCLUDED and 0 < reports < studies == could_enter:
        yield f"{difference:+d}: the numbers of studies ({studies}) and of reports ({reports}) may have been exchanged"
    if relation.stated.endswith("_studies") and relation.expected.endswith("_reports") and not side_sum(flow, relation.expected):
        yield f"{difference:+d}: the number of reports may have been left at 0"
    for members, others in (("studies", "reports"), ("reports", "studies")):
        instead = size(flow, f"previous_{others}") + size(flow, f"new_{others}")
        if relation.name.startswith(f"total {members}") and instead and size(flow, f"total_{members}") == instead:
            yield f"{difference:+d}: {others} may have been added up instead of {members}"


def _own(relation: Relation) -> frozenset[str]:
    return frozenset(key for side in (relation.stated, relation.expected) for _, key in terms(side))


def _parts(flow: Flow, relation: Relation) -> list[_Part]:
    """Every box that the relation itself does not name."""
    return [_part(flow, key, "", n) for key in _ANY_BOX if key not in _own(relation) and (n := size(flow, key))]


def _of_any_box(flow: Flow, relation: Relation, difference: int) -> Iterator[str]:
    """Boxes of the same size, as long as they are few; of a small number, one."""
    how = "counted here" if difference > 0 else "left out here"
    fitting = [part for part in _parts(flow, relation) if part.n == abs(difference)]
    if len(fitting) <= (FEW if abs(difference) >= SMALL else 1):
        for part in fitting:
            yield f"{difference:+d}, as many as {_named([part])}, which may have been {how}"


def _while_few(texts: Iterator[str], difference: int) -> tuple[str, ...]:
    """What fits, unless it is met all too often or all too much fits."""
    fitting = tuple(islice(texts, FEW + 1)) if abs(difference) >= SMALL else ()
    return fitting if len(fitting) <= FEW else ()


def _two_slips(flow: Flow, relation: Relation, difference: int) -> Iterator[str]:
    shifts = [
        (slip.sign * n, _part(flow, key, label, n), slip)
        for slip in slips_of(relation)
        if not slip.together
        for key in slip.boxes
        for label, n in lines_of(flow, key)
    ]
    for (by, part, slip), (other_by, other, other_slip) in combinations(shifts, 2):
        if by + other_by == difference and part.key != other.key:
            first, second = (
                f"{n:+d}, as many as {_named([box])}, {why.may}"
                for n, box, why in ((by, part, slip), (other_by, other, other_slip))
            )
            yield f"{difference:+d}: {first}; and {second}"


def _two_boxes(flow: Flow, relation: Relation, difference: int) -> Iterator[str]:
    """Two boxes that count what the relation is about, together or the one less the other."""
    counts_records = _counts_records(terms(relation.stated)[0][1])
    parts = [part for part in _parts(flow, relation) if _counts_records(part.key) is counts_records]
    for one, other in combinations(parts, 2):
        more, less = (one, other) if one.n > other.n else (other, one)
        if more.n + less.n == abs(difference):
            yield f"{difference:+d}, as many as {_the(more)} and {_the(less)} ({more.n} + {less.n}) together, which may be a coincidence"
        elif more.n - less.n == abs(difference):
            yield f"{difference:+d}, as many as {_the(more)} less {_the(less)} ({more.n} - {less.n}), which may be a coincidence"


def _counts_records(key: str) -> bool:
    """Whether a box counts records, and not reports or studies."""
    return key.endswith("_results") or key in {
        "duplicates",
        "excluded_automatic",
        "excluded_other",
        "records_screened",
        "records_excluded",
    }
