"""Which report a PDF belongs to, judged by its name and by the DOI that publishers write into it.

Pure. Invariant: only what leaves no doubt is certain: a number that is one report's alone, or the first author and year that only one
report of the review has, with nothing in the name or the document that speaks against it. Everything else is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.identifiers import normal_doi
from prisma_tool.model.text import fold

_DOI_IN_NAME = re.compile(r"(?<![0-9a-z.])10\.\d{4,9}[^0-9a-z\s]\S+", re.IGNORECASE)
_PMID_IN_NAME = re.compile(r"(?<![a-z0-9])pmid[\s_:#-]*0*([1-9]\d{0,7})(?!\d)", re.IGNORECASE)
_BARE_PMID = re.compile(r"([1-9]\d{5,7})(?:\s*\(\d{1,2}\))?")
"""A name that is nothing but a number of as many digits as today's PMIDs have; shorter ones may count anything."""
_DOI_INSIDE = re.compile(
    rb"<(?:prism:doi|pdfx:doi|crossmark:DOI|dc:identifier|jav:doi|prism:url)[^>]{0,80}>\s*(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.[^<\s]{4,200})<"
    rb"|/(?:doi|DOI|WPS-ARTICLEDOI)\s*\(\s*(?:doi:)?(10\.[^)\s]{4,200})\)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_STOP_WORDS = frozenset(
    [
        "et",
        "al",
        "and",
        "others",
        "pdf",
        "full",
        "text",
        "fulltext",
        "main",
        "article",
        "paper",
        "final",
        "copy",
        "version",
        "accepted",
        "manuscript",
        "preprint",
        "print",
        "download",
        "supplement",
        "the",
        "of",
        "in",
        "for",
        "with",
        "from",
        "a",
        "an",
        "on",
        "to",
        "by",
    ]
)
"""Words of file names that say nothing about the work."""
_SHORTEST_WORD = 3
"""Letters; shorter words are initials and articles."""


@dataclass(frozen=True, slots=True)
class SoughtReport:
    """A report of the review as files are compared with it.

    `key` is the representative's; `citations` and `keys` are those of all its records. `wanted` tells that it needs a file; `phase` says
    in words why not, where it does not. `takes_files` is false where full texts are not sought, as for what was excluded before.
    """

    key: str
    citations: tuple[Citation, ...]
    keys: tuple[str, ...]
    wanted: bool
    phase: str = ""
    takes_files: bool = True


@dataclass(frozen=True, slots=True)
class PdfMatch:
    """What a file's name and content lead to: the keys of reports, on what ground (in words), and whether that is certain."""

    keys: tuple[str, ...]
    ground: str
    certain: bool


NO_MATCH = PdfMatch((), "nothing in its name or content leads to a report", certain=False)


@dataclass(slots=True)
class ReportIndex:
    """The reports of a review by what may stand in the name of a file.

    Attributes:
        dois: Keys of reports by the pieces of a DOI, as `_doi_pieces` takes it apart.
        pmids: Keys of reports by PMID.
        keys_as_names: Keys of reports by a record key as it is spelt in a file name.
        years: By year: (family name of the first author, folded, and key of the report).
        reports: The reports by key.
    """

    dois: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    pmids: dict[str, set[str]] = field(default_factory=dict)
    keys_as_names: dict[str, set[str]] = field(default_factory=dict)
    years: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    reports: dict[str, SoughtReport] = field(default_factory=dict)

    @classmethod
    def of(cls, reports: Iterable[SoughtReport]) -> ReportIndex:
        """The index of these reports."""
        index = cls()
        for report in reports:
            index._add(report)
        return index

    def _add(self, report: SoughtReport) -> None:
        self.reports[report.key] = report
        for key in report.keys:
            self.keys_as_names.setdefault(_as_file_name(key), set()).add(report.key)
        for citation in report.citations:
            self._add_content(report.key, citation)

    def _add_content(self, key: str, citation: Citation) -> None:
        if citation.doi:
            self.dois.setdefault(_doi_pieces(citation.doi), set()).add(key)
        if citation.pmid:
            self.pmids.setdefault(citation.pmid, set()).add(key)
        family = fold(citation.authors[0].family) if citation.authors else ""
        if family and citation.year:
            authors = self.years.setdefault(str(citation.year), [])
            if (family, key) not in authors:
                authors.append((family, key))

    def judge(self, stem: str, inside: Sequence[str]) -> PdfMatch:
        """What a file leads to: `stem` is its name without the suffix, `inside` the DOIs that its content names (`dois_inside`)."""
        name = unquote(stem).strip()
        by_document = {key for doi in inside for key in self.dois.get(_doi_pieces(doi), ())}
        by_number = self._by_number(name)
        by_name = by_number or self._by_author(name)
        return self._weigh(by_document, by_name, inside)

    def _by_number(self, name: str) -> PdfMatch | None:
        for keys, ground in (
            (self.keys_as_names.get(_as_file_name(name)), "record key in the name"),
            (self._by_doi(name), "DOI in the name"),
            (self._by_pmid(name), "PMID in the name"),
        ):
            if keys:
                return PdfMatch(tuple(sorted(keys)), ground, certain=len(keys) == 1)
        return None

    def _by_doi(self, name: str) -> set[str] | None:
        match = _DOI_IN_NAME.search(name)
        return self.dois.get(_doi_pieces(match.group())) if match else None

    def _by_pmid(self, name: str) -> set[str] | None:
        match = _PMID_IN_NAME.search(name) or _BARE_PMID.fullmatch(name)
        return self.pmids.get(match.group(1)) if match else None

    def _by_author(self, name: str) -> PdfMatch | None:
        words = fold(name)
        matches = {
            (family, year, key)
            for year in dict.fromkeys(_YEAR.findall(words))
            for family, key in self.years.get(year, ())
            if f" {family} " in f" {words} "
        }
        if not matches:
            return None
        keys = tuple(sorted({key for *_, key in matches}))
        if len(keys) > 1:
            return PdfMatch(keys, "first author and year in the name, which several reports have", certain=False)
        family, year, key = min(matches)
        if not self._title_agrees(words, family, year, key):
            return PdfMatch(keys, "first author and year in the name, but other words than its title", certain=False)
        return PdfMatch(keys, "first author and year in the name, which no other report has", certain=True)

    def _title_agrees(self, words: str, family: str, year: str, key: str) -> bool:
        """Whether what else the name says is of the report: of its title, authors or journal. Nothing else is no objection."""
        citations = self.reports[key].citations
        text_words = " ".join(
            fold(text)
            for citation in citations
            for text in (citation.title, citation.vernacular_title, citation.journal, citation.journal_abbreviation)
        )
        known = {
            *text_words.split(),
            *(word for citation in citations for author in citation.authors for word in fold(str(author)).split()),
        }
        other_words = [
            word
            for word in words.split()
            if word.isalpha() and word not in _STOP_WORDS | {*family.split(), year} and len(word) >= _SHORTEST_WORD
        ]
        return sum(word in known for word in other_words) * 2 >= len(other_words)

    def _weigh(self, by_document: set[str], by_name: PdfMatch | None, inside: Sequence[str]) -> PdfMatch:
        """What the document says of itself outweighs its name; where the two contradict each other, a person decides."""
        if by_document:
            agreeing_keys = by_document & set(by_name.keys) if by_name else by_document
            if len(agreeing_keys) == 1:
                return PdfMatch(tuple(agreeing_keys), "DOI in the document", certain=True)
            keys = tuple(sorted(by_document | set(by_name.keys if by_name else ())))
            return PdfMatch(keys, "its name and the DOI in the document lead to different reports", certain=False)
        if by_name is None:
            return NO_MATCH
        other_dois = {citation.doi for key in by_name.keys for citation in self.reports[key].citations if citation.doi}
        if inside and (other_dois or by_name.ground.startswith("first author")):
            return PdfMatch(by_name.keys, f"{by_name.ground}; but the document's own DOI is {inside[0]}", certain=False)
        return by_name


def dois_inside(data: bytes) -> tuple[str, ...]:
    """The DOIs that a PDF's descriptions of itself name; what its text cites is compressed and not looked at."""
    matches = (first or second for first, second in _DOI_INSIDE.findall(data))
    return tuple(dict.fromkeys(filter(None, (normal_doi(doi.decode("utf-8", "replace")) for doi in matches))))


def _doi_pieces(doi: str) -> tuple[str, ...]:
    """A DOI as file names spell it: its runs of letters and digits, whatever signs stand between them."""
    return tuple(re.findall(r"[0-9a-z]+", doi.lower()))


def _as_file_name(key: str) -> str:
    return re.sub(r"[^\w]+", "_", key.lower())
