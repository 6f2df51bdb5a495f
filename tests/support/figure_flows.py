"""Flows to draw (one as reviews have them, one as extreme as they come, random ones) and what any drawing of them must show."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from PIL import Image

from prisma_tool.figure.exchange.typed_flow import LABELLED
from prisma_tool.figure.layout.shapes import Layout
from prisma_tool.figure.words.options import FigureOptions, Palette, Thousands, Wording
from prisma_tool.flow.flow import COUNT_KEYS, STEP_KEYS, Adjustment, Count, Flow, Pending, Template, VersionFlow, with_boxes
from prisma_tool.flow.living.balance import with_versions
from prisma_tool.flow.living.versions import together
from prisma_tool.flow.template import OTHER_BOXES, OTHER_LISTS, PREVIOUS_BOXES, WITH_OTHER
from prisma_tool.model.protocol.figure_words import ExtraBoxes, FigureWords, Language
from prisma_tool.model.text import one_line

COUNT = re.compile(r"\(n = [\d,]+\)")
LETTERS = "abcdefgh WXYZ αβγΩ ЖЩдя éüñŁøß 0123456789 ()=n<>&\"'-/,.;日本"


def many(n: int) -> Count:
    return Count(adjustments=(Adjustment(n, "from before"),))


def usual(template: Template) -> Flow:
    """Numbers that differ from each other, so that a mix-up shows."""
    update = {"previous_studies", "previous_reports", "total_studies", "total_reports"}
    other = {key for key in COUNT_KEYS if key.startswith(("other_", "website", "organisation", "citations"))}
    absent = (set() if "updated" in template else update) | (set() if "v2" in template else other)
    counts: dict[str, Any] = {key: many(1001 + 17 * place) for place, key in enumerate(COUNT_KEYS) if key not in absent}
    return Flow(
        template,
        **counts,
        database_specific_results={"PubMed": many(801), "Embase": many(802)},
        register_specific_results={"ClinicalTrials.gov": many(803)},
        dbr_excluded={"Wrong population": many(804), "Not a trial, 2 mg; β-blocker": many(805)},
        other_excluded={"Étude à Łódź": many(806)} if "v2" in template else {},
    )


def extreme() -> Flow:
    """Forty databases, thirty reasons of 200 characters (one of them a single word), seven digits everywhere, a stamp."""
    big = many(9_999_999)
    all_big: dict[str, Any] = dict.fromkeys(COUNT_KEYS, big)
    reasons = {f"{n} {'exposure could not be told apart from co-interventions ' * 4}"[:200]: big for n in range(28)}
    return replace(
        usual(Template.UPDATED_V2),
        **all_big,
        database_specific_results={f"Βάση δεδομένων Номер {n}": big for n in range(40)},
        dbr_excluded={**reasons, "W" * 200: big, "Ακατάλληλος πληθυσμός / неподходящая": big},
        other_excluded={"i" * 200: big},
        other_specific_results={"Contact with authors": big},
        ongoing={"NCT03971799": many(1)},
        awaiting={"Łukasz 2020": many(2)},
        pending=Pending(many(1), many(2), many(3), many(4)),
        unmerged=17,
        footnotes=("** 12 records were excluded by a tool.", "A long note on what the template has no box for. " * 12),
    )


counts = st.integers(min_value=0, max_value=9_999_999).map(many)
labels = st.text(alphabet=LETTERS, min_size=1, max_size=200)
own_labels = labels.map(one_line).filter(bool)
lists = st.dictionaries(labels, counts, max_size=6)
hideable = st.sampled_from(
    [
        "previous",
        "other",
        "duplicates",
        "records_excluded",
        "dbr_excluded",
        "database_specific_results",
        "other_assessed",
        "new_reports",
    ]
)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    given_counts: dict[str, Any] = {key: draw(counts) for key in COUNT_KEYS}
    template = draw(st.sampled_from(Template))
    if draw(st.booleans()):
        # Of the records excluded some were excluded by title; other methods have steps where they have a column.
        given_counts["titles_excluded"] = many(draw(st.integers(0, given_counts["records_excluded"].n)))
        given_counts |= {key: draw(counts) for key in STEP_KEYS[1:]} if template in WITH_OTHER else {}
    return Flow(
        template,
        **given_counts,
        database_specific_results=draw(lists),
        register_specific_results=draw(lists),
        other_specific_results=draw(lists),
        dbr_excluded=draw(lists),
        screening_reasons=draw(lists),
        other_excluded=draw(lists),
        ongoing=draw(lists),
        awaiting=draw(lists),
        pending=draw(st.builds(Pending, counts, counts, counts, counts)),
        footnotes=tuple(draw(st.lists(labels, max_size=2))),
        words=FigureWords(labels=draw(st.dictionaries(st.sampled_from(LABELLED), own_labels, max_size=3))),
    )


@st.composite
def figures(draw: st.DrawFn) -> tuple[Flow, FigureOptions]:
    """A flow and options that fit it."""
    flow = draw(flows())
    reasons = draw(st.booleans())
    known = {ExtraBoxes.TITLES: flow.titles_excluded, ExtraBoxes.OTHER_SCREENING: flow.other_screened_records}
    possible = [boxes for boxes, count in known.items() if count and not (reasons and boxes is ExtraBoxes.TITLES)]
    return flow, FigureOptions(
        show=draw(st.frozensets(st.sampled_from(possible))) if possible else frozenset(),
        width_mm=draw(st.sampled_from([80.0, 90.0, 140.0, 190.0, 300.0])),
        palette=draw(st.sampled_from(Palette)),
        thousands=draw(st.sampled_from(Thousands)),
        hide=draw(st.frozensets(hideable, max_size=3)),
        wording=draw(st.sampled_from(Wording)),
        reasons_at_screening=reasons,
        language=draw(st.sampled_from([None, Language.SPANISH, Language.FRENCH, Language.GERMAN])),
    )


@st.composite
def living_flows(draw: st.DrawFn) -> Flow:
    """A base version and one or two updates, each with its own sources and reasons."""
    new = flows().filter(lambda flow: flow.template in (Template.NEW_V1, Template.NEW_V2))
    drawn = draw(st.lists(st.tuples(new, own_labels), min_size=2, max_size=3))
    versions = tuple(VersionFlow(label, _of_a_version(flow)) for flow, label in drawn)
    return with_versions(together(versions), versions)


def _of_a_version(flow: Flow) -> Flow:
    """`flow` with the boxes of its template alone."""
    lacking = (*PREVIOUS_BOXES, *(() if flow.template in WITH_OTHER else OTHER_BOXES))
    lists: dict[str, Any] = {} if flow.template in WITH_OTHER else {name: {} for name in OTHER_LISTS}
    plain = replace(flow, pending=Pending(), footnotes=(), words=FigureWords())
    return with_boxes(plain, {**dict.fromkeys((*lacking, *STEP_KEYS)), **lists})


def assert_ink(picture: Image.Image, layout: Layout, dpi: float) -> None:
    """Dark letters on a bright ground inside every box, and nothing dark between the sides of a box and its text."""
    grey = picture.convert("L")
    for box in (*layout.boxes, *layout.bars):
        darkest, brightest = extremes(grey, (box.x + 1, box.y + 1, box.right - 1, box.bottom - 1), dpi)
        assert darkest < 90, box.key
        assert brightest > 150, box.key
    for box in layout.boxes:
        for x in (box.x + 0.4, box.right - 1.0):
            darkest, _ = extremes(grey, (x, box.y + 0.4, x + 0.6, box.bottom - 0.4), dpi)
            assert darkest > 150, box.key


def extremes(grey: Image.Image, place: tuple[float, float, float, float], dpi: float) -> tuple[float, float]:
    """The darkest and the brightest dot in a part of the picture, given in millimetres."""
    left, top, right, bottom = (round(edge / 25.4 * dpi) for edge in place)
    darkest, brightest = grey.crop((left, top, right, bottom)).getextrema()
    return float(str(darkest)), float(str(brightest))
