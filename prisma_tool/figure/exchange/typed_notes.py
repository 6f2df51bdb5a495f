"""What to know of typed numbers that the figure does not say: columns and numbers that are not drawn, labels, what was not compared.

Invariant: a number of the file that the figure leaves out, and one that no relation compares, has its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prisma_tool.flow.arithmetic.box_words import WORDS
from prisma_tool.flow.arithmetic.relations import ENTERING_STUDIES, side_sum
from prisma_tool.flow.flow import MA_KEYS, Flow, Template
from prisma_tool.flow.template import OTHER_BOXES, PREVIOUS_BOXES, UPDATED, WITH_OTHER
from prisma_tool.model.text import printable

Counts = Mapping[str, int | None]
_UNITS = {
    "studies": re.compile(r"\b(study|studies|trials?)\b"),
    "reports": re.compile(r"\b(reports?|articles?|papers?|publications?)\b"),
}
_OF_STUDIES = re.compile(r"\b(reports?|articles?|papers?|publications?) (of|from|on|for|describing) ")


def unit(key: str) -> str:
    """What a box of the included counts: "studies" or "reports"; empty for other boxes."""
    name = key.removesuffix("_ma")
    _, _, members = name.partition("_")
    return members if members in _UNITS and name.partition("_")[0] in {"new", "previous", "total"} else ""


def counting_something_else(labels: Mapping[str, str]) -> frozenset[str]:
    """The boxes of studies or reports whose own label says that they count the other."""
    return frozenset(key for key, label in labels.items() if unit(key) and _counted(label) not in ("", unit(key)))


def _counted(label: str) -> str:
    text = label.casefold()
    if _OF_STUDIES.search(text):
        return "reports"
    named = [members for members, pattern in _UNITS.items() if pattern.search(text)]
    return named[0] if len(named) == 1 else ""


def departures(origin: str, labels: Mapping[str, str], standard: Mapping[str, str]) -> Iterator[str]:
    """The labels of the file's own, each beside the one that it stands for; `standard` has those of the rows of a table."""
    for key in (key for key in labels if key in standard):
        yield (
            f'{origin}: {key} keeps its own label "{printable(labels[key])}", a departure from the wording of PRISMA 2020, '
            f'"{standard[key]}".'
        )


def not_drawn(origin: str, counts: Counts, template: Template, *, stated: bool) -> Iterator[str]:
    """Columns that are left out because all their numbers are 0, or because the template that was `stated` has no such column."""
    for boxes, drawn, words in (
        (PREVIOUS_BOXES, template in UPDATED, "numbers of a previous version"),
        (OTHER_BOXES, template in WITH_OTHER, "numbers of other methods"),
    ):
        given = {key: counts.get(key) for key in boxes if counts.get(key) is not None}
        if drawn or not given:
            continue
        if not stated and not any(given[key] for key in given if not key.startswith("total_")):
            yield f"{origin}: the {words} are 0 throughout; this column is not drawn{_as_new(boxes)}."
        elif stated and any(given.values()):
            yield f"{origin}: the template {template} has no box for {', '.join(key for key, n in given.items() if n)}; not drawn."


def _as_new(boxes: tuple[str, ...]) -> str:
    return ", and the review is a new one, not an update" if boxes is PREVIOUS_BOXES else ""


def no_meta_analysis(origin: str, counts: Counts) -> Iterator[str]:
    """The lines of a meta-analysis are left out where all their numbers are 0, as in a file that nobody filled in there."""
    given = [counts[key] for key in MA_KEYS if counts.get(key) is not None]
    if given and not any(given):
        yield f"{origin}: the numbers of a meta-analysis are 0 throughout; its lines are not drawn."


def differing_totals(origin: str, counts: Counts, totals: tuple[str, ...]) -> Iterator[str]:
    """Totals that say something else than what a review without a previous version includes."""
    for total in totals:
        yield (
            f"{origin}: {total} = {counts[total]} stands in no box, for a review without a previous version has no total besides "
            "what it includes; where both are given, --check compares them."
        )


def not_compared(flow: Flow, missing: frozenset[str], other_units: Mapping[str, str]) -> Iterator[str]:
    """Sentences on the numbers of studies and reports that could not be compared, with the bounds that the others set.

    `missing` are the keys that nobody gave, `other_units` the labels that count something else than their box.
    """
    studies, reports = flow.new_studies.n, flow.new_reports.n
    if "new_reports" in missing:
        could_enter = side_sum(flow, ENTERING_STUDIES.expected)
        yield f"The number of reports of included studies is not given: {studies} studies need at least as many, and {could_enter} could enter."
    if "new_studies" in missing:
        few = min(1, reports)
        yield f"The number of included studies is not given: {reports} reports are of at least {few} and, one study a report, at most {reports} studies."
    for key, label in sorted(other_units.items()):
        yield f'The number under "{printable(label)}" is no number of {WORDS[key]}, whose place it takes, and was not compared.'
