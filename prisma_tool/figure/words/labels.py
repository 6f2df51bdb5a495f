"""The words of the figure: the labels of the four official templates, and what stands in each box.

Invariant: a count is glued to its parentheses with no-break spaces, so that wrapping cannot split "(n = 17)"; a count that is None
has no line. Labels: PRISMA 2020 statement, Page et al., BMJ 2021;372:n71.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from prisma_tool.figure.words.line_breaking import NO_BREAK
from prisma_tool.figure.words.options import Thousands
from prisma_tool.flow.flow import Adjustment, Count, Flow, Lines, Template
from prisma_tool.model.protocol.figure_words import EXCLUDED, PARTICIPANTS, SOURCES
from prisma_tool.model.text import printable

SOURCE = "Adapted from: Page MJ, et al. BMJ 2021;372:n71. doi: 10.1136/bmj.n71. Licence: CC BY 4.0."
AT_SCREENING = "Reasons at title/abstract screening"
IDENTIFIED_FROM = "Records identified from:"
UNLABELLED = "Unlabelled"
NOT_SEARCHED = "No database or register searched"
_COLON = re.compile("[\u00a0\u202f]?[:\uff1a]$")
"""What a label ends with that a list follows, in any language."""


@dataclass(frozen=True, slots=True)
class BoxEntry:
    """One statement in a box: a label and, mostly, the count that belongs to it. `level` 1 is indented.

    `about` is a second key by which notes and labels may name the statement, such as that of the list below it; `extension` tells that
    PRISMA 2020 has no such line. `after` follows the count; where a statement may have such words (None where not), its marks stand behind them.
    """

    label: str
    count: Count | None = None
    key: str = ""
    level: int = 0
    bold: bool = False
    thousands: Thousands = Thousands.NONE
    about: str = ""
    extension: bool = False
    after: str | None = None

    @property
    def text(self) -> str:
        """What is printed; no-break spaces inside the count only."""
        return (
            self.label if self.count is None else f"{self.label} {format_count(self.count.n, self.thousands)}{self.after or ''}"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The keys by which notes and labels may name it."""
        return tuple(name for name in (self.about, self.key) if name)


def format_count(n: int, thousands: Thousands = Thousands.NONE) -> str:
    """The printed form of a count, "(n = 17)", with no-break spaces."""
    return f"(n{NO_BREAK}={NO_BREAK}{format_number(n, thousands)})"


def format_number(n: int, thousands: Thousands = Thousands.NONE) -> str:
    """The digits of a count with what separates its thousands."""
    return f"{n:,}".replace(",", thousands.mark)


def colon_of(label: str) -> str:
    """The colon at the end of a label with the space before it; empty where the label has none."""
    match = _COLON.search(label)
    return match[0] if match else ""


def is_update(flow: Flow) -> bool:
    """True for the templates of updated reviews."""
    return flow.template in (Template.UPDATED_V1, Template.UPDATED_V2)


def title(flow: Flow) -> str:
    """The title for readers who cannot see the figure."""
    review = "updated systematic review" if is_update(flow) else "systematic review"
    return f"{'Interim ' if flow.interim else ''}PRISMA 2020 flow diagram of {'an' if is_update(flow) else 'a'} {review}"


def header(flow: Flow, origin: str) -> str:
    """The header of a column; `origin` is "databases and registers" or "other methods"."""
    return f"Identification of {'new ' if is_update(flow) else ''}studies via {origin}"


def single(label: str, key: str, count: Count | None, level: int = 0, about: str = "") -> tuple[BoxEntry, ...]:
    """The line of one count under its data key; nothing where the template has no such count.

    Args:
        label: The words before the number.
        key: The count's key in the data of the figure.
        count: The count; None where the template has none.
        level: 1 for an indented line, else 0.
        about: A second key for notes and labels.
    """
    return () if count is None else (BoxEntry(label, count, key, level, about=about),)


def listed(lines: Lines, key: str, level: int = 1) -> tuple[BoxEntry, ...]:
    """The indented lines of a list, in its order."""
    return tuple(BoxEntry(printable(label) or UNLABELLED, count, f"{key}:{label}", level) for label, count in lines.items())


def identified(flow: Flow) -> tuple[BoxEntry, ...]:
    """Records from databases and registers, each source named where it is known."""
    sources = (
        *single("Databases", "database_results", flow.database_results, 1, "database_specific_results"),
        *listed(flow.database_specific_results, "database_specific_results", level=2),
        *single("Registers", "register_results", flow.register_results, 1, "register_specific_results"),
        *listed(flow.register_specific_results, "register_specific_results", level=2),
        *listed(flow.carried_over, "carried_over"),
    )
    return (BoxEntry(IDENTIFIED_FROM, about=SOURCES), *(sources or (BoxEntry(NOT_SEARCHED, level=1),)))


def removed(flow: Flow) -> tuple[BoxEntry, ...]:
    """Records removed before screening; a zero is printed, for it is a statement too."""
    return (
        BoxEntry("Records removed before screening:"),
        BoxEntry("Duplicate records removed", flow.duplicates, "duplicates", level=1),
        BoxEntry("Records marked as ineligible by automation tools", flow.excluded_automatic, "excluded_automatic", level=1),
        BoxEntry("Records removed for other reasons", flow.excluded_other, "excluded_other", level=1),
    )


def other_identified(flow: Flow) -> tuple[BoxEntry, ...]:
    """Records from other methods: the template's three lines, then those with labels of their own."""
    return (
        BoxEntry(IDENTIFIED_FROM),
        *single("Websites", "website_results", flow.website_results, level=1),
        *single("Organisations", "organisation_results", flow.organisation_results, level=1),
        *single("Citation searching", "citations_results", flow.citations_results, level=1),
        *listed(flow.other_specific_results, "other_specific_results"),
    )


def records_excluded(flow: Flow, *, reasons: bool) -> tuple[BoxEntry, ...]:
    """Records excluded at title/abstract; with `reasons`, which are an extension of the template, by reason too."""
    box = BoxEntry("Records excluded", flow.records_excluded, "records_excluded", about=EXCLUDED)
    if not reasons or not flow.screening_reasons:
        return (box,)
    return (box, BoxEntry(f"{AT_SCREENING}:", extension=True), *listed(flow.screening_reasons, "records_excluded"))


def reports_excluded(lines: Lines, key: str) -> tuple[BoxEntry, ...]:
    """Reports excluded at full text by reason; without any reason, the plain zero."""
    if not lines:
        return (BoxEntry("Reports excluded", Count(), key),)
    return (BoxEntry("Reports excluded:", about=key), *listed(lines, key))


def set_aside(flow: Flow) -> tuple[BoxEntry, ...]:
    """Ongoing studies and those awaiting classification: Cochrane asks for them, the template has no box."""
    names = ("ongoing", "ongoing_reports", "awaiting", "awaiting_reports")
    return tuple(
        replace(entry, about=name, extension=True) for name in names for entry in listed(getattr(flow, name), name, level=0)
    )


def previous(flow: Flow) -> tuple[BoxEntry, ...]:
    """What the previous version of the review included."""
    return (
        *single("Studies included in previous version of review", "previous_studies", flow.previous_studies),
        *single("Reports of studies included in previous version of review", "previous_reports", flow.previous_reports),
    )


def included(flow: Flow) -> tuple[BoxEntry, ...]:
    """What this version includes."""
    new = is_update(flow)
    return (
        BoxEntry("New studies included in review" if new else "Studies included in review", flow.new_studies, "new_studies"),
        BoxEntry("Reports of new included studies" if new else "Reports of included studies", flow.new_reports, "new_reports"),
        *(() if new else (*meta_analysed(flow), *participants(flow))),
    )


def meta_analysed(flow: Flow) -> tuple[BoxEntry, ...]:
    """What the meta-analysis includes, where somebody entered it; the template has no line for it."""
    lines = (
        *single("Studies included in meta-analysis", "total_studies_ma", flow.total_studies_ma),
        *single("Reports of studies included in meta-analysis", "total_reports_ma", flow.total_reports_ma),
    )
    return tuple(replace(line, extension=True) for line in lines)


def participants(flow: Flow) -> tuple[BoxEntry, ...]:
    """How many people the included studies had, where somebody entered it; the template has no line for it."""
    known = flow.participants
    if known is None:
        return ()
    part = "" if known.known == known.studies else f", known for {known.known} of {known.studies} studies"
    return (BoxEntry("Participants", known.count, PARTICIPANTS, extension=True, after=part),)


def total(flow: Flow) -> tuple[BoxEntry, ...]:
    """What all versions include together."""
    return (
        *single("Total studies included in review", "total_studies", flow.total_studies),
        *single("Reports of total included studies", "total_reports", flow.total_reports),
        *meta_analysed(flow),
        *participants(flow),
    )


def stamp(flow: Flow) -> tuple[BoxEntry, ...]:
    """What still has to be done before the numbers are final; empty for a finished figure."""
    waiting = (
        BoxEntry("Reports waiting for title/abstract screening", flow.pending.title_abstract, "pending:title_abstract"),
        BoxEntry("Reports waiting for retrieval", flow.pending.retrieval, "pending:retrieval"),
        BoxEntry("Reports waiting for full-text assessment", flow.pending.full_text, "pending:full_text"),
        BoxEntry("Conflicts between reviewers", flow.pending.conflicts, "pending:conflicts"),
        BoxEntry("Records not yet deduplicated", _as_count(flow.unmerged), "unmerged"),
    )
    if not flow.interim:
        return ()
    open_work = tuple(entry for entry in waiting if entry.count is not None and entry.count.n)
    return (BoxEntry("INTERIM: the numbers below will change until this work is done", bold=True), *open_work)


def _as_count(n: int) -> Count:
    return Count(adjustments=(Adjustment(n, ""),))
