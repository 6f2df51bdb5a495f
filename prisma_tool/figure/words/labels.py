"""The words of the figure: the labels of the four official templates, and what stands in each box.

Invariant: a count is glued to its parentheses with no-break spaces, so that wrapping cannot split "(n = 17)"; a count that is None
has no line. Labels: PRISMA 2020 statement, Page et al., BMJ 2021;372:n71.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from prisma_tool.figure.words.line_breaking import NO_BREAK
from prisma_tool.figure.words.options import Thousands
from prisma_tool.flow.flow import Adjustment, Count, Flow, Lines, Template
from prisma_tool.model.text import one_line

SOURCE = "Source: Page MJ, et al. BMJ 2021;372:n71. doi: 10.1136/bmj.n71."
EXTENSION_MARK = "†"
AT_SCREENING = f"Reasons at title/abstract screening{EXTENSION_MARK}"
UNLABELLED = "Unlabelled"
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class BoxEntry:
    """One statement in a box: a label and, mostly, the count that belongs to it. `level` 1 is indented."""

    label: str
    count: Count | None = None
    key: str = ""
    level: int = 0
    bold: bool = False
    thousands: Thousands = Thousands.NONE

    @property
    def text(self) -> str:
        """What is printed; no-break spaces inside the count only."""
        return self.label if self.count is None else f"{self.label} {format_count(self.count.n, self.thousands)}"


def format_count(n: int, thousands: Thousands = Thousands.NONE) -> str:
    """The printed form of a count, "(n = 17)", with no-break spaces."""
    return f"(n{NO_BREAK}={NO_BREAK}{format_number(n, thousands)})"


def format_number(n: int, thousands: Thousands = Thousands.NONE) -> str:
    """The digits of a count with what separates its thousands."""
    return f"{n:,}".replace(",", thousands.mark)


def printable(text: str) -> str:
    """`text` from outside as one composed line without invisible characters (joiners of letters stay)."""
    composed = unicodedata.normalize("NFC", one_line(text))
    return one_line("".join(c for c in composed if c in _JOINERS or unicodedata.category(c) not in {"Cf", "Co", "Cn"}))


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


def single(label: str, key: str, count: Count | None, level: int = 0) -> tuple[BoxEntry, ...]:
    """The line of one count under its data key; nothing where the template has no such count.

    Args:
        label: The words before the number.
        key: The count's key in the data of the figure.
        count: The count; None where the template has none.
        level: 1 for an indented line, else 0.
    """
    return () if count is None else (BoxEntry(label, count, key, level),)


def listed(lines: Lines, key: str, level: int = 1) -> tuple[BoxEntry, ...]:
    """The indented lines of a list, in its order."""
    return tuple(BoxEntry(printable(label) or UNLABELLED, count, f"{key}:{label}", level) for label, count in lines.items())


def identified(flow: Flow) -> tuple[BoxEntry, ...]:
    """Records from databases and registers, each source named where it is known."""
    return (
        BoxEntry("Records identified from*:"),
        BoxEntry("Databases", flow.database_results, "database_results", level=1),
        *listed(flow.database_specific_results, "database_specific_results", level=2),
        BoxEntry("Registers", flow.register_results, "register_results", level=1),
        *listed(flow.register_specific_results, "register_specific_results", level=2),
    )


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
        BoxEntry("Records identified from:"),
        *single("Websites", "website_results", flow.website_results, level=1),
        *single("Organisations", "organisation_results", flow.organisation_results, level=1),
        *single("Citation searching", "citations_results", flow.citations_results, level=1),
        *listed(flow.other_specific_results, "other_specific_results"),
    )


def records_excluded(flow: Flow, *, reasons: bool) -> tuple[BoxEntry, ...]:
    """Records excluded at title/abstract; with `reasons`, which are an extension of the template, by reason too."""
    box = BoxEntry("Records excluded**", flow.records_excluded, "records_excluded")
    if not reasons or not flow.screening_reasons:
        return (box,)
    return (box, BoxEntry(f"{AT_SCREENING}:"), *listed(flow.screening_reasons, "records_excluded"))


def reports_excluded(lines: Lines, key: str) -> tuple[BoxEntry, ...]:
    """Reports excluded at full text by reason; without any reason, the plain zero."""
    if not lines:
        return (BoxEntry("Reports excluded", Count(), key),)
    return (BoxEntry("Reports excluded:"), *listed(lines, key))


def set_aside(flow: Flow) -> tuple[BoxEntry, ...]:
    """Ongoing studies and those awaiting classification: Cochrane asks for them, the template has no box."""
    return (
        *((BoxEntry(f"Ongoing{EXTENSION_MARK}:"), *listed(flow.ongoing, "ongoing")) if flow.ongoing else ()),
        *((BoxEntry(f"Awaiting classification{EXTENSION_MARK}:"), *listed(flow.awaiting, "awaiting")) if flow.awaiting else ()),
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
        *(() if new else meta_analysed(flow)),
    )


def meta_analysed(flow: Flow) -> tuple[BoxEntry, ...]:
    """What the meta-analysis includes, where somebody entered it; the template has no line for it."""
    return (
        *single(f"Studies included in meta-analysis{EXTENSION_MARK}", "total_studies_ma", flow.total_studies_ma),
        *single(f"Reports of studies included in meta-analysis{EXTENSION_MARK}", "total_reports_ma", flow.total_reports_ma),
    )


def is_extended(flow: Flow, *, reasons: bool = False) -> bool:
    """True where the figure has a line that the template has not."""
    return bool(flow.ongoing or flow.awaiting or meta_analysed(flow) or (reasons and flow.screening_reasons))


def total(flow: Flow) -> tuple[BoxEntry, ...]:
    """What all versions include together."""
    return (
        *single("Total studies included in review", "total_studies", flow.total_studies),
        *single("Reports of total included studies", "total_reports", flow.total_reports),
        *meta_analysed(flow),
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


def footnotes(flow: Flow, *, reasons: bool = False) -> tuple[str, ...]:
    """The notes below the figure: the template's marks, the extension, the review's own notes, the source."""
    own = tuple(printable(note) for note in flow.footnotes)
    marked = tuple(note for note in own if note.startswith("**"))
    numbered = tuple(note for note in own if note not in marked)
    return (
        _sources_note(flow),
        *(
            marked
            or ("** All records excluded at this stage; a note says how many of them an automation tool excluded, if any.",)
        ),
        *((f"{EXTENSION_MARK} Extension of the PRISMA 2020 template.",) if is_extended(flow, reasons=reasons) else ()),
        *(f"{n}. {note}" for n, note in enumerate(numbered, start=1)),
        SOURCE,
    )


def _sources_note(flow: Flow) -> str:
    if flow.database_specific_results or flow.register_specific_results:
        return "* Given for each database and register where known."
    return "* Totals over all databases and all registers."
