"""A report as styled text, from its notices to its keywords. Pure.

Invariant: every character of a record passes `clean` here and reaches `Content` as plain text, so that neither markup nor escape
sequences in it can act. What is cut says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from textual.content import Content

from prisma_tool.fulltext.attempts import FullText
from prisma_tool.model.log.events import Event
from prisma_tool.model.record.changes import notices
from prisma_tool.model.record.citation import Author, Citation, Section, Trial
from prisma_tool.model.record.merged_view import MergedRecord
from prisma_tool.model.text import one_line
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.studies.links import CapturedPublication
from prisma_tool.tui.widgets.abstract_headings import headed
from prisma_tool.tui.widgets.byline import byline
from prisma_tool.tui.widgets.highlight import HighlightKind, HighlightMatch, HighlightTerm, marks
from prisma_tool.tui.widgets.record_extras import extra_lines
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision

STYLES = {
    HighlightKind.INCLUDE: "bold underline not dim $text-success",
    HighlightKind.EXCLUDE: "italic reverse not dim $text-error",
}
"""Underlined speaks for, reversed against: the two differ without any colour."""

QUIET = "dim"
MOST_AUTHORS = 12
_BEFORE_THE_CUT = 10
_NOTICE_ORDER = ("retracted", "expression of concern", "erratum", "updated")
_NOTICE_TEXT = {
    "retracted": "RETRACTED: this paper has been retracted",
    "expression of concern": "EXPRESSION OF CONCERN about this paper",
    "erratum": "ERRATUM: a correction to this paper has been published",
    "updated": "UPDATED: a newer version of this paper has been published",
}
_CODE = re.compile(r"[A-Z][A-Z0-9_]{3,}")
_RETRACTED_TYPE = "retracted publication"


class Readable(Protocol):
    """What a page is made of: a report at a screening session, or one opened from a list. The members mean what `ReportOnScreen` says."""

    @property
    def records(self) -> Sequence[StoredRecord]: ...  # noqa: D102 - as the class says

    @property
    def notes(self) -> Sequence[Event]: ...  # noqa: D102

    @property
    def hidden_notes(self) -> int: ...  # noqa: D102

    @property
    def captured(self) -> Sequence[CapturedPublication]: ...  # noqa: D102

    @property
    def raised(self) -> Sequence[ChangeSinceDecision]: ...  # noqa: D102

    @property
    def view(self) -> MergedRecord: ...  # noqa: D102

    @property
    def lacks_results(self) -> bool: ...  # noqa: D102

    @property
    def labels(self) -> Sequence[str]: ...  # noqa: D102

    @property
    def found_in(self) -> Sequence[str]: ...  # noqa: D102

    @property
    def text(self) -> FullText: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report's text, its notices apart, and the marks that were made in it."""

    notices: tuple[str, ...]
    content: Content
    marks: tuple[HighlightMatch, ...]


def report_page(shown: Readable, wanted: tuple[HighlightTerm, ...]) -> ReportPage:
    """What the screen shows about a report."""
    matches: list[HighlightMatch] = []
    blocks = [block for block in _blocks(shown, _Marker(wanted, matches)) if block]
    notices_ = (*change_lines(shown), *notice_lines(record.citation for record in shown.records))
    return ReportPage(notices_, Content("\n\n").join(blocks), tuple(matches))


class _Marker:
    """Turns plain text into content with its terms marked, and collects the marks."""

    def __init__(self, wanted: tuple[HighlightTerm, ...], matches: list[HighlightMatch]) -> None:
        self.wanted, self.matches = wanted, matches

    def __call__(self, text: str, style: str = "") -> Content:
        here = marks(text, self.wanted)
        self.matches.extend(here)
        content = Content.styled(text, style) if style else Content(text)
        for mark in here:
            content = content.stylize(STYLES[mark.term.lean], mark.start, mark.end)
        return content


def notice_lines(citations: Iterable[Citation]) -> tuple[str, ...]:
    """What readers must know about a paper, the gravest first; any record of the report may carry the notice."""
    words: set[str] = set()
    for citation in citations:
        words |= notices(citation)
        if any(kind.casefold() == _RETRACTED_TYPE for kind in citation.publication_types):
            words.add("retracted")
    return tuple(_NOTICE_TEXT[word] for word in _NOTICE_ORDER if word in words)


def change_lines(shown: Readable) -> tuple[str, ...]:
    """What changed since the reviewer decided, the gravest first, and how to answer it."""
    lines = [one_line(f"CHANGED SINCE YOU DECIDED: {one.kind}: {one.before} → {one.after}") for one in shown.raised]
    return (*lines, "Decide anew, or press A to keep your decision.") if lines else ()


def _blocks(shown: Readable, mark: _Marker) -> Iterator[Content]:
    citation = shown.view.citation
    yield _lines(_head(shown, citation, mark))
    trial = next((record.citation.trial for record in shown.records if record.citation.trial), None)
    if trial:
        yield _lines(_field(label, value) for label, value in _register_fields(trial))
    yield _lines(_captured(shown))
    yield note_lines(shown)
    yield _lines(extra_lines(shown.records, shown.found_in, shown.text, shown.labels))
    if "abstract" in shown.view.origins:
        yield Content.styled(f"Abstract from {one_line(shown.view.origins['abstract'])}", QUIET)
    yield from _abstract(citation.abstract, mark)
    yield from _abstract(citation.other_abstracts, mark, missing="")
    yield _lines(_words(citation, mark))
    yield _lines(_particulars(shown, citation))


def _captured(shown: Readable) -> Iterator[Content]:
    """Through which publications of the review a register entry is captured, and that it has no results."""
    for one in shown.captured:
        name = f"PMID {one.pmid} ({one_line(one.key)})" if one.pmid else one_line(one.key)
        yield Content.styled(f"Captured through {name}: {one.ground}. Press a.", "bold")
    if shown.lacks_results:
        yield Content.styled("No results posted. Press z to exclude for that reason.", QUIET)


def _lines(lines: Iterable[Content]) -> Content:
    return Content("\n").join(list(lines))


def _head(shown: Readable, citation: Citation, mark: _Marker) -> Iterator[Content]:
    title = one_line(citation.title)
    yield mark(title, "bold") if title else Content.styled("(no title)", "italic")
    if citation.vernacular_title:
        yield Content.styled(one_line(citation.vernacular_title), "italic")
    yield from (Content.styled(line, QUIET) for line in byline(citation, [one_line(record.source) for record in shown.records]))


def _particulars(shown: Readable, citation: Citation) -> Iterator[Content]:
    """What the two lines below the title leave out."""
    facts = [authors(citation.authors), *_facts(shown, citation)]
    yield from (Content.styled(line, QUIET) for line in facts if line)


def authors(names: tuple[Author, ...]) -> str:
    """The authors in one line; of a long list the first ten and the last, with the number between."""
    texts = [one_line(f"{name.family} {name.given} {name.suffix}") for name in names]
    if len(texts) > MOST_AUTHORS:
        texts[_BEFORE_THE_CUT:-1] = [f"… ({len(texts) - _BEFORE_THE_CUT - 1} more) …"]
    return "; ".join(texts)


def _facts(shown: Readable, citation: Citation) -> Iterator[str]:
    yield printed_in(citation)
    every = [record.citation for record in shown.records]
    yield " · ".join(_identifiers(every))
    yield "; ".join(one_line(kind) for kind in citation.publication_types)
    yield " · ".join(f"{one_line(record.source)} ({one_line(record.key)})" for record in shown.records)


def printed_in(citation: Citation) -> str:
    """Where and when a paper was printed, as reference lists write it: `Blood 2021;138(4):12-20`."""
    when = str(citation.year or "") or one_line(citation.published)
    place = one_line(citation.volume) + (f"({one_line(citation.issue)})" if citation.issue else "")
    pages = f":{one_line(citation.pages)}" if citation.pages else ""
    where = one_line(citation.journal or citation.journal_abbreviation)
    return f"{where}{' ' * bool(where and when)}{when}{';' * bool(place)}{place}{pages}"


def _identifiers(every: list[Citation]) -> Iterator[str]:
    for name in ("doi", "pmid", "pmcid"):
        values = dict.fromkeys(one_line(getattr(citation, name)) for citation in every)
        yield from (f"{name.upper()} {value}" for value in values if value)
    yield from dict.fromkeys(one_line(number) for citation in every for number in citation.registry_numbers)


def _register_fields(trial: Trial) -> Iterator[tuple[str, str]]:
    yield "Official title", trial.official_title
    yield "Status", readable_code(trial.status) + (f" ({trial.why_stopped})" if trial.why_stopped else "")
    yield "Study type", readable_code(trial.study_type)
    yield "Phase", ", ".join(map(readable_code, trial.phases))
    yield "Enrolment", "" if trial.enrolment is None else str(trial.enrolment)
    yield "Conditions", "; ".join(trial.conditions)
    yield "Interventions", "; ".join(trial.interventions)
    yield "Sponsor", trial.sponsor
    yield "Dates", " to ".join(day for day in (trial.started, trial.completed) if day)
    yield "Results", _results(trial)


def readable_code(code: str) -> str:
    """A register's code as people say it: `NOT_YET_RECRUITING` is `Not yet recruiting`, `PHASE1` is `Phase 1`; else unchanged."""
    if not _CODE.fullmatch(code):
        return code
    return re.sub(r"(?<=[A-Za-z])(?=\d)", " ", code.replace("_", " ").capitalize())


def _results(trial: Trial) -> str:
    if not trial.has_results:
        return "none posted"
    return f"posted {trial.results_posted}".rstrip()


def _field(label: str, value: str) -> Content:
    return Content.assemble((f"{label:<16}", QUIET), one_line(value) or "not given")


def _note(note: Event) -> Content:
    signed = f"Note by {one_line(note.reviewer)}, {day(note)}: "
    return Content.assemble((signed, "bold"), one_line(note.text("text")))


def note_lines(shown: Readable) -> Content:
    """The notes in their order, and how many are held back; empty where there are none."""
    return _lines([*map(_note, shown.notes), *_held_back(shown.hidden_notes)])


def _held_back(hidden: int) -> Iterator[Content]:
    if hidden:
        what = "1 note" if hidden == 1 else f"{hidden} notes"
        yield Content.styled(f"{what} by other reviewers, shown once you have decided.", QUIET)


def day(event: Event) -> str:
    """The local day on which something was done: `3 Feb 2025`."""
    local = event.at.astimezone()
    return f"{local.day} {local:%b %Y}"


def _abstract(sections: tuple[Section, ...], mark: _Marker, missing: str = "No abstract.") -> Iterator[Content]:
    parts = [part for part in sections if part.label or part.text]
    if not parts and missing:
        yield Content.styled(missing, "italic")
    for part in parts:
        label = Content.styled(f"{one_line(part.label)}  ", "bold") if part.label else Content("")
        yield label + _with_headings("\n\n".join(filter(None, map(one_line, part.text.split("\n")))), mark)


def _with_headings(text: str, mark: _Marker) -> Content:
    """The text with each heading of a structured abstract at the beginning of a paragraph, and bold."""
    broken = headed(text)
    content = mark(broken.text)
    for start, end in broken.headings:
        content = content.stylize("bold", start, end)
    return content


def _words(citation: Citation, mark: _Marker) -> Iterator[Content]:
    for label, words in (("Keywords", citation.keywords), ("MeSH", citation.mesh)):
        if words:
            yield Content.styled(f"{label}  ", f"bold {QUIET}") + mark("; ".join(map(one_line, words)), QUIET)
