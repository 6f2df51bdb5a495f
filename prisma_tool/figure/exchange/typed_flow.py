"""A flow from numbers alone: what somebody typed into a file, without any records behind it.

Invariant: no number is invented. What the file leaves empty has no line in the figure (its key is in `hide`), and where PRISMA 2020
always has a box, a missing number is an error that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prisma_tool.errors import FormatError, UsageError
from prisma_tool.figure.exchange.typed_checks import checks
from prisma_tool.figure.exchange.typed_notes import (
    counting_something_else,
    differing_totals,
    no_meta_analysis,
    not_compared,
    not_drawn,
)
from prisma_tool.flow.adjustments import PARTS
from prisma_tool.flow.flow import (
    COUNT_KEYS,
    EXTRA_LIST_KEYS,
    LIST_KEYS,
    MA_KEYS,
    OPTIONAL_KEYS,
    PENDING_KEYS,
    SCREENING_REASONS,
    Adjustment,
    Check,
    Count,
    Flow,
    Lines,
    Participants,
    Pending,
    Template,
    with_boxes,
)
from prisma_tool.flow.template import OTHER_BOXES, OTHER_LISTS, PREVIOUS_BOXES, UPDATED, WITH_OTHER
from prisma_tool.model.protocol.figure_words import FigureWords

LABELLED = (*COUNT_KEYS, *MA_KEYS, "dbr_excluded", "other_excluded")
"""Boxes and lists whose rows in a table may have words of their own."""
LISTS = (*LIST_KEYS, *EXTRA_LIST_KEYS, SCREENING_REASONS)
WITHOUT_RECORDS = "typed in; which records these are is not known"
ESSENTIAL = (
    "records_screened", "records_excluded", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed",
)  # fmt: skip
"""Boxes that every figure has; the R package prints NA there, we ask."""
PREVIOUS_PARTS = tuple(previous for previous, _ in PARTS.values())
"""The numbers that only an update has; a file that was filled in may have totals without them."""
OTHER_SOURCES = ("website_results", "organisation_results", "citations_results")
ESSENTIAL_OTHER = ("other_sought_reports", "other_notretrieved_reports", "other_assessed")
_MAY_BE_EMPTY = (
    "database_results",
    "register_results",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "new_studies",
    "new_reports",
)
"""Lines that a figure may lack, of boxes that it always has."""
_SEARCHED = ("database_results", "register_results")
"""Kinds of sources that need not have been searched; where all that was screened was carried over, neither."""
TOO_LARGE = 10**12
_DIGITS = re.compile(r"[0-9]+|[0-9]{1,3}(?:[,.'’ \u00a0\u2009\u202f][0-9]{3})+")
_FRACTION_OF_NOTHING = re.compile(r"(?<=[0-9])[.,]0{1,2}$")
_AROUND = re.compile(r"^\(?\s*n\s*=\s*(.*?)\)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedNumbers:
    """What a file gives: `counts` by data key (None or absent: left empty), lists by label, and what else our own files tell.

    `origin` names the file in messages.
    """

    origin: str
    counts: Mapping[str, int | None]
    lists: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    pending: Mapping[str, int] = field(default_factory=dict)
    unmerged: int = 0
    adjustments: tuple[Adjustment, ...] = ()
    footnotes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    template: Template | None = None
    hide: frozenset[str] = frozenset()
    """Lists of which the file gives the sum only."""
    hidden: frozenset[str] = frozenset()
    """Names of what the figure hides, although the file gives its numbers."""
    notes: tuple[str, ...] = ()
    words: FigureWords = field(default_factory=FigureWords)
    last_searched: str = ""
    participants: Participants | None = None
    dated: datetime | None = None
    versions: tuple[TypedNumbers, ...] = ()
    """Of a living review: the numbers of each version, oldest first."""
    label: str = ""
    """What a version is called."""


@dataclass(frozen=True, slots=True)
class TypedFlow:
    """A flow of typed numbers, the lines that its file leaves empty (names as `FigureOptions.hide` takes them), and what to know.

    `origin` names the file; `not_compared` are sentences on numbers that could not be compared with others.
    """

    flow: Flow
    origin: str
    hide: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()


def whole_number(text: str) -> int | None:
    """The count in "1234", "1,234", "1 234", "(n = 17)" or "17.0"; None for an empty text or NA.

    Raises:
        ValueError: anything else, such as a negative number or a fraction.
    """
    bare = text.strip()
    if bare.upper() in {"", "NA", "N/A", "NULL", "-", "–", "—"}:
        return None
    around = _AROUND.match(bare)
    bare = _FRACTION_OF_NOTHING.sub("", around[1].strip() if around else bare)
    n = int(re.sub(r"\D", "", bare)) if _DIGITS.fullmatch(bare) else TOO_LARGE
    if n >= TOO_LARGE:
        raise ValueError(text)
    return n


def count_of(n: int) -> Count:
    """A count without records."""
    return Count(adjustments=(Adjustment(n, WITHOUT_RECORDS),)) if n else Count()


def flow_of(numbers: TypedNumbers, requested: Template | None = None) -> TypedFlow:
    """The flow of what a file gives, under the template that its numbers ask for or that it or `requested` names.

    Raises:
        FormatError: a number is missing that every figure has.
        UsageError: the wanted template has no boxes for numbers that are there.
    """
    template = requested or numbers.template or inferred_template(numbers.counts, numbers.lists)
    _require(numbers, template)
    flow = _complete(numbers, template)
    if numbers.template is None and not any(numbers.counts.get(key) for key in MA_KEYS):
        flow = with_boxes(flow, dict.fromkeys(MA_KEYS))
    totals = () if numbers.template else _differing_totals(numbers, template)
    if requested or not numbers.template:
        _require_room(flow, numbers.origin, totals)
        flow = _within_template(flow)
    hide = frozenset(key for key in _MAY_BE_EMPTY if numbers.counts.get(key) is None)
    labels = numbers.words.labels
    other_units = {key: labels[key] for key in counting_something_else(labels)}
    computed = checks(_with_totals(flow, numbers, totals), numbers.checks, hide | other_units.keys())
    notes = (
        *numbers.notes,
        *not_drawn(numbers.origin, numbers.counts, template, stated=bool(requested or numbers.template)),
        *(() if numbers.template else no_meta_analysis(numbers.origin, numbers.counts)),
        *differing_totals(numbers.origin, numbers.counts, totals),
    )
    return TypedFlow(
        with_boxes(flow, {"checks": computed, "not_given": hide | numbers.hide}),
        numbers.origin,
        hide | numbers.hide | numbers.hidden,
        notes,
        tuple(not_compared(flow, hide, other_units)),
    )


def _complete(numbers: TypedNumbers, template: Template) -> Flow:
    """Every number of the file, also those that the template has no box for."""
    lists = {name: _lines(numbers.lists.get(name, {})) for name in LISTS}
    pending = Pending(**{name: count_of(numbers.pending.get(name, 0)) for name in PENDING_KEYS})
    rest = {
        name: getattr(numbers, name)
        for name in ("adjustments", "footnotes", "unmerged", "words", "last_searched", "participants", "dated")
    }
    return with_boxes(Flow(template, pending=pending), {**_boxes(numbers.counts), **lists, **rest})


def _require(numbers: TypedNumbers, template: Template) -> None:
    missing = [key for key in ESSENTIAL if numbers.counts.get(key) is None]
    carried_over = numbers.lists.get("carried_over")
    if not _some(numbers, _SEARCHED) and not carried_over and numbers.counts.get("records_screened") != 0:
        missing.insert(0, "database_results")
    if numbers.counts.get("new_studies") is None and numbers.counts.get("new_reports") is None:
        missing.append("new_studies")
    if template in WITH_OTHER and _some(numbers, (*OTHER_SOURCES, *ESSENTIAL_OTHER)):
        missing += [key for key in ESSENTIAL_OTHER if numbers.counts.get(key) is None]
    if missing:
        raise FormatError(
            f"{numbers.origin} has no number for {', '.join(missing)}. PRISMA 2020 always has {'this box' if len(missing) == 1 else 'these boxes'}: "
            "write the number, or 0 if there was none."
        )


def _some(numbers: TypedNumbers, keys: Iterable[str]) -> bool:
    return any(numbers.counts.get(key) is not None for key in keys)


def inferred_template(counts: Mapping[str, int | None], lists: Mapping[str, Mapping[str, int]]) -> Template:
    """A column is there where any number of it is above 0: files that were filled in keep the zeros of what was not used."""
    other = any(counts.get(key) for key in OTHER_BOXES) or any(n for name in OTHER_LISTS for n in lists.get(name, {}).values())
    if any(counts.get(key) for key in PREVIOUS_PARTS):
        return Template.UPDATED_V2 if other else Template.UPDATED_V1
    return Template.NEW_V2 if other else Template.NEW_V1


def _differing_totals(numbers: TypedNumbers, template: Template) -> tuple[str, ...]:
    """Totals of a review without a previous version that say something else than the studies and reports included."""
    counts = numbers.counts
    differing = (total for total, (_, new) in PARTS.items() if counts.get(total) and counts.get(total) != counts.get(new))
    return () if template in UPDATED else tuple(differing)


def _with_totals(flow: Flow, numbers: TypedNumbers, totals: tuple[str, ...]) -> Flow:
    """`flow` with totals that have no box there, beside a previous version without anything, so that they are compared."""
    given = _boxes(numbers.counts)
    return with_boxes(
        flow, {box: given[box] if box == total else Count() for total in totals for box in (PARTS[total][0], total)}
    )


def _boxes(counts: Mapping[str, int | None]) -> dict[str, Any]:
    boxes: dict[str, Any] = {}
    for key in (*COUNT_KEYS, *OPTIONAL_KEYS):
        n = counts.get(key)
        if n is not None:
            boxes[key] = count_of(n)
        elif key in _MAY_BE_EMPTY and key not in _SEARCHED:
            boxes[key] = Count()
    return boxes


def _lines(lines: Mapping[str, int]) -> Lines:
    return {label: count_of(n) for label, n in lines.items()}


def _lacking(template: Template) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The boxes and the lists that a template has not."""
    boxes = (*(() if template in UPDATED else PREVIOUS_BOXES), *(() if template in WITH_OTHER else OTHER_BOXES))
    return boxes, () if template in WITH_OTHER else OTHER_LISTS


def _require_room(flow: Flow, origin: str, totals: tuple[str, ...]) -> None:
    """A template may leave out empty boxes only, and totals of new reviews, which their own sentences or checks are about."""
    boxes, lists = _lacking(flow.template)
    repeated = (total for total, (_, new) in PARTS.items() if getattr(flow, total) == getattr(flow, new))
    spared = {*totals, *repeated}
    full = [key for key in boxes if (counted := getattr(flow, key)) is not None and counted.n and key not in spared]
    full += [name for name in lists if any(line.n for line in getattr(flow, name).values())]
    if full:
        raise UsageError(f"The template {flow.template} has no box for {', '.join(full)}, and {origin} has numbers there.")


def _within_template(flow: Flow) -> Flow:
    """The flow without the boxes that its template lacks."""
    boxes, lists = _lacking(flow.template)
    return with_boxes(flow, {**dict.fromkeys(boxes), **{name: {} for name in lists}})
