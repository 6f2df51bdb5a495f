"""What the records of a study's reports say about the study: registry numbers, design, participants, funding, a label to propose.

Pure. Invariant: every fact is the records' own or was entered by a person, and its origin is said where a register states it; what nobody
stated is empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from prisma_tool.flow.flow import StudyParticipants
from prisma_tool.model.record.citation import Citation, Trial
from prisma_tool.model.text import one_line

_DESIGN = re.compile(
    r"\b(?:trial|study|cohort|case reports?|observational|randomi[sz]ed|meta-analysis|systematic review)\b", re.IGNORECASE
)
_SUPPORT = re.compile(r"^research support\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_TITLE_WORDS = 3
_REGISTERED = "as registered"


def _trials(citations: Iterable[Citation]) -> list[Trial]:
    return [citation.trial for citation in citations if citation.trial is not None]


def _each_once(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, map(one_line, texts))))


def registry_numbers(citations: Sequence[Citation]) -> str:
    """The numbers that the sources give as identifiers, each once."""
    return _each_once(number for citation in citations for number in citation.registry_numbers)


def design(citations: Sequence[Citation]) -> str:
    """The publication types that name a design, and what a register says of type and phase."""
    types = [name for citation in citations for name in citation.publication_types if _DESIGN.search(name)]
    registered = [" ".join((trial.study_type, *trial.phases)).strip() for trial in _trials(citations)]
    return _each_once([*types, *(f"{text} ({_REGISTERED})" for text in registered if text)])


def participants(entered: StudyParticipants | None, citations: Sequence[Citation]) -> str:
    """The number that a person entered, else the enrolment that a register states."""
    if entered is not None:
        return f"{entered.n} {entered.counted_as}".strip()
    return _each_once(f"{trial.enrolment} ({_REGISTERED})" for trial in _trials(citations) if trial.enrolment is not None)


def funding(citations: Sequence[Citation]) -> str:
    """The sponsor that a register names, and the kinds of support under which a database lists the reports."""
    sponsors = [f"Sponsor: {trial.sponsor} ({_REGISTERED})" for trial in _trials(citations) if trial.sponsor]
    kinds = [name for citation in citations for name in citation.publication_types if _SUPPORT.match(name.strip())]
    return _each_once([*sponsors, *kinds])


def countries(citations: Sequence[Citation]) -> str:
    """The countries that a register lists."""
    listed = _each_once(country for trial in _trials(citations) for country in trial.countries)
    return f"{listed} ({_REGISTERED})" if listed else ""


def proposed_labels(studies: Mapping[str, Sequence[Citation]], taken: Iterable[str]) -> dict[str, str]:
    """`Author Year` for each study (by key): the first author and year of its earliest report; letters tell equal ones apart.

    Args:
        studies: The reports of the studies without a label, by any name of theirs.
        taken: The labels that other studies have already.
    """
    plain = {key: _author_year(citations) for key, citations in studies.items()}
    counts = Counter(plain.values()) + Counter(dict.fromkeys(taken, 1))
    used = set(taken)
    labels: dict[str, str] = {}
    for key, label in plain.items():
        labels[key] = label if counts[label] == 1 else next(one for one in _lettered(label) if one not in used)
        used.add(labels[key])
    return labels


def _lettered(label: str) -> Iterable[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield from (f"{label}{letter}" for letter in letters)
    yield from (f"{label}{first}{second}" for first in letters for second in letters)
    number = 1
    while True:
        yield f"{label} ({number})"
        number += 1


def _author_year(citations: Sequence[Citation]) -> str:
    first = min(citations, key=lambda citation: (citation.is_register_entry, citation.year or 9999))
    author = one_line(first.authors[0].family) if first.authors else ""
    words = " ".join(_WORDS.findall(first.title or first.vernacular_title)[:_TITLE_WORDS])
    name = author or next(iter(first.registry_numbers), "") or words or "Untitled"
    return f"{name} {first.year or 'no date'}"
