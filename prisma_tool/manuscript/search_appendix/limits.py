"""Which limits and filters a search strategy contains, read from its own text (PRISMA-S items 9 and 10).

Pure. Invariant: tells only what stands in the strategy, word for word; whether a filter is a published one, nobody can read from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prisma_tool.model.text import one_line


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit or filter: what it is about, and its words."""

    kind: str
    text: str


DATE, LANGUAGE, PUBLICATION_TYPE, SPECIES, SUBSET, FIELD, PREPRINTS, PART, AVAILABILITY = (
    "date",
    "language",
    "publication type",
    "species",
    "subset or filter",
    "field",
    "preprints",
    "part of the database",
    "availability",
)
TAGS = {
    DATE: (
        "dp", "pdat", "date - publication", "publication date", "ppdat", "epdat", "edat", "date - entry", "entry date", "entrez date",
        "crdt", "date - create", "create date", "mhda", "date - mesh", "mesh date", "dcom", "date - completion", "completion date",
        "lr", "date - modification", "modification date",
    ),
    LANGUAGE: ("la", "lang", "language"),
    PUBLICATION_TYPE: ("pt", "ptyp", "publication type"),
    SUBSET: ("sb", "subset", "filter"),
}  # fmt: skip
"""PubMed's field tags that restrict rather than describe, by what they are about."""

_KIND_OF = {tag: kind for kind, tags in TAGS.items() for tag in tags}
_SPECIES = re.compile(r'"?(?:humans?|animals?|adult|child|aged|infant|adolescent|male|female)"?', re.IGNORECASE)
_MESH = ("mh", "mesh", "mesh terms", "mh:noexp", "mesh terms:noexp")
_TAGGED = re.compile(r'(?P<term>"[^"\n]*"|[^\[\]()":\n]+?)\s*\[(?P<tag>[^\[\]\n]+)\]')
_RANGE = re.compile(
    r'"?\d{4}[\d/]*"?\s*(?:\[[^\[\]\n]+\])?\s*:\s*"?(?:\d{4}[\d/]*|present)"?\s*\[(?P<tag>[^\[\]\n]+)\]', re.IGNORECASE
)
_OPERATOR = re.compile(r"^.*\b(?:AND|OR|NOT)\s+", re.DOTALL)
_NUMBERED = re.compile(r"^\s*#?\d+[.:]?\s+")
_AVAILABLE = re.compile(r'"?(?:(?:free )?full text|hasabstract|fha|loprovfree|loprovfull)"?', re.IGNORECASE)
"""PubMed's filters by what can be had of a paper, which say nothing of its methods."""
_HAS_ABSTRACT = re.compile(r"\bhasabstract\b", re.IGNORECASE)
_PARAMETER = re.compile(r"^(?P<name>(?:filter|postFilter)\.\w+|aggFilters)=(?P<value>.+)$", re.MULTILINE)
_EUROPE_PMC = re.compile(
    r"(?:\bNOT\s+)?\b(?P<field>FIRST_PDATE|FIRST_IDATE|P_PDATE_D|E_PDATE|UPDATE_DATE|CREATION_DATE|PUB_YEAR|PUB_TYPE|LANG|SRC|OPEN_ACCESS|IN_EPMC|IN_PMC"
    r"|HAS_[A-Z_]+|LICENSE|SUBSET):\s*(?P<what>\[[^\]\n]*\]|\([^()\n]*\)|\"[^\"\n]*\"|[^\s()]+)"
)
"""Fields of Europe PMC that restrict rather than describe, with the NOT that turns one round."""
_PREPRINTS = re.compile(r"\W*PPR\W*", re.IGNORECASE)
_EUROPE_PMC_KINDS = {"PUB_TYPE": PUBLICATION_TYPE, "LANG": LANGUAGE, "SRC": PART, "SUBSET": SUBSET} | dict.fromkeys(
    ("FIRST_PDATE", "FIRST_IDATE", "P_PDATE_D", "E_PDATE", "UPDATE_DATE", "CREATION_DATE", "PUB_YEAR"), DATE
)
_AREA = re.compile(r'AREA\[\w+\]\s*(?P<what>RANGE\[[^\]\n]*\]|"[^"\n]*"|[^\s()]+)')


def limits(strategy: str) -> tuple[Limit, ...]:
    """The limits and filters of a strategy in the order in which they stand, each once."""
    result = [*_ranges(strategy), *_tagged(_RANGE.sub(" ", strategy)), *_register(strategy), *_europe_pmc(strategy)]
    if _HAS_ABSTRACT.search(strategy):
        result.append(Limit(AVAILABILITY, "hasabstract"))
    return tuple(dict.fromkeys(result))


def _ranges(strategy: str) -> Iterator[Limit]:
    for match in _RANGE.finditer(strategy):
        if _kind_of(match.group("tag")) == DATE:
            yield Limit(DATE, one_line(match.group(0)))


def _tagged(strategy: str) -> Iterator[Limit]:
    for match in _TAGGED.finditer(strategy):
        term = _NUMBERED.sub("", _OPERATOR.sub("", match.group("term"))).strip()
        kind = _kind_of(match.group("tag"), term)
        if kind and term:
            yield Limit(kind, one_line(f"{term}[{match.group('tag')}]"))


def _kind_of(tag: str, term: str = "") -> str:
    name = one_line(tag).casefold()
    if name in _MESH and _SPECIES.fullmatch(term):
        return SPECIES
    kind = _KIND_OF.get(name, "")
    return AVAILABILITY if kind == SUBSET and _AVAILABLE.fullmatch(term) else kind


def _europe_pmc(strategy: str) -> Iterator[Limit]:
    for match in _EUROPE_PMC.finditer(strategy):
        preprints = match.group("field") == "SRC" and _PREPRINTS.fullmatch(match.group("what"))
        kind = PREPRINTS if preprints else _EUROPE_PMC_KINDS.get(match.group("field"), AVAILABILITY)
        yield Limit(kind, one_line(match.group(0)))


def _register(strategy: str) -> Iterator[Limit]:
    for parameter in _PARAMETER.finditer(strategy):
        yield Limit(parameter.group("name"), one_line(parameter.group("value")))
    inside = _PARAMETER.sub("", strategy)
    for area in _AREA.finditer(inside):
        yield Limit(DATE if area.group("what").startswith("RANGE[") else FIELD, one_line(area.group(0)))
