"""How well a joined pair is backed: a score with named parts, from the findings that were kept with its verdict. Pure.

Nothing is compared again, so that a list of all joined pairs costs no more than reading them. The score orders the pairs that a person may
look at; it joins and separates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prisma_tool.dedupe.judging.findings import Finding

CERTAIN = 100
LEAST_CERTAIN_BELOW = 85
"""What equal titles, authors, year, journal, volume and issue come to: with less, no printed page or identifier tells a paper from its
sibling in the same journal (two abstracts of one meeting, a monthly column), or the titles differ."""

_CERTAIN_GROUNDS = (
    ("PMID",),
    ("registry number",),
    ("DOI", "title"),
    ("title", "authors", "year", "journal", "volume", "first page"),
)
"""Fields that must all agree, one row sufficing. A DOI alone is none: supplements give all their abstracts one."""


@dataclass(frozen=True, slots=True)
class _Weight:
    """What a field adds where it agrees, and takes away where it differs; what contradicts takes away `_CONTRADICTION`."""

    agrees: int
    differs: int


_WEIGHTS: Mapping[str, _Weight] = {
    # Databases are told apart by few letters of a title, and siblings by one word of it: a title that differs adds nothing.
    "title": _Weight(30, 0),
    "authors": _Weight(20, 20),
    "year": _Weight(10, 10),
    # A journal has many names, and exports add the meeting.
    "journal": _Weight(10, 0),
    "volume": _Weight(10, 20),
    "issue": _Weight(5, 10),
    # The page is what two papers of one volume do not share, a supplement's apart.
    "first page": _Weight(20, 20),
    "DOI": _Weight(40, 0),
    # Databases cut abstracts, so that a difference weighs less than equality; siblings share their first sentence.
    "abstract": _Weight(30, 20),
    "sample size": _Weight(10, 20),
    "registry numbers named": _Weight(15, 30),
}
_OTHER_FIELD = _Weight(5, 5)
_CONTRADICTION = 40


_VERBS = {
    Finding.AGREES: ("agrees", "agree"),
    Finding.DIFFERS: ("differs", "differ"),
    Finding.CONTRADICTS: ("contradicts", "contradict"),
    Finding.MISSING: ("is missing", "are missing"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one field contributes to a score."""

    field: str
    finding: str
    points: int


@dataclass(frozen=True, slots=True)
class Certainty:
    """How well a pair is backed, 0 to 100 (certain), and what each field contributed."""

    score: int
    parts: tuple[Part, ...]

    @property
    def is_least(self) -> bool:
        """Whether a person should look at the pair."""
        return self.score < LEAST_CERTAIN_BELOW

    @property
    def words(self) -> str:
        """What backs the pair and what does not, in words: "title, authors agree; first page differs; DOI, PMID are missing"."""
        fields = {finding: [part.field for part in self.parts if part.finding == finding] for finding in _VERBS}
        return "; ".join(f"{', '.join(names)} {_VERBS[finding][len(names) > 1]}" for finding, names in fields.items() if names)


def certainty(findings: Mapping[str, str]) -> Certainty:
    """How well a pair is backed by what was found when its fields were compared.

    Args:
        findings: for each field by name what it says, as in the payload of a verdict.
    """
    parts = tuple(Part(field, finding, _points(field, finding)) for field, finding in findings.items())
    contradicted = any(finding == Finding.CONTRADICTS for finding in findings.values())
    grounds = (all(findings.get(field) == Finding.AGREES for field in fields) for fields in _CERTAIN_GROUNDS)
    if not contradicted and any(grounds):
        return Certainty(CERTAIN, parts)
    return Certainty(max(0, min(CERTAIN - 1, sum(part.points for part in parts))), parts)


def _points(field: str, finding: str) -> int:
    weight = _WEIGHTS.get(field, _OTHER_FIELD)
    points: dict[str, int] = {
        Finding.AGREES: weight.agrees,
        Finding.DIFFERS: -weight.differs,
        Finding.CONTRADICTS: -_CONTRADICTION,
    }
    return points.get(finding, 0)
