"""The boxes of a flow in the words of a sentence, and their numbers.

Invariant: every key that a relation or a slip names has words here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prisma_tool.flow.flow import Count, Flow, total
from prisma_tool.flow.notes.placeholders import filled
from prisma_tool.model.text import one_line

WORDS = {
    "database_results": "records from databases",
    "register_results": "records from registers",
    "database_specific_results": "records from",
    "register_specific_results": "records from",
    "other_specific_results": "records from",
    "website_results": "records from websites",
    "organisation_results": "records from organisations",
    "citations_results": "records from citation searching",
    "duplicates": "duplicate records removed",
    "excluded_automatic": "records marked as ineligible by automation tools",
    "excluded_other": "records removed for other reasons",
    "records_screened": "records screened",
    "records_excluded": "records excluded",
    "dbr_sought_reports": "reports sought (databases and registers)",
    "dbr_notretrieved_reports": "reports not retrieved (databases and registers)",
    "dbr_assessed": "reports assessed (databases and registers)",
    "dbr_excluded": "reports excluded (databases and registers):",
    "other_sought_reports": "reports sought (other methods)",
    "other_notretrieved_reports": "reports not retrieved (other methods)",
    "other_assessed": "reports assessed (other methods)",
    "other_excluded": "reports excluded (other methods):",
    "new_studies": "included studies",
    "new_reports": "reports of included studies",
    "previous_studies": "studies included in the previous version",
    "previous_reports": "reports of studies included in the previous version",
    "total_studies": "studies in total",
    "total_reports": "reports in total",
    "titles_excluded": "records excluded by title",
    "other_screened_records": "records screened (other methods)",
    "other_excluded_records": "records excluded (other methods)",
    "total_studies_ma": "studies in the meta-analysis",
    "total_reports_ma": "reports in the meta-analysis",
}
"""The boxes; a list's words go on with the label of a line."""
_WHOLE_LISTS = {
    "database_specific_results": "records in the list of databases",
    "register_specific_results": "records in the list of registers",
    "other_specific_results": "records from other methods with labels of their own",
    "dbr_excluded": "reports excluded (databases and registers)",
    "other_excluded": "reports excluded (other methods)",
    "screening_reasons": "records under the reasons at title/abstract",
    "carried_over": "reports of earlier versions carried over",
    "ongoing": "ongoing studies",
    "ongoing_reports": "reports of ongoing studies",
    "awaiting": "studies awaiting classification",
    "awaiting_reports": "reports of studies awaiting classification",
    "new_reports_of_previous_studies": "new reports of previous studies",
    "dropped": "previous studies and reports no longer included",
    "excluded_by_human": "records excluded by a human",
    "excluded_by_tool": "records excluded by automation tools",
}
_STUDIES_OF = {"ongoing_reports": "ongoing", "awaiting_reports": "awaiting"}
"""Lists of reports, and of their studies; where nobody gave the reports, each study has one."""
_COLUMN = " (databases and registers)"


def size(flow: Flow, key: str) -> int:
    """The number of a box, or of all lines of a list; 0 where the template lacks the box."""
    counted = _counted(flow, key)
    if counted is None:
        return 0
    return total(counted) if isinstance(counted, Mapping) else int(counted.n)


def _counted(flow: Flow, key: str) -> Mapping[str, Count] | Count | None:
    counted: Mapping[str, Count] | Count | None = getattr(flow, key)
    return getattr(flow, _STUDIES_OF[key]) if key in _STUDIES_OF and not counted else counted


def words_of(flow: Flow, key: str) -> str:
    """A box, or a list as a whole, in the words of a sentence; a label of the review's own stands in quotation marks."""
    if key in flow.words.labels:
        return f'"{one_line(filled(flow.words.labels[key], flow))}"'
    words = _WHOLE_LISTS.get(key) or WORDS[key]
    return words if flow.has_other_methods else words.removesuffix(_COLUMN)


def lines_of(flow: Flow, key: str) -> Iterator[tuple[str, int]]:
    """The lines of a list by label, or the box itself under no label; those that are 0 are left out."""
    counted = _counted(flow, key)
    lines = counted if isinstance(counted, Mapping) else {"": counted}
    yield from ((label, line.n) for label, line in lines.items() if line is not None and line.n)
