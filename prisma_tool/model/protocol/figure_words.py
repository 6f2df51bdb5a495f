"""What people say about the figure in their own words: notes on its boxes and lines, labels, the caption, the alternative text.

Owns the names that such words may use: the keys of the flow's boxes and lists, and the placeholders ("{register_results}") that are
filled from the counts, so that a note cannot go stale. Invariant: `problem` is the only judge of a key or a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

COUNTS = (
    "database_results", "register_results", "duplicates", "excluded_automatic", "excluded_other", "records_screened",
    "records_excluded", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed", "website_results",
    "organisation_results", "citations_results", "other_sought_reports", "other_notretrieved_reports", "other_assessed",
    "new_studies", "new_reports", "previous_studies", "previous_reports", "total_studies", "total_reports",
)  # fmt: skip
"""The keys of boxes and lines with one count, in the order of the R package's rows."""
MA_COUNTS = ("total_studies_ma", "total_reports_ma")
"""Keys of counts that stand only where somebody entered them."""
STEP_COUNTS = ("titles_excluded", "other_screened_records", "other_excluded_records")
"""Keys of counts of screening that PRISMA 2020 has no box for: of the records excluded, those excluded by title before any abstract was
read; of the records of other methods, those screened and those excluded on title/abstract."""
LISTS = (
    "database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded", "ongoing", "awaiting",
    "ongoing_reports", "awaiting_reports",
)  # fmt: skip
"""The keys of lists."""
EXTRA_LISTS = ("carried_over", "other_specific_results", "new_reports_of_previous_studies", "dropped")
"""Lists that are told only where they have lines."""
PARTICIPANTS = "participants"
SOURCES, EXCLUDED = "sources", "excluded"
"""The keys of the template's own two notes, * and **."""
MARKED_BY_TEMPLATE: Mapping[str, str] = {SOURCES: "*", EXCLUDED: "**"}
NOTED = (SOURCES, EXCLUDED, *COUNTS, *MA_COUNTS, *STEP_COUNTS, *LISTS, *EXTRA_LISTS[:2], PARTICIPANTS)
"""The keys that a note or label may have; a line of a list is LIST:LABEL."""
_WITH_LINES = (*LISTS, *EXTRA_LISTS[:2], "records_excluded")
TEXTS = ("databases", "registers", "last_searched")
"""Placeholders that stand for a text: the names of the sources, the date of the newest search."""
PLACEHOLDERS = (*TEXTS, *COUNTS, *MA_COUNTS, *STEP_COUNTS, *LISTS, *EXTRA_LISTS, PARTICIPANTS)
"""All placeholders; that of a list is the sum of its lines."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class ExtraBoxes(StrEnum):
    """Boxes that PRISMA 2020 has not and a review may ask for: titles and abstracts as two steps, screening of other methods' records."""

    TITLES = "titles"
    OTHER_SCREENING = "other-screening"


class Language(StrEnum):
    """The languages that the figure's own wording exists in (ISO 639-1)."""

    ENGLISH = "en"
    SPANISH = "es"
    FRENCH = "fr"
    GERMAN = "de"
    PORTUGUESE = "pt"
    ITALIAN = "it"
    CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class FigureWords:
    """Notes and labels by the key of the box or line that they are for, and words about the figure as a whole; all may be empty.

    `language` is that of the words which the figure has by itself, `show` names boxes that PRISMA 2020 has not.
    """

    notes: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    caption: str = ""
    alt: str = ""
    author: str = ""
    language: Language = Language.ENGLISH
    show: tuple[ExtraBoxes, ...] = ()


def problem_of_key(key: str) -> str:
    """Why a note or label cannot have this key; empty for one that it can have."""
    name, colon, _ = key.partition(":")
    if (name in _WITH_LINES) if colon else (name in NOTED):
        return ""
    return f"names no box or line of the figure; known are: {', '.join(NOTED)}; a line of a list is LIST:LABEL."


def problem_of_text(text: str) -> str:
    """Why a text cannot be filled from the counts; empty for one that can."""
    unknown = _unknown(PLACEHOLDER.findall(text))
    return f"has the unknown placeholder {{{unknown}}}; there are: {', '.join(PLACEHOLDERS)}." if unknown is not None else ""


def _unknown(names: Iterable[str]) -> str | None:
    return next((name for name in names if name not in PLACEHOLDERS), None)


def unmarked(key: str, note: str) -> str:
    """A note without the template's mark, which the figure sets itself."""
    return note.lstrip("* ") if key in MARKED_BY_TEMPLATE else note
