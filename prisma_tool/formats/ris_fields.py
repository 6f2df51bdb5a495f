"""What RIS tags mean, for all exporters at once: the tag map is data, first filled tag wins, every other value goes to `extra`.

Accessions follow the rule of keys: the source's own identifier unchanged; numbers that a library program gave are not accessions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prisma_tool.formats.dates import year_in
from prisma_tool.formats.names import read_author
from prisma_tool.formats.prose import line, lines, paragraphs
from prisma_tool.formats.ris_tags import Pair
from prisma_tool.model.citation import Author, Citation, Section
from prisma_tool.model.identifiers import normal_doi, normal_pmcid, normal_pmid, normal_registry_number, registry_numbers

SINGLE = {
    "title": ("TI", "T1", "CT", "BT", "ST"),
    "translated": ("TT",),
    "journal": ("JF", "T2", "JO", "JA", "J2"),
    "abbreviation": ("J2", "JA", "JI", "NL", "J9", "JO"),
    "volume": ("VL", "VO"),
    "issue": ("IS",),
    "first_page": ("SP", "C7"),
    "last_page": ("EP",),
    "year": ("PY", "Y1", "DA"),
    "date": ("DA", "Y1", "PY"),
    "publisher": ("PB",),
}
MANY = {
    "keywords": ("KW",),
    "types": ("M3", "PT"),
    "languages": ("LA",),
    "abstract": ("AB", "N2"),
    "urls": ("UR", "LK", "L2", "L1"),
}
AUTHORS = ("AU", "A1")
TYPE_NAMES = {
    "BOOK": "Book",
    "CHAP": "Book chapter",
    "CONF": "Conference paper",
    "CPAPER": "Conference paper",
    "THES": "Thesis",
    "RPRT": "Report",
    "UNPB": "Unpublished work",
}
REGISTRATION_NOTE = "Trial registration: "
_IDENTIFYING = ("AN", "ID", "UR", "JA", "JO", "C3", "AU", "A1", "L2")
_ISSN = re.compile(r"(?<![\d-])(\d{4})-?(\d{3}[\dXx])(?![\dXx-])")
_DASHES = re.compile(r"[‐‑‒–—−]")
_DOI_VALUE = re.compile(r"(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}\S*/\S+", re.IGNORECASE)
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?doi\.org/\S+", re.IGNORECASE)
_PMID_NOTE = re.compile(r"(?:PUBMED|PMID|MEDLINE)[:\s]+(\d{1,8})(?!\d)", re.IGNORECASE)
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_EMBASE = re.compile(r"L\d{6,}")
_EMBASE_ADDRESS = re.compile(r"[?&]id=(L\d{6,})")
_LIBRARY_NUMBER = re.compile(r"\d+|(?:rayyan|zotero|endnote|mendeley|covidence)\W?.*|#.*", re.IGNORECASE)
_LIKELY_PMID_LENGTHS = range(6, 9)
_SOURCE_DIGITS = 6
_LONGEST_DOI = 300


def ris_citation(pairs: tuple[Pair, ...]) -> Citation:
    """The citation in one entry's tags."""
    chosen = {field: _first(pairs, tags) for field, tags in SINGLE.items()}
    many = {field: _all(pairs, tags) for field, tags in MANY.items()}
    title, abstract = chosen["title"], _abstract(many["abstract"])
    registered = _registered(pairs)
    mentioned = registry_numbers("\n".join((title, *(part.text for part in abstract), *_all(pairs, ("N1",)))))
    return Citation(
        title=title,
        vernacular_title=chosen["translated"],
        authors=_authors(_all(pairs, AUTHORS[:1]), _all(pairs, AUTHORS[1:])),
        year=_year(pairs),
        published=_published(pairs, chosen["date"]),
        journal=_not_address(chosen["journal"]),
        journal_abbreviation=_other(chosen["abbreviation"], chosen["journal"]),
        volume=chosen["volume"],
        issue=chosen["issue"],
        pages=_pages(chosen["first_page"], chosen["last_page"]),
        issn=_issn(_all(pairs, ("SN",))),
        publisher=chosen["publisher"],
        languages=lines(many["languages"]),
        abstract=abstract,
        publication_types=_types(pairs, many["types"]),
        keywords=_keywords(many["keywords"]),
        doi=_doi(pairs),
        pmid=_pmid(pairs),
        pmcid=next(filter(None, map(normal_pmcid, _all(pairs, ("C2",)))), ""),
        registry_numbers=registered,
        mentioned_numbers=tuple(number for number in mentioned if number not in registered),
        urls=tuple(url for value in many["urls"] for url in lines(value.split()) if url.startswith(("http://", "https://"))),
        extra=_extra(pairs, chosen),
    )


def accession(pairs: tuple[Pair, ...], citation: Citation) -> str:
    """The source's own identifier for the entry, unchanged, or an empty string.

    AN and UT, then Embase's L-number, then an ID with at least six digits that is no bare library number; a bare number only where
    the entry shows that it is the PMID or repeats it in an address.
    """
    given = [value for tag in ("AN", "UT") for value in lines(_all(pairs, (tag,))) if not value.lower().startswith("rayyan")]
    embase = [value for value in _all(pairs, ("U2",)) if _EMBASE.fullmatch(value)]
    addressed = _EMBASE_ADDRESS.findall(" ".join(_all(pairs, ("L2", "UR"))))
    own = [value for value in lines(_all(pairs, ("ID",))) if _is_source_number(value, pairs, citation)]
    pubmed = [citation.pmid] if citation.pmid and _is_from_pubmed(pairs) else []
    return next(iter((*given, *embase, *addressed, *own, *pubmed)), "")


def _is_source_number(value: str, pairs: tuple[Pair, ...], citation: Citation) -> bool:
    if sum(map(str.isdigit, value)) < _SOURCE_DIGITS:
        return False
    if not _LIBRARY_NUMBER.fullmatch(value):
        return True
    addresses = _all(pairs, ("UR", "L2", "LK"))
    return value.isdigit() and (value == citation.pmid or any(value in address for address in addresses))


def _first(pairs: Iterable[Pair], tags: tuple[str, ...]) -> str:
    return next((line(value) for tag in tags for name, value in pairs if name == tag and value), "")


def _all(pairs: Iterable[Pair], tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for name, value in pairs if name in tags and value)


def _authors(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[Author, ...]:
    """All authors; some exporters give each under both tags."""
    values = (*first, *(value for value in second if value not in set(first)))
    found = (read_author(name) for value in values for name in value.split("\n"))
    return tuple(author for author in found if author.family)


def _abstract(values: tuple[str, ...]) -> tuple[Section, ...]:
    return tuple(Section("", text) for text in dict.fromkeys(map(paragraphs, values)) if text)


def _keywords(values: tuple[str, ...]) -> tuple[str, ...]:
    """EndNote puts all keywords under one tag, a line each; others part them with semicolons."""
    return lines([word for value in values for word in re.split(r"\n|;\s", value)])


def _types(pairs: tuple[Pair, ...], values: tuple[str, ...]) -> tuple[str, ...]:
    named = lines([word for value in values if not _is_doi(value) for word in value.split(";")])
    return named or lines([TYPE_NAMES.get(_first(pairs, ("TY",)), "")])


def _year(pairs: tuple[Pair, ...]) -> int | None:
    return next((year for tag in SINGLE["year"] for value in _all(pairs, (tag,)) if (year := year_in(value))), None)


def _published(pairs: tuple[Pair, ...], date: str) -> str:
    """The most exact date as printed; a day without its year ("AUG") is completed."""
    exact = date.rstrip("/ ")
    year = _year(pairs)
    return exact if year is None or str(year) in exact else f"{year} {exact}".strip()


def _pages(first: str, last: str) -> str:
    """Both ends joined, unless the first tag holds the whole range already or both are the same page."""
    begin, end = _DASHES.sub("-", first), _DASHES.sub("-", last)
    return begin if not end or begin == end or "-" in begin else f"{begin}-{end}" if begin else end


def _issn(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{a}-{b.upper()}" for value in values for a, b in _ISSN.findall(value)))


def _other(value: str, than: str) -> str:
    return "" if value == than else _not_address(value)


def _not_address(value: str) -> str:
    """CENTRAL puts a register's address where the journal stands."""
    return "" if value.startswith(("http://", "https://")) else value


def _doi(pairs: tuple[Pair, ...]) -> str:
    given = _all(pairs, ("DO", "DI"))
    elsewhere = [value for value in _all(pairs, ("M3", "L3", "N1", "M1", "AN")) if _is_doi(value)]
    addresses = [url for value in _all(pairs, ("UR", "LK", "L2", "L3")) for url in _DOI_ADDRESS.findall(value)]
    return next(filter(None, map(normal_doi, (*given, *elsewhere, *addresses))), "")


def _is_doi(value: str) -> bool:
    return len(value) <= _LONGEST_DOI and bool(_DOI_VALUE.fullmatch(value))


def _pmid(pairs: tuple[Pair, ...]) -> str:
    """PM and PubMed's AN first, then custom tags, notes and addresses; a PubMed entry's ID last, if it is long enough to be one."""
    own = _is_from_pubmed(pairs)
    plain = _all(pairs, ("PM", "AN") if own else ("PM",))
    custom = filter(_is_long_number, _all(pairs, ("C2", "C5")))
    noted = _PMID_NOTE.findall("\n".join(_all(pairs, ("C3", "N1"))))
    addresses = [url for value in _all(pairs, ("UR", "LK", "L2")) for url in value.split() if not url.isdigit()]
    numbers = filter(_is_long_number, _all(pairs, ("ID",)) if own else ())
    return next(filter(None, map(normal_pmid, (*plain, *custom, *noted, *addresses, *numbers))), "")


def _is_long_number(value: str) -> bool:
    return value.isdigit() and len(value) in _LIKELY_PMID_LENGTHS


def _is_from_pubmed(pairs: tuple[Pair, ...]) -> bool:
    databases = _all(pairs, ("DB", "DP"))
    return bool(databases) and all(_PUBMED.search(name) for name in databases)


def _registered(pairs: tuple[Pair, ...]) -> tuple[str, ...]:
    noted = [note for note in _all(pairs, ("N1",)) if note.startswith(REGISTRATION_NOTE)]
    given = [number for note in noted for number in note.removeprefix(REGISTRATION_NOTE).split("; ")]
    found = registry_numbers("\n".join(_all(pairs, _IDENTIFYING)))
    return tuple(dict.fromkeys((*map(normal_registry_number, given), *found)))


def _extra(pairs: tuple[Pair, ...], chosen: dict[str, str]) -> tuple[Pair, ...]:
    """What no field took: unknown tags, and second values of tags that hold one."""
    taken = {(tag, chosen[field]) for field, tags in SINGLE.items() for tag in tags}
    listed = {tag for tags in MANY.values() for tag in tags} | {*AUTHORS, "DO", "PM"}
    rest = ((tag, line(value)) for tag, value in pairs if value and tag not in listed)
    return tuple(dict.fromkeys(pair for pair in rest if pair not in taken and not pair[1].startswith(REGISTRATION_NOTE)))
