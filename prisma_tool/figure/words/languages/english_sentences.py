"""The sentences that counting writes for a figure, in the English that files keep, and how to know them again.

A note is stored as the English sentence, so that a file says the same whatever language its figure was drawn in; another language knows the
sentence by its pattern here. Invariant: every sentence of `flow.notes` has a pattern, and only its own matches it.

In a pattern `{name}` stands for what changes and `[a|b]` for the forms of one word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from prisma_tool.flow.arithmetic.box_words import WORDS

_RECORDS = "{n} [record|records]"
SENTENCES: Mapping[str, str] = {
    "by_tools_rest": (
        "** {n} [record|records] [was|were] excluded, of which {tool} by automation tools ({tools}); by whom is not recorded for {unknown}."
    ),
    "by_tools": "** {n} [record|records] [was|were] excluded, of which {tool} by automation tools ({tools}).",
    "by_humans_part": (
        "** {k} of {n} [record|records] [was|were] excluded by human reviewers; by whom is not recorded for {unknown}."
    ),
    "one_by_human": "** The record was excluded by a human reviewer.",
    "all_by_humans": "** All {n} records were excluded by human reviewers.",
    "stopped": (
        f"{_RECORDS} marked as ineligible by automation tools [was|were] left unscreened when screening was stopped on {{day}} ({{rule}})."
    ),
    "undelivered": f"{_RECORDS} listed by a source could not be delivered and [is|are] not counted.",
    "rejected": "{n} [entry|entries] of imported files could not be read and [is|are] not counted.",
    "seen_again": (
        "{n} duplicate [record|records] removed, of which {again} [was|were] already screened for the previous version."
    ),
    "joined": (
        "{n} new [record|records] [describes|describe] a report that the previous version had screened and "
        "[counts as a duplicate|count as duplicates]."
    ),
    "omitted": "Hits that an earlier version of this review had screened are not counted.",
    "other_again": (
        f"{_RECORDS} from other methods [describes|describe] a report identified already and [is|are] not sought again."
    ),
    "other_screened": (
        "Records from other methods passed title/abstract screening; {n} [report|reports] of them [was|were] excluded there and not sought."
    ),
    "handed_over": (
        "{name}: a version made elsewhere; only the records that it handed over are counted, as identified and screened."
    ),
    "elsewhere": "The previous version ({name}) was made elsewhere; its records are not counted as identified.",
    "carried": "Carried over: {n} [report|reports] of an earlier version [was|were] taken up again without a new hit.",
    "further": "{n} new [report|reports] of previous studies [is|are] in the total only ({names}).",
    "dropped_studies": "{n} [study|studies] of the previous version [is|are] no longer included.",
    "dropped_reports": "{n} [report|reports] of the previous version [is|are] no longer included.",
    "maybe_conflict": "At title/abstract, 'maybe' was resolved as a conflict instead of going forward.",
    "captured": "Register entries of studies with other reports in this review were excluded as already captured.",
    "by_hand": "{n} {what} entered by hand: {note}",
    "registers": "{n} [record|records] from registers [was|were] screened: {parts}; {included}.",
    "interim_title": "Interim {title}",
    "update": "Update {n}",
    "older_updates": "Updates 1 to {n}",
    "one_sum": "Updates 1 to {n} are shown as one sum.",
    "counted_once": (
        "All versions together count each record and report once; they differ from the sum of the versions in: {boxes}."
    ),
    "known_for": ", known for {known} of {studies} studies",
}
"""Whole sentences, by the names under which a language's table has them."""
PARTS: Mapping[str, str] = {
    "without_results": "{n} without results",
    "captured_through": "{n} already captured through {sources}",
    "already_captured": "{n} already captured",
    "other_reasons": "{n} excluded for other reasons",
    "none_included": "none was included",
    "some_included": "{n} [was|were] included",
}
"""Parts of the sentence about records from registers."""
NUMBERS = frozenset({"n", "k", "tool", "unknown", "again", "known", "studies"})
"""What stands for a number; in the other places stands text."""
_TOKEN = re.compile(r"\{(\w+)\}|\[([^\]]*)\]")


def pattern(template: str) -> re.Pattern[str]:
    """The regular expression of a template of this module."""
    parts = _TOKEN.split(template)
    texts, names, forms = parts[::3], parts[1::3], parts[2::3]
    places = [_place(name, form) for name, form in zip(names, forms, strict=True)]
    return re.compile(
        "".join(text for pair in zip(map(re.escape, texts), [*places, ""], strict=True) for text in pair), re.DOTALL
    )


def _place(name: str | None, forms: str | None) -> str:
    if name is None:
        return f"(?:{'|'.join(map(re.escape, (forms or '').split('|')))})"
    return rf"(?P<{name}>[+-]?\d+)" if name in NUMBERS else f"(?P<{name}>.+?)"


BOXES: Mapping[str, str] = {
    "database_results": "Databases",
    "register_results": "Registers",
    "website_results": "Websites",
    "organisation_results": "Organisations",
    "citations_results": "Citation searching",
    "duplicates": "Duplicate records removed",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "dbr_assessed": "Reports assessed for eligibility",
    "dbr_excluded": "Reports excluded",
    "other_sought_reports": "Reports sought for retrieval",
    "other_notretrieved_reports": "Reports not retrieved",
    "other_assessed": "Reports assessed for eligibility",
    "other_excluded": "Reports excluded",
    "new_studies": "Studies included in review",
    "new_reports": "Reports of included studies",
    "previous_studies": "Studies included in previous version of review",
    "previous_reports": "Reports of studies included in previous version of review",
    "total_studies": "Total studies included in review",
    "total_reports": "Reports of total included studies",
    "titles_excluded": "Records excluded by title",
    "other_screened_records": "Records screened",
    "other_excluded_records": "Records excluded",
    "total_studies_ma": "Studies included in meta-analysis",
    "total_reports_ma": "Reports of studies included in meta-analysis",
}
"""The labels of the boxes for which numbers are entered by hand; the notes on them use the words of a sentence (`box_words`)."""
_COLUMNS = ("(databases and registers)", "(other methods)")


def box_in_note(words: str) -> tuple[str, ...]:
    """The labels, and the team's own words, that a note on an entered number stands for: "records screened" is ("Records screened",)."""
    for key, label in BOXES.items():
        known = WORDS[key]
        if words == known.removesuffix(f" {_COLUMNS[0]}"):
            # A figure without other methods does not tell the columns apart.
            return (label,)
        if words == known or (known.endswith(":") and words.startswith(f"{known} ")):
            column = next((column for column in _COLUMNS if column in known), "")
            return tuple(part for part in (label, column, words[len(known) :].strip()) if part)
    return (words.removeprefix("records from "),)
