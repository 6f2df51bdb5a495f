"""What every writer takes: a record with its place in the review, and what people said about it as text that a format can carry.

Invariant: `votes_from_json(votes_to_json(row))` gives back the row's votes and remarks. Writers are pure: rows in, pieces of the file out,
one record in memory at a time, the same bytes for the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from msgspec import Struct

from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Citation

OWN_COLUMNS = frozenset(
    {"key", "source", "accession", "cluster", "representative", "title_abstract", "full_text", "reason", "included"}
    | {"labels", "note", "reviewers", "registry_numbers"}
    | {"edited", "found_in", "retrieval", "retrieval_note", "efforts", "files"}
)
"""The columns of our own tables that say what became of a record, not what it is."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One reviewer's verdict at one stage; `reason` is the label of the protocol, `at` an ISO 8601 time or empty."""

    stage: str
    reviewer: str
    verdict: str
    reason: str = ""
    note: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """One reviewer's note on a record."""

    reviewer: str
    text: str
    at: str = ""


class ExportRow(Struct, frozen=True, gc=False):
    """A record with its place in the review; the outcomes are empty where a stage does not apply to it.

    `votes` and `remarks` are filled only where whoever exports asked for what single reviewers said.
    """

    key: str
    source: str
    accession: str
    cluster: str
    representative: bool
    citation: Citation
    title_abstract: str
    full_text: str
    reason: str = ""
    labels: tuple[str, ...] = ()
    votes: tuple[Vote, ...] = ()
    remarks: tuple[Remark, ...] = ()
    retrieval: str = ""
    """retrieved, not-retrieved or empty, then what was noted, tried and kept."""
    retrieval_note: str = ""
    efforts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    found_in: tuple[str, ...] = ()
    """The keys of the reports that led to this one."""
    edited: tuple[str, ...] = ()
    """The fields that a person corrected."""

    @property
    def title(self) -> str:
        """The title, or the original one where no other is known."""
        return self.citation.title or self.citation.vernacular_title

    @property
    def journal(self) -> str:
        """The journal, in full if its full name is known."""
        return self.citation.journal or self.citation.journal_abbreviation

    @property
    def reviewers(self) -> str:
        """What single reviewers said, as `votes_to_json` writes it."""
        return votes_to_json(self)

    @property
    def included(self) -> str:
        """1 or 0 as the last stage decided, empty while it has not: the label that ASReview and `simulate` read."""
        decided = self.full_text if self.full_text not in {"", "pending"} else self.title_abstract
        return {"include": "1", "exclude": "0"}.get(decided, "")


Writer = Callable[[Iterable[ExportRow]], Iterator[bytes]]
"""A format's way out: rows in, the file's bytes in pieces."""

SCREENING_NOTE, LABELS_NOTE, REVIEWERS_NOTE = "Screening: ", "Labels: ", "Reviewers: "
"""How the notes begin in which formats of reference managers carry what became of a record."""
OWN_NOTES = (SCREENING_NOTE, LABELS_NOTE, REVIEWERS_NOTE)


def screening_note(row: ExportRow) -> str:
    """The outcomes in one sentence, or nothing: "Screening: title/abstract include; full text exclude (Wrong population)"."""
    reason = f" ({line(row.reason)})" if row.reason else ""
    facts = (("title/abstract", row.title_abstract), ("full text", row.full_text))
    outcomes = [f"{name} {value}" for name, value in facts if value]
    return f"{SCREENING_NOTE}{'; '.join(outcomes)}{reason}" if outcomes else ""


def own_notes(row: ExportRow) -> Iterator[str]:
    """The notes that carry outcomes, labels and, where asked for, what single reviewers said."""
    notes = (screening_note(row), _prefixed(LABELS_NOTE, labels_text(row)), _prefixed(REVIEWERS_NOTE, votes_to_json(row)))
    return (note for note in notes if note)


def _prefixed(prefix: str, text: str) -> str:
    return prefix + text if text else ""


def joined_words(values: Iterable[str]) -> str:
    """The values of a list in one text, parted by semicolons; a lone value with a comma gets one too, which shows that it is one."""
    if not values:
        return ""
    words = [value.replace(";", ",") for value in values]
    return f"{words[0]};" if len(words) == 1 and "," in words[0] else "; ".join(words)


def labels_text(row: ExportRow) -> str:
    """The labels in one cell; semicolons part them, so one inside a label gives way to a comma."""
    return joined_labels(row.labels)


def joined_labels(labels: Iterable[str]) -> str:
    """The same of labels alone."""
    return "; ".join(line(label).replace(";", ",") for label in labels)


def votes_to_json(row: ExportRow) -> str:
    """Votes and remarks as one line of JSON, empty where there are none."""
    if not row.votes and not row.remarks:
        return ""
    content = {"votes": [_filled(vote) for vote in row.votes], "notes": [_filled(remark) for remark in row.remarks]}
    filled = {name: values for name, values in content.items() if values}
    return json.dumps(filled, ensure_ascii=True, sort_keys=True)


def _filled(remark: Vote | Remark) -> dict[str, str]:
    return {name: value for name, value in asdict(remark).items() if value}


def votes_from_json(text: str) -> tuple[tuple[Vote, ...], tuple[Remark, ...]]:
    """The votes and remarks that `votes_to_json` wrote.

    Raises:
        ValueError: the text is something else.
    """
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one kind of error for every text that is not ours
    return tuple(_made(Vote, one) for one in content.get("votes", ())), tuple(
        _made(Remark, one) for one in content.get("notes", ())
    )


def _made(kind: Any, values: object) -> Any:
    if not isinstance(values, dict) or not values.keys() <= kind.__dataclass_fields__.keys():
        raise ValueError(f"not a {kind.__name__.lower()}")
    try:
        return kind(**{name: str(value) for name, value in values.items()})
    except TypeError as error:
        raise ValueError(str(error)) from error
