"""Limits in strategies of platforms other than PubMed and ClinicalTrials.gov, word for word (PRISMA-S items 9 and 10).

Pure. Only platforms whose syntax is known here are read, each by the marks that its own help describes; of another nothing is said, for
"no limits" would then be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from prisma_tool.manuscript.search_appendix.limits import DATE, FIELD, LANGUAGE, PUBLICATION_TYPE, SPECIES, Limit
from prisma_tool.manuscript.search_appendix.limits import limits as own_limits
from prisma_tool.model.text import fold, one_line

LIMIT = "limit"
_Marks = Sequence[tuple[str, re.Pattern[str]]]


def _marks(**patterns: str) -> _Marks:
    names = {"date": DATE, "language": LANGUAGE, "type": PUBLICATION_TYPE, "species": SPECIES, "field": FIELD, "limit": LIMIT}
    return tuple((names[name], re.compile(pattern, re.IGNORECASE | re.MULTILINE)) for name, pattern in patterns.items())


_WORDS = r"(?:\"[^\"\n]*\"|\([^()\n]*\)|[\w*-]+)"
_SYNTAX: Mapping[str, _Marks] = {
    "ovid": _marks(
        limit=r"^\s*(?:#?\d+[.:)]?\s+)?(limit\s+#?\d+\s+to\s+.+)$",
        language=rf"({_WORDS}\.(?:lg|la)\.)",
        date=rf"({_WORDS}\.(?:yr|dp|dt|ed|rd|up|dd|em)\.)",
        type=rf"({_WORDS}\.pt\.)",
        species=r"((?:exp\s+)?(?:animals?|humans?)/)",
    ),
    "embase com": _marks(
        limit=r"(\[[^\[\]\n]+\]/lim)",
        date=r"(\[[^\[\]\n]+\]/(?:py|sd|pd)|\b\d{4}(?:-\d{4})?:py)",
        language=r"([\w'\"]+:la)\b",
        type=r"([\w'\" ]+:it)\b",
    ),
    "ebscohost": _marks(
        limit=r"((?:limiters?|narrow by[^-\n]*)\s*-\s*.+)$",
        language=rf"\b(LA\s+{_WORDS})",
        date=rf"\b(DT\s+{_WORDS}|PY\s+{_WORDS})",
        type=rf"\b(PT\s+{_WORDS}|ZT\s+{_WORDS})",
    ),
    "scopus": _marks(
        limit=r"((?:LIMIT-TO|EXCLUDE)\s*\([^()\n]*\))",
        date=r"(PUBYEAR\s*(?:>|<|=|AFT|BEF|IS)\s*\d{4})",
        language=r"(LANGUAGE\s*\([^()\n]*\))",
        type=r"(?<!TO \()(DOCTYPE\s*\([^()\n]*\))",
    ),
    "web of science": _marks(
        limit=r"((?:refined by|timespan|languages?|document types?)\s*[:=]\s*.+)$",
        date=rf"\b(PY\s*=\s*{_WORDS})",
        language=rf"\b(LA\s*=\s*{_WORDS})",
        type=rf"\b(DT\s*=\s*{_WORDS})",
    ),
    "proquest": _marks(
        limit=r"(limits? applied\s*:?.*)$",
        date=r"\b((?:PD|YR)\([^()\n]*\))",
        language=r"\b(LA\([^()\n]*\))",
        type=r"\b(DTYPE\([^()\n]*\))",
    ),
    "cochrane library": _marks(
        date=r"(with (?:cochrane library )?publication (?:date|year)[^\n]*)$",
        limit=r"(,? ?\bin (?:trials|cochrane reviews|cochrane protocols|clinical answers|editorials|special collections)\b[^\n]*)$",
        language=rf"({_WORDS}:la)\b",
        type=rf"({_WORDS}:pt)\b",
    ),
}
_SEARCHED_FROM_HERE = ("pubmed", "europe pmc", "europepmc")
"""Sources that a review may also declare, and whose marks are known from the searches that are run from here."""
_OTHER_NAMES = {"ebsco": "ebscohost", "cinahl complete": "ebscohost", "wos": "web of science", "central": "cochrane library"}


def declared_limits(strategy: str, platform: str, source: str) -> tuple[Limit, ...] | None:
    """The limits of a strategy in the order of their kinds, each once; None where the syntax of its platform is not known here."""
    named = [fold(platform)] if platform else [fold(source)]
    if any(own in name for name in named for own in _SEARCHED_FROM_HERE):
        return own_limits(strategy)
    marks = next(filter(None, map(_marks_of, named)), None)
    return None if marks is None else tuple(dict.fromkeys(_limits_in(strategy, marks)))


def _marks_of(name: str) -> _Marks | None:
    known = _OTHER_NAMES.get(name, name)
    return next((marks for platform, marks in _SYNTAX.items() if f" {platform} " in f" {known} "), None)


def _limits_in(strategy: str, marks: _Marks) -> Iterator[Limit]:
    taken: list[tuple[int, int]] = []
    for kind, pattern in marks:
        for match in pattern.finditer(strategy):
            start, end = match.span(1)
            # What a whole line of limits names is not told a second time by its parts.
            if not any(start < later and earlier < end for earlier, later in taken):
                taken.append((start, end))
                yield Limit(kind, one_line(match[1]))
