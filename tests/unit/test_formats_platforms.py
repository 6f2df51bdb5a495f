"""What the exports of platforms and reference managers hold in odd places, as a careful person reads it; and what is refused, and how."""

from __future__ import annotations

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.formats.registry import read
from prisma_tool.formats.text.html_text import readable_text
from prisma_tool.model.record.identifiers import normal_issns


def only(text: str) -> ParsedEntry:
    (entry,) = read(text.encode()).entries
    return entry


def ris(*rows: str) -> ParsedEntry:
    return only("\n".join(("TY  - JOUR", "TI  - A title", *rows, "ER  - ", "")))


@pytest.mark.parametrize(
    "row",
    [
        "PMID  - 33355555",
        "ID  - 33355555 [http://www.ncbi.nlm.nih.gov/pubmed/?term=33355555]",
        "PM  - 33355555 [https://www.ncbi.nlm.nih.gov/pubmed/?term=33355555]",
        "N1  - Accession Number: 129999999. Language: English. NLM UID: 0423236. PMID: NLM33355555.",
    ],
)
def test_pubmeds_number_is_found_as_psycnet_ovid_and_cinahl_write_it(row: str) -> None:
    entry = ris(row, "DB  - Embase")
    assert entry.citation.pmid == "33355555"
    assert entry.citation.title == "A title"


def test_longer_tags_in_ris_are_tags_and_not_part_of_the_value_before() -> None:
    citation = ris("DOI  - 10.1000/abc", "ISSN  - 1234-5678", "AB  - Words", "PMID - not a tag with one blank").citation
    assert (citation.doi, citation.issn) == ("10.1000/abc", ("1234-5678",))
    assert citation.abstract_text == "Words\nPMID - not a tag with one blank"


def test_erics_issns_have_their_kind_before_them() -> None:
    text = "OWN - ERIC\nTI - A study\nOID - EJ1131633\nISSN - EISSN-1234-567X\n"
    assert only(text).citation.issn == ("1234-567X",)
    assert normal_issns("978-1234-5678") == ()


def test_ovids_unique_identifier_is_the_accession_and_at_medline_the_pmid() -> None:
    text = "<1>\nUnique Identifier\n  30012345\nTitle\n  A title.\n"
    assert only(text).accession == "30012345"
    assert only(f"{text}Database\n  Ovid MEDLINE(R) ALL\n").citation.pmid == "30012345"


def test_embase_at_ovid_names_journal_pages_and_pubmed_number_with_other_words() -> None:
    entry = only(
        "<1>\nVN  - Ovid Technologies\nDB  - Embase\nAN  - 2012345678\nTI  - A trial.\n"
        "SO  - Clinical Trials. Conference: 40th Annual Meeting. United States. 15(SUPPL 2) (pp 31-32), 2018.\n"
        "PM  - 29999999 [https://www.ncbi.nlm.nih.gov/pubmed/?term=29999999]\n"
    )
    assert (entry.citation.journal, entry.citation.pages, entry.citation.pmid) == ("Clinical Trials", "31-32", "29999999")


def test_a_medline_display_with_the_source_only_gives_journal_year_and_pages() -> None:
    citation = only("UI  - 33333333\nTI  - A title\nAU  - Smith JA\nSO  - Lancet. 1(2):3-4, 2020.\n").citation
    assert (citation.journal, citation.year, citation.volume, citation.pages) == ("Lancet", 2020, "1", "3-4")


def test_endnotes_et_al_is_no_author_and_central_through_endnote_keeps_the_pmid() -> None:
    names = "".join(f"<author><style>{name}</style></author>" for name in ("Edstein, M. D.", "et al.,"))
    citation = only(
        f"<xml><records><record><contributors><authors>{names}</authors></contributors><titles><title>A</title></titles>"
        "<custom3>PUBMED 30388194,EMBASE 2001234567</custom3></record></records></xml>"
    ).citation
    assert [str(author) for author in citation.authors] == ["Edstein, M. D."]
    assert citation.pmid == "30388194"


@pytest.mark.parametrize("pages", ["1137-+", "1137-&", "1137-", "1137;"])
def test_an_open_end_of_pages_is_the_first_page_in_every_format(pages: str) -> None:
    texts = (
        f"TY  - JOUR\nTI  - A\nSP  - {pages}\nER  - \n",
        f"title\tpages\nA\t{pages}\n",
        f"@article{{a, title={{A}}, pages={{{pages}}}}}",
    )
    assert [only(text).citation.pages for text in texts] == ["1137", "1137", "1137"]


def test_web_of_sciences_word_for_missing_pages_is_no_page() -> None:
    assert only("PT J\nTI A\nBP UNSP 82\nER\n").citation.pages == "82"


def test_registers_markdown_and_html_are_read() -> None:
    table = only("NCT Number,Study Title,Brief Summary,Study Status\nNCT00000001,A,at \\>= 18 \\[years\\],COMPLETED\n")
    assert table.citation.abstract[0].text == "at >= 18 [years]"
    trial = "<Trial><TrialID>NCT00000001</TrialID><Public_title>On &lt;i&gt;E. coli&lt;/i&gt;</Public_title></Trial>"
    assert only(f"<Trials_downloaded_from_ICTRP>{trial}</Trials_downloaded_from_ICTRP>").citation.title == "On E. coli"
    assert readable_text("<scp>NLP</scp> one.</AbstractText> <AbstractText>Two") == "NLP one. Two"


def test_pubmeds_table_parts_people_after_a_group() -> None:
    citation = only('PMID,Title,Authors\n1,A,"WHO Trial Consortium; Pan H, Peto R, et al."\n').citation
    assert [str(author) for author in citation.authors] == ["WHO Trial Consortium", "Pan, H", "Peto, R"]


def test_zotero_keeps_the_pmid_in_extra_and_addresses_hold_dois() -> None:
    citation = only("Key,Title,Url,Extra\nAB,A,https://doi.org/10.1000/x,PMID: 32222222\n").citation
    assert (citation.pmid, citation.doi) == ("32222222", "10.1000/x")
    central = "https://www.cochranelibrary.com/central/doi/10.1002/central/CN-02241049/full"
    assert only(f"Title,Url\nA,{central}\n").citation.doi == ""
    assert only(f"@misc{{a, title={{A}}, url={{{central}}}}}").citation.doi == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1. Lancet. 2020;1:2. doi: 10.1/x.\n\nA title.\n\nSmith J.\n\nPMID: 33264556 [Indexed for MEDLINE]\n", "“Abstract”"),
        ("1: Pan H. A title. Lancet. 2021;1:1. PMID: 33264556.\n", "“Summary”"),
        ("33264556\n33264557\n", "list of PMIDs"),
        ("Record #1 of 1\nID: CN-01608450\nAU: Chen C\nTI: A\n", "Cochrane"),
        ('<rdf:RDF xmlns:rdf="x"><bib:Article/></rdf:RDF>', "Zotero RDF"),
        ('<?xml version="1.0"?><modsCollection/>', "MODS"),
        ('<?xml version="1.0"?><!DOCTYPE eSearchResult PUBLIC "x" "y"><eSearchResult/>', "without records"),
    ],
)
def test_a_file_without_records_is_refused_with_what_it_is_and_what_to_do(text: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read(text.encode())
