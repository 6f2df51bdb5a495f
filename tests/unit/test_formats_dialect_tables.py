"""The tables of platforms: each is known by its own files, and names nothing that does not exist."""

from __future__ import annotations

import re

import pytest

from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.dialects.load import platform_names, platform_table, sections
from prisma_tool.formats.platforms.registers import registers
from prisma_tool.formats.platforms.table_dialects import table_dialects
from prisma_tool.formats.registry import FORMATS, read
from prisma_tool.formats.tables.columns import SYNONYMS
from prisma_tool.formats.tagged.dialect_reader import TaggedDialect, formats_by_table
from prisma_tool.formats.text.missing_values import is_missing

_CITATION = "Title,Authors,Year"
_TABLES = {
    "cochrane_library": (f"{_CITATION},Cochrane Review ID", "Gowns,Lund K,2019,CD000001", {"title": "Gowns", "year": 2019}),
    "dimensions": (
        "Publication ID,Title,Authors,PubYear,Dimensions URL,Source title",
        "pub.1,Gowns,Lund K,2019,https://app.dimensions.ai/1,Lung",
        {"journal": "Lung"},
    ),
    "embase": (
        "Title,Author Names,Source,Emtree drug index terms,Embase link",
        'Gowns,"Lund K.",Lung (2019) 14:2 (3-9). Date of Publication: 2019,gown,x',
        {"journal": "Lung", "year": 2019, "volume": "14", "issue": "2", "pages": "3-9"},
    ),
    "eric": (
        "Title,Author,Source,publicationdateyear,Description",
        "Gowns,Lund K,Lung,2019,Words",
        {"journal": "Lung", "year": 2019},
    ),
    "europe_pmc": ("SOURCE,EXTERNAL_ID,TITLE,PAGE_INFO", "MED,31000001,Gowns,3-9", {"pmid": "31000001", "pages": "3-9"}),
    "ieee_xplore": (
        "Document Title,Authors,Publication Title,Document Identifier,Publication Year",
        "Gowns,Karin Lund,Lung,IEEE,2019",
        {"title": "Gowns", "journal": "Lung", "authors": ["Lund, Karin"]},
    ),
    "lens": ("Lens ID,Title,Author/s,Autores", "001-1,Gowns,,Karin Lund", {"authors": ["Lund, Karin"]}),
    "lilacs": (
        "Title,Authors,Fulltext URL,Entry Date,Descriptors",
        "Gowns,Lund K,https://a.example/1,2020,gown",
        {"keywords": ("gown",)},
    ),
    "openalex": (
        "id,title,authorships.author.display_name,doi",
        "https://openalex.org/W1,Gowns,Karin Lund|Tom Berg,10.1000/a",
        {"authors": ["Lund, Karin", "Berg, Tom"], "doi": "10.1000/a"},
    ),
    "ovid": ("VN,DB,TI,SO,UI", 'Ovid,Embase,Gowns,"Lung. 14(2):3-9, 2019.",7', {"journal": "Lung", "volume": "14", "issue": "2"}),
    "publish_or_perish": (
        "Authors,Title,Year,Source,CitesURL,GSRank,QueryDate,Type",
        "K Lund,Gowns,2019,Lung,,1,2024-01-01,PDF",
        {"journal": "Lung", "publication_types": (), "authors": ["Lund, K"]},
    ),
    "pubmed": (
        "PMID,Title,Authors,Citation,Journal/Book",
        '31000001,Gowns,Lund K,"Lung. 2019 May;14(2):3-9. doi: 10.1000/a.",Lung',
        {"volume": "14", "issue": "2", "pages": "3-9", "pmid": "31000001"},
    ),
    "scopus": ("Authors,Title,Year,Source title,EID,Cited by", "Lund K.,Gowns,2019,Lung,2-s2.0-1,4", {"journal": "Lung"}),
    "springerlink": (
        "Item Title,Publication Title,Item DOI,Authors",
        "Gowns,Lung,10.1007/s1,Karin LundTom Berg",
        {"authors": ["Lund, Karin", "Berg, Tom"], "doi": "10.1007/s1"},
    ),
    "web_of_science": (
        "PT\tAU\tAF\tTI\tSO\tUT\tBP\tEP\tAR\tID".replace("\t", ","),
        'J,"Lund, K","Lund, Karin",Gowns,Lung,WOS:1,3,9,,gown',
        {"authors": ["Lund, Karin"], "pages": "3-9", "keywords": ("gown",)},
    ),
    "anzctr": ("ACTRN,Public title,Primary sponsor name", "ACTRN12605000001606,Gowns,X", {"title": "Gowns"}),
    "clinicaltrials_gov": ("NCT Number,Study Title,Study Status", "NCT00000001,Gowns,COMPLETED", {"title": "Gowns"}),
    "ctis": ("Trial number,Title of the trial,Overall trial status", "2022-500001-11-00,Gowns,Ended", {"title": "Gowns"}),
    "ictrp": ("TrialID,Public title,Source Register", "ISRCTN10000001,Gowns,ISRCTN", {"title": "Gowns"}),
    "isrctn": ("ISRCTN,Public title,Overall trial status", "ISRCTN10000001,Gowns,Completed", {"title": "Gowns"}),
}
"""A header, a row, and what it says, for each platform that writes tables."""
_TEXTS = {
    "ebsco": (
        'ebsco-xml|<records><rec><header uiTerm="1"><controlInfo><artinfo><tig><atl>Gowns</atl></tig><ppf>3</ppf><ppct>7</ppct></artinfo>'
        "</controlInfo></header></rec></records>"
    ),
    "endnote": "endnote-tagged|%0 Journal Article\n%T Gowns\n%P 3-9\n",
    "euctr": "euctr-text|EudraCT Number: 2014-009354-42\nSponsor Protocol Number: X\nFull Title: Gowns\n",
    "noteexpress": "noteexpress|{Reference Type}: Journal Article\n{Title}: Gowns\n{Pages}: 3-9\n",
    "ovid": "ovid-tagged|<1>\nTitle\n  Gowns\nPG  - 3-9\n",
    "refworks": "refworks-tagged|RT Journal Article\nSR 1\nT1 Gowns\nSP 3\nOP 9\n",
    "web_of_science": "wos-tagged|PT J\nTI Gowns\nBP UNSP 3\nEP 9\nER\n",
}
_TEXTS["csl"] = 'csl-json|[{"type": "article-journal", "title": "Gowns", "page": "3-9"}]'
_TEXTS["embase"] = "csv|TITLE,Gowns\nAUTHOR NAMES,Lund K.,Berg M.\nFIRST PAGE,3\nLAST PAGE,9\n"
_TAGS: dict[str, tuple[str, dict[str, object], str]] = {
    "ris": ("T1  - Gowns\nVO  - 7\nUT  - X:1", {"title": "Gowns", "volume": "7"}, "X:1"),
    "embase": ("U2  - L600000001", {}, "L600000001"),
    "web_of_science": ("EA  - DEC 2025", {"year": 2025, "published": "DEC 2025"}, ""),
}
"""Lines of RIS, and what they say on each platform."""
_MISSING = {
    "ebsco": ("pages", ["N.PAG", "N.PAG-N.PAG"], ["N12", "PAG"]),
    "noteexpress": ("authors", ["佚名"], ["佚名之"]),
    "psycinfo": ("pages", ["No Pagination Specified", "No-Specified"], ["No. 5"]),
    "pubmed": ("", ["[Not Available].", "[not available]"], ["Not Available in Stores"]),
    "scopus": ("", ["[No source title available]", "[No author name available]"], ["[No smoking]", "No source title available"]),
    "web_of_science": ("authors", ["[Anonymous]", "Anonymous,"], ["Anonymous Group"]),
    "words": ("", ["NA", "nan", "None", "null", "<NA>"], ["Na", "Nan", "none", "NONE", "NA 3"]),
}
"""Words for a missing value of each platform, and words that only resemble them."""
_ADDRESSES = {
    "ebsco": ("https://search.ebscohost.com/login.aspx?direct=true&AN=12345678", "12345678"),
    "embase": ("https://www.embase.com/search/results?subaction=viewrecord&id=L600000001", "L600000001"),
    "ovid": ("https://ovidsp.ovid.com/ovidweb.cgi?T=JS&AN=31000001", "31000001"),
    "proquest": ("https://www.proquest.com/docview/2000000001?accountid=1", "2000000001"),
    "scopus": ("https://www.scopus.com/inward/record.uri?eid=2-s2.0-85000000001&partner", "2-s2.0-85000000001"),
}


def _values(parsed: Parsed, names: object) -> dict[str, object]:
    citation = parsed.entries[0].citation
    found = {name: getattr(citation, name) for name in names} if isinstance(names, dict) else {}
    return found | ({"authors": [str(author) for author in citation.authors]} if "authors" in found else {})


@pytest.mark.parametrize("name", _TABLES)
def test_a_table_is_known_by_its_headers_and_read_by_its_own_rules(name: str) -> None:
    header, row, expected = _TABLES[name]
    parsed = read(f"{header}\n{row}\n".encode())

    assert parsed.platform == platform_table(name)["platform"]
    assert _values(parsed, expected) == expected


@pytest.mark.parametrize("name", _TEXTS)
def test_a_text_is_known_by_its_beginning_and_its_tags_are_translated(name: str) -> None:
    format_name, _, text = _TEXTS[name].partition("|")
    parsed = read(text.encode())
    citation = parsed.entries[0].citation

    assert (parsed.format, citation.title) == (format_name, "Gowns")
    assert citation.pages == ("" if name == "euctr" else "3-9")


@pytest.mark.parametrize("name", _ADDRESSES)
def test_the_accession_in_a_platforms_own_address_is_found(name: str) -> None:
    address, accession = _ADDRESSES[name]

    assert read(f"TY  - JOUR\nTI  - Gowns\nUR  - {address}\nER  - \n".encode()).entries[0].accession == accession


@pytest.mark.parametrize("name", _TAGS)
def test_a_tag_of_ris_means_what_its_platform_writes_there(name: str) -> None:
    lines, expected, accession = _TAGS[name]
    entry = read(f"TY  - JOUR\n{lines}\nAB  - Words\nER  - \n".encode()).entries[0]

    assert {field: getattr(entry.citation, field) for field in expected} == expected
    assert entry.accession == accession


@pytest.mark.parametrize("name", _MISSING)
def test_a_platforms_words_for_a_missing_value_are_no_value(name: str) -> None:
    field, words, others = _MISSING[name]

    assert all(is_missing(word, field) for word in words)
    assert not any(is_missing(word, field) for word in others)


def test_every_section_of_every_platform_has_an_example_here() -> None:
    kinds = {name: set(platform_table(name)) - {"platform"} for name in platform_names()}

    assert {name for name, found in kinds.items() if found & {"table", "register"}} == {*_TABLES, "euctr"}
    assert {name for name, found in kinds.items() if found & {"tagged", "xml", "rows"}} | {"euctr"} == set(_TEXTS)
    assert {name for name, found in kinds.items() if "address" in found} == set(_ADDRESSES)
    assert {name for name, found in kinds.items() if "ris" in found} == set(_TAGS)
    assert {name for name, found in kinds.items() if "missing" in found} == set(_MISSING)
    assert set.union(*kinds.values()) == {"table", "register", "tagged", "xml", "rows", "ris", "missing", "address"}


def test_tables_name_fields_and_tags_that_exist() -> None:
    for one in table_dialects():
        groups = set(one.pattern.groupindex) if one.pattern else set()
        sources = (one.columns or {}, one.fallback or {}, one.in_address or {}, one.same or {}, one.tags or {})
        named = {*(sources[0].values()), *sources[1], *sources[2], *sources[3], *(sources[3].values()), *(sources[4].values())}
        assert (named | groups) - {""} <= set(SYNONYMS), one.platform
        assert one.authors in {"family first", "given first", "glued"}
        assert one.signatures or one.tag_signature
    for _, facts in sections("tagged"):
        assert all(re.fullmatch(r"[A-Z][A-Z0-9]", tag) for tag in facts["names"].values())


def test_each_format_of_a_table_is_read() -> None:
    assert formats_by_table() == {"wos-tagged", "refworks-tagged", "noteexpress"} <= set(FORMATS)


def test_registers_name_facts_that_a_trial_has() -> None:
    assert {fact for one in registers() for fact in one.facts} <= _FACTS
    assert all({"number", "title"} <= one.facts.keys() for one in registers())


_FACTS = frozenset(
    [
        "acronym",
        "age",
        "completed",
        "conditions",
        "countries",
        "design",
        "enrolment",
        "eudract",
        "exclusion",
        "inclusion",
        "interventions",
        "isrctn",
        "locations",
        "nct",
        "number",
        "official",
        "oldest",
        "others",
        "phases",
        "posted",
        "primary",
        "register",
        "results",
        "results_posted",
        "secondary",
        "sex",
        "sponsor",
        "started",
        "status",
        "summary",
        "title",
        "type",
        "updated",
        "url",
        "youngest",
    ]
)


@pytest.mark.parametrize("name", ["web_of_science", "refworks", "noteexpress"])
def test_a_word_that_no_rule_knows_is_refused_when_a_table_is_loaded(name: str) -> None:
    facts = platform_table(name)["tagged"]

    assert TaggedDialect(**facts).names == facts["names"]
    with pytest.raises(TypeError, match="unexpected keyword"):
        TaggedDialect(**facts | {"misspelt": True})
