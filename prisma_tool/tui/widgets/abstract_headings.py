"""Headings of a structured abstract that its source ran into one text: where they are, and the text broken before each. Pure.

PubMed delivers such an abstract in sections. Exports of other databases write it as one paragraph: `BACKGROUND: ...`, `Background: ...`,
or the bare word before a sentence. Invariant: breaking adds line breaks and takes away nothing but blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NAMES = (
    "abstract|background|introduction|context|rationale|importance|hypothesis|objectives?|aims?|purpose|goals?|questions?|"
    "(?:study |trial |research )?design|setting|settings|participants?|patients|subjects|population|samples?|"
    "(?:(?:materials?|patients|subjects|participants|design|design and setting|study design) (?:and|&) )?methods?|methodology|"
    "interventions?|exposures?|measurements?|(?:(?:main|primary|secondary) )?outcomes?(?: measures?)?|main outcomes? and measures?|"
    "data (?:sources?|extraction|synthesis|collection and analysis)|study selection|search methods|(?:study )?selection criteria|"
    "eligibility criteria|evidence (?:acquisition|synthesis)|statistical analysis|(?:main |primary )?results?|(?:main )?findings?|"
    "results? and discussion|discussion|interpretation|(?:authors?[’'] )?conclusions?|(?:conclusions? and )?(?:relevance|significance)|"
    "implications?|limitations?|trial registration|(?:clinical trial )?registration|funding|"
    "background (?:and|&) (?:objectives?|aims?|purpose)|introduction (?:and|&) (?:objectives?|aims?)|(?:aims?|objectives?) and background"
)
"""The labels under which NLM files the sections of structured abstracts, with their usual variants."""
_START = r"(?:^|(?<=\n)|(?<=[.!?;)\]])[ ]?|(?<=[.!?;)\]][ ]))"
_CAPITALS = re.compile(r"(?:^|(?<=[.!?;)\]] )|(?<=\n))([A-Z][A-Z ,/&-]{3,60}:)")
_NAMED = re.compile(rf"{_START}((?i:{_NAMES})[ ]?:)(?=\s*\S)")
_BARE = re.compile(rf"{_START}((?:(?=[A-Z][a-z])|(?=[A-Z]{{4}}))(?i:{_NAMES}))(?=[ ][A-Z0-9])")
_ENOUGH = 2
"""So many different headings with a colon make a structured abstract; one alone may be a word of a sentence."""
_ENOUGH_BARE = 3
"""So many make one without colons, if the text begins with one of them."""


@dataclass(frozen=True, slots=True)
class HeadedText:
    """A text, and where its headings begin and end."""

    text: str
    headings: tuple[tuple[int, int], ...] = ()


def headed(text: str) -> HeadedText:
    """The text with an empty line before each heading but the first; unchanged where it has fewer than two."""
    spans = _spans(text)
    if len(spans) < _ENOUGH:
        return HeadedText(text, tuple(spans))
    return _broken(text, spans)


def _spans(text: str) -> list[tuple[int, int]]:
    capitals = {match.span(1) for match in _CAPITALS.finditer(text)}
    named = {match.span(1) for match in _NAMED.finditer(text)}
    if len(_different(text, named)) < _ENOUGH and not capitals:
        named = set()
    return list(_apart(sorted(capitals | named))) or _bare_spans(text)


def _bare_spans(text: str) -> list[tuple[int, int]]:
    spans = [match.span(1) for match in _BARE.finditer(text)]
    begins = bool(spans) and not text[: spans[0][0]].strip()
    return spans if begins and len(_different(text, spans)) >= _ENOUGH_BARE else []


def _different(text: str, spans: Sequence[tuple[int, int]] | set[tuple[int, int]]) -> set[str]:
    return {text[start:end].casefold().rstrip(": ") for start, end in spans}


def _apart(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of spans that overlap, the first."""
    reached = 0
    for start, end in spans:
        if start >= reached:
            yield start, end
            reached = end


def _broken(text: str, spans: Sequence[tuple[int, int]]) -> HeadedText:
    broken, headings, done = "", [], 0
    for start, end in spans:
        broken += text[done:start].rstrip()
        broken += "\n\n" if broken else ""
        headings.append((len(broken), len(broken) + end - start))
        broken += text[start:end]
        done = end
    return HeadedText(broken + text[done:], tuple(headings))
