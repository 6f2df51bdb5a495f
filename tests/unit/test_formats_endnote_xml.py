"""EndNote XML: records read one by one, styled text, and what each part means."""

from __future__ import annotations

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.formats.endnote.xml_reader import parse_endnote_xml
from prisma_tool.formats.registry import open_entries, read

RECORD = """<record><database name="A.enl">A.enl</database><source-app name="EndNote" version="20.2">EndNote</source-app>
<rec-number>7</rec-number><foreign-keys><key app="EN">7</key></foreign-keys><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Müller, A.</style></author><author>WHO Group,</author></authors></contributors>
<titles><title><style face="normal">Effect of CO</style><style face="subscript">2</style><style> &amp; heat</style></title>
<secondary-title>The Lancet</secondary-title></titles><periodical><full-title>The Lancet</full-title><abbr-1>Lancet</abbr-1></periodical>
<pages>1-9</pages><volume>3</volume><number>2</number><dates><year>2019</year><pub-dates><date>Mar 4</date></pub-dates></dates>
<keywords><keyword>One&#xD;Two</keyword><keyword>Three; Four</keyword></keywords><isbn>0140-6736 (Print)&#xD;1474547X</isbn>
<accession-num>31366609</accession-num><abstract>First.&#xD;NCT01234567 second.</abstract><custom2>PMC6750137</custom2><label>mine</label>
<electronic-resource-num>https://doi.org/10.1000/ABC.</electronic-resource-num><remote-database-provider>NLM</remote-database-provider>
<urls><related-urls><url><style>https://example.org/a</style></url></related-urls></urls></record>"""


def _xml(*records: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?><xml><records>' + "\n".join(records) + "</records></xml>").encode()


def _only(inner: str, kind: str = "Journal Article") -> ParsedEntry:
    record = f'<record><ref-type name="{kind}">1</ref-type><titles><title>T</title></titles>{inner}</record>'
    return parse_endnote_xml(_xml(record)).entries[0]


def test_a_record_is_read_with_all_its_parts() -> None:
    parsed = read(_xml(RECORD))
    citation = parsed.entries[0].citation
    assert parsed.format == "endnote-xml"
    assert (citation.title, citation.journal, citation.journal_abbreviation) == ("Effect of CO₂ & heat", "The Lancet", "Lancet")
    assert [(str(one), one.collective) for one in citation.authors] == [("Müller, A.", False), ("WHO Group", True)]
    assert (citation.year, citation.published, citation.volume, citation.issue, citation.pages) == (
        2019,
        "2019 Mar 4",
        "3",
        "2",
        "1-9",
    )
    assert (citation.doi, citation.pmid, citation.pmcid) == ("10.1000/abc", "31366609", "PMC6750137")
    assert citation.issn == ("0140-6736", "1474-547X")
    assert citation.keywords == ("One", "Two", "Three", "Four")
    assert citation.abstract_text == "First.\nNCT01234567 second."
    assert citation.mentioned_numbers == ("NCT01234567",)
    assert {("DP", "NLM"), ("label", "mine")} <= set(citation.extra)
    assert (parsed.entries[0].accession, parsed.entries[0].raw) == ("31366609", RECORD)


def test_numbers_of_a_library_are_no_accessions() -> None:
    assert _only("<rec-number>12</rec-number>").accession == ""


@pytest.mark.parametrize(
    ("inner", "pmid"),
    [
        ("<accession-num>2012345678</accession-num>", ""),
        ("<accession-num>31366609</accession-num>", ""),
        ("<accession-num>31366609</accession-num><remote-database-name>MEDLINE</remote-database-name>", "31366609"),
        ("<accession-num>31366609</accession-num><remote-database-name>Embase&#xD;Medline</remote-database-name>", ""),
        ("<accession-num>CN-1</accession-num><notes>PMID: 31366609</notes>", "31366609"),
        ("<urls><web-urls><url>https://pubmed.ncbi.nlm.nih.gov/31366609/</url></web-urls></urls>", "31366609"),
    ],
)
def test_an_accession_number_is_a_pmid_only_where_pubmed_is_shown(inner: str, pmid: str) -> None:
    assert _only(inner).citation.pmid == pmid


def test_a_broken_record_costs_one_reject_and_what_is_plainly_meant_is_mended() -> None:
    parsed = parse_endnote_xml(
        _xml(
            RECORD,
            "<record><titles><title>Crossed</titles></title></record>",
            "<record><titles><title>AT&T &nbsp;&eacute; &#x1b;[31m</title></titles></record>",
            "<record></record>",
            "<record><titles><title>No end",
        )
    )
    assert [entry.citation.title for entry in parsed.entries] == ["Effect of CO₂ & heat", "AT&T é [31m"]
    reasons = [reject.reason for reject in parsed.rejects]
    assert ["not well-formed" in reasons[0], "no bibliographic" in reasons[1], "not closed" in reasons[2]] == [True] * 3
    assert parsed.declared == 5


def test_several_databases_in_one_file_are_read_record_by_record() -> None:
    account = open_entries(
        b"<xml><records>" + RECORD.encode() + b"</records></xml><xml><records>" + RECORD.encode() + b"</records></xml>"
    )
    assert len(list(account.entries)) == account.declared == 2


def test_entities_of_ones_own_are_refused() -> None:
    bomb = b'<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + _xml(
        "<record><ref-type/><titles><title>&b;</title></titles></record>"
    )
    with pytest.raises(FormatError, match="unsafe"):
        parse_endnote_xml(bomb)


def test_deep_nesting_and_direction_marks_do_no_harm() -> None:
    deep = "<record><ref-type/><titles><title>T&#x202e;x" + "<a>" * 20_000 + "</a>" * 20_000 + "</title></titles></record>"
    assert parse_endnote_xml(_xml(deep)).entries[0].citation.title == "Tx"


def test_an_empty_library_is_no_error_and_other_xml_is_refused() -> None:
    assert read(b"<xml><records></records></xml>", format="endnote-xml").declared == 0
    with pytest.raises(FormatError, match="No EndNote record"):
        read(b"<feed/>", format="endnote-xml")
