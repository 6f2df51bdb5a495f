"""Do two records describe the same report? A verdict with a named finding for every field.

Symmetric: `compare(a, b) == compare(b, a)`. What a field says stands in `findings`, what follows from all of them in `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from prisma_tool.dedupe.judging import rules
from prisma_tool.dedupe.judging.evidence import evidence
from prisma_tool.dedupe.judging.findings import SPELT_OTHERWISE, Finding, contained, field_findings
from prisma_tool.dedupe.normalise import Comparable
from prisma_tool.model.vocabulary import DuplicateVerdict

__all__ = ["Comparison", "Finding", "compare", "examine"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on a pair, the rule that gave it, and each field's finding."""

    verdict: DuplicateVerdict
    rule: str
    findings: tuple[tuple[str, Finding], ...]
    likeness: float
    vetoed: bool = False
    """Whether something forbids that the two are one report, whatever else agrees."""
    doubted: bool = False
    """Whether a rule would join the two, and something speaks against it: no third record that lacks it may join them."""

    @property
    def reason(self) -> str:
        """The rule and the fields in words, as shown to people."""
        findings = ", ".join(f"{name} {finding}" for name, finding in self.findings if finding is not Finding.MISSING)
        return f"{self.rule} ({findings}; title likeness {self.likeness:.0f} of 100)"


def compare(a: Comparable, b: Comparable) -> Comparison:
    """Judge one pair; a hopeless one is told at a glance, without a word on its fields."""
    likeness = _likeness(a, b)
    return _HOPELESS if _hopeless(a, b, likeness) else _examined(a, b, likeness)


def examine(a: Comparable, b: Comparable) -> Comparison:
    """Judge one pair with a finding for every field, however unlike the two are."""
    return _examined(a, b, _likeness(a, b))


def _examined(a: Comparable, b: Comparable, likeness: float) -> Comparison:
    findings = dict(field_findings(a, b, likeness))
    veto = rules.veto(a, b, findings)
    if veto:
        return Comparison(DuplicateVerdict.DIFFERENT, veto, _shared(tuple(findings.items())), likeness, vetoed=True)
    if rules.weighs_abstracts(a, b, findings, likeness):
        findings.update(evidence(a, b))
    judgement = rules.encouraged(a, b, findings, likeness, rules.judge(a, b, findings, likeness))
    verdict, rule = rules.doubted(a, b, findings, judgement)
    return Comparison(verdict, rule, _shared(tuple(findings.items())), likeness, doubted=verdict is not judgement[0])


@lru_cache(maxsize=4096)
def _shared(findings: tuple[tuple[str, Finding], ...]) -> tuple[tuple[str, Finding], ...]:
    """The same findings as one object: hundreds of thousands of pairs have one of a few hundred."""
    return findings


_HOPELESS = Comparison(DuplicateVerdict.DIFFERENT, "too little agrees", (), 0.0)


def _hopeless(a: Comparable, b: Comparable, likeness: float) -> bool:
    """True where no rule below could join or doubt a pair, told without looking at every field: most candidates are such."""
    if likeness >= SPELT_OTHERWISE or (a.volume and a.volume == b.volume and a.first_page == b.first_page):
        return False
    identified = (a.doi and a.doi == b.doi) or (a.pmid and a.pmid == b.pmid) or not a.registry.isdisjoint(b.registry)
    return not identified and bool(a.title and b.title) and not contained(a, b)


def _likeness(a: Comparable, b: Comparable) -> float:
    if not (a.title and b.title):
        return 0.0
    return 100.0 if a.squeezed == b.squeezed else fuzz.token_sort_ratio(a.title, b.title)
