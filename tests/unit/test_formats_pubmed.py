"""PubMed XML: the traps of its structure, each in a few invented lines."""

from __future__ import annotations

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.formats.pubmed.reader import parse_pubmed_xml
from prisma_tool.model.record.citation import Author, Citation, Link, Section

HEAD = (
    '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.nlm.nih.gov/x.dtd">\n'
)
ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="2"> 123 </PMID>
<Article><Journal><ISSN>1111-1111</ISSN><JournalIssue><Volume>7</Volume><Issue>2</Issue>
<PubDate><MedlineDate>2019 Dec-2020 Jan</MedlineDate></PubDate></JournalIssue><Title>Journal of Trials</Title>
<ISOAbbreviation>J Trials</ISOAbbreviation></Journal>
<ArticleTitle>CO<sub>2</sub> at 10<sup>-3</sup> <i>in vivo</i> x<sup>ab!</sup>\u202e</ArticleTitle>
<Pagination><StartPage>12</StartPage><EndPage>15</EndPage></Pagination>
<ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>
<Abstract><AbstractText Label="METHODS">See NCT00000002 and NCT00000001.</AbstractText><AbstractText>Plain.</AbstractText></Abstract>
<AuthorList><Author ValidYN="N"><LastName>Old</LastName></Author>
<Author><LastName>Mu\u0308ller</LastName><ForeName>Anna</ForeName><Suffix>Jr</Suffix>
<Identifier Source="ORCID">https://orcid.org/0000-0001-2345-6789</Identifier></Author>
<Author><CollectiveName>Trial Group</CollectiveName></Author></AuthorList>
<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
<AccessionNumber>NCT00000001</AccessionNumber></AccessionNumberList></DataBank>
<DataBank><DataBankName>EudraCT</DataBankName><AccessionNumberList><AccessionNumber>2005-001234-12</AccessionNumber>
</AccessionNumberList></DataBank><DataBank><DataBankName>GENBANK</DataBankName><AccessionNumberList>
<AccessionNumber>AB123456</AccessionNumber></AccessionNumberList></DataBank></DataBankList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Trials. 2021</RefSource><PMID>456</PMID>
</CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName>Asthma</DescriptorName><QualifierName MajorTopicYN="Y">drug therapy</QualifierName>
</MeshHeading></MeshHeadingList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1000/RIGHT</ArticleId><ArticleId IdType="pmc">PMC99</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList></Reference></ReferenceList>
</PubmedData></PubmedArticle>"""


def _set(*articles: str) -> bytes:
    return f"{HEAD}<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>".encode()


@pytest.fixture(name="citation")
def _citation() -> Citation:
    return parse_pubmed_xml(_set(ARTICLE)).entries[0].citation


def test_only_the_records_own_identifiers_are_taken(citation: Citation) -> None:
    assert (citation.pmid, citation.doi, citation.pmcid) == ("123", "10.1000/right", "PMC99")
    assert citation.links == (Link("RetractionIn", "456", "J Trials. 2021"),)


def test_registrations_mentions_and_data_sets_are_kept_apart(citation: Citation) -> None:
    assert citation.registry_numbers == ("NCT00000001", "EudraCT 2005-001234-12")
    assert citation.mentioned_numbers == ("NCT00000002",)
    assert ("DataBank", "GENBANK: AB123456") in citation.extra


def test_markup_becomes_readable_and_harmless_text(citation: Citation) -> None:
    assert citation.title == "CO₂ at 10⁻³ in vivo x^(ab!)"
    assert citation.abstract == (Section("METHODS", "See NCT00000002 and NCT00000001."), Section("", "Plain."))


def test_superseded_spellings_are_no_authors(citation: Citation) -> None:
    anna = Author("Müller", "Anna", "Jr", orcid="0000-0001-2345-6789")
    assert citation.authors == (anna, Author("Trial Group", collective=True))


def test_dates_pages_and_headings_stand_as_printed(citation: Citation) -> None:
    assert (citation.published, citation.year, citation.pages) == ("2019 Dec-2020 Jan", 2019, "12-15")
    assert citation.mesh == ("Asthma/*drug therapy",)


WHOLE = """<PubmedArticle><MedlineCitation Status="Publisher" IndexingMethod="Automated"><PMID Version="1">7</PMID>
<Article PubModel="Print-Electronic"><Journal><JournalIssue><PubDate><Year>2020</Year><Season>Winter</Season></PubDate></JournalIssue>
</Journal><ArticleTitle>[Effet des <i>CAR</i>-T].</ArticleTitle><Pagination><MedlinePgn>101-9</MedlinePgn></Pagination>
<ELocationID EIdType="pii" ValidYN="Y">e17</ELocationID><Abstract><AbstractText Label="RESULTS" NlmCategory="RESULTS">
p<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>.
</AbstractText><CopyrightInformation>Copyright 2020.</CopyrightInformation></Abstract>
<AuthorList CompleteYN="N"><Author><LastName>Doe</LastName><Initials>J</Initials></Author></AuthorList><Language>fre</Language>
<PublicationTypeList><PublicationType UI="D016441">Retracted Publication</PublicationType></PublicationTypeList>
<VernacularTitle>Effet.</VernacularTitle><ArticleDate DateType="Electronic"><Year>2019</Year><Month>12</Month><Day>03</Day></ArticleDate>
</Article><CommentsCorrectionsList><CommentsCorrections RefType="CommentOn"><RefSource>J</RefSource><PMID>1</PMID></CommentsCorrections>
</CommentsCorrectionsList><OtherAbstract Type="Publisher" Language="fre"><AbstractText>En bref.</AbstractText></OtherAbstract>
<KeywordList Owner="NOTNLM"><Keyword>CAR-T</Keyword></KeywordList><CoiStatement>None.</CoiStatement>
<InvestigatorList><Investigator><LastName>Nobody</LastName></Investigator></InvestigatorList></MedlineCitation>
<PubmedData><PublicationStatus>aheadofprint</PublicationStatus></PubmedData></PubmedArticle>"""


def test_everything_else_that_a_reviewer_may_ask_for_is_kept() -> None:
    citation = parse_pubmed_xml(_set(WHOLE)).entries[0].citation
    assert (citation.title, citation.vernacular_title, citation.languages) == ("[Effet des CAR-T].", "Effet.", ("fre",))
    assert (citation.published, citation.pages, citation.status) == ("2020 Winter", "101-9", "Publisher")
    assert (citation.abstract, citation.other_abstracts) == (
        (Section("RESULTS", "px²."),),
        (Section("Publisher fre", "En bref."),),
    )
    assert (citation.publication_types, citation.publication_type_ids) == (("Retracted Publication",), ("D016441",))
    assert (citation.authors, citation.links, citation.keywords) == (
        (Author("Doe", "J"),),
        (Link("CommentOn", "1", "J"),),
        ("CAR-T",),
    )
    assert set(citation.extra) == {
        ("Publication model", "Print-Electronic"),
        ("Publication status", "aheadofprint"),
        ("Author list", "incomplete"),
        ("ArticleDate", "2019 12 03"),
        ("PII", "e17"),
        ("Copyright", "Copyright 2020."),
        ("Conflict of interest", "None."),
        ("Indexing", "Automated"),
    }


def test_an_article_without_pmid_is_a_reject_with_its_text() -> None:
    parsed = parse_pubmed_xml(_set(ARTICLE, "\n<PubmedArticle><MedlineCitation/></PubmedArticle>"))
    assert (len(parsed.entries), parsed.declared) == (1, 2)
    assert parsed.rejects[0].raw == "<PubmedArticle><MedlineCitation/></PubmedArticle>"
    assert parsed.rejects[0].line == HEAD.count("\n") + ARTICLE.count("\n") + 2


def test_a_book_chapter_stands_in_its_book() -> None:
    book = "<Book><BookTitle>Handbook</BookTitle><PubDate><Year>2009</Year></PubDate></Book><ArticleTitle>Chapter</ArticleTitle>"
    parsed = parse_pubmed_xml(_set(f"<PubmedBookArticle><BookDocument><PMID>9</PMID>{book}</BookDocument></PubmedBookArticle>"))
    citation = parsed.entries[0].citation
    assert (citation.title, citation.journal, citation.year, parsed.entries[0].accession) == ("Chapter", "Handbook", 2009, "9")


def test_an_empty_set_is_a_valid_answer() -> None:
    assert parse_pubmed_xml(_set()).declared == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", "Unable to obtain query #1"),
        (b'{"error":"API rate limit exceeded","api-key":"secret123"}', "API rate limit exceeded"),
        (b"<PubmedArticleSet>\n<PubmedArticle>", "line 2"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><PubmedArticleSet>&a;</PubmedArticleSet>', "unsafe"),
        (b"<?xml version='1.0' encoding='none'?><PubmedArticleSet/>", "UTF-8|encoding"),
    ],
)
def test_anything_else_is_refused_in_the_services_own_words(data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words) as refusal:
        parse_pubmed_xml(data)
    assert "secret123" not in refusal.value.message
