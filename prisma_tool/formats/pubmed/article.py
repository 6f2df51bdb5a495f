"""One PubmedArticle as a citation. Field rules: DTD of 1 January 2025.

Invariant: a DOI comes from PubmedData/ArticleIdList, else from a valid ELocationID, and from nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from prisma_tool.formats.pubmed import parts
from prisma_tool.formats.text.data_banks import data_banks
from prisma_tool.formats.text.dates import printed_date, year_in
from prisma_tool.formats.text.inline_markup import readable
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.identifiers import normal_pmcid, normal_pmid, registry_numbers

_IDS = "PubmedData/ArticleIdList/ArticleId"


def article_citation(article: Element) -> Citation:
    """The citation in a PubmedArticle element; missing parts are empty, also when the element is."""
    medline = _child(article, "MedlineCitation")
    body = _child(medline, "Article")
    title = parts.text(body, "ArticleTitle")
    abstract = parts.sections(body, "Abstract/AbstractText")
    published = printed_date(body.find("Journal/JournalIssue/PubDate")) or printed_date(body.find("ArticleDate"))
    registered, banks = data_banks(_banks(body))
    mentioned = registry_numbers("\n".join((title, *(part.text for part in abstract))))
    return Citation(
        title=title,
        vernacular_title=parts.text(body, "VernacularTitle"),
        authors=parts.authors(body, "AuthorList/Author"),
        year=year_in(published),
        published=published,
        journal=parts.text(body, "Journal/Title"),
        journal_abbreviation=parts.text(body, "Journal/ISOAbbreviation") or parts.text(medline, "MedlineJournalInfo/MedlineTA"),
        volume=parts.text(body, "Journal/JournalIssue/Volume"),
        issue=parts.text(body, "Journal/JournalIssue/Issue"),
        pages=parts.pages(body, "Pagination"),
        issn=tuple(dict.fromkeys(parts.texts(body, "Journal/ISSN") + parts.texts(medline, "MedlineJournalInfo/ISSNLinking"))),
        languages=parts.texts(body, "Language"),
        abstract=abstract,
        other_abstracts=parts.other_abstracts(medline),
        publication_types=parts.texts(body, "PublicationTypeList/PublicationType"),
        mesh=tuple(filter(None, map(_heading, medline.findall("MeshHeadingList/MeshHeading")))),
        keywords=parts.texts(medline, "KeywordList/Keyword"),
        doi=parts.first_doi(parts.article_ids(article, _IDS, "doi") + parts.locations(body, "ELocationID", "doi")),
        pmid=normal_pmid(parts.text(medline, "PMID")),
        pmcid=next(filter(None, map(normal_pmcid, parts.article_ids(article, _IDS, "pmc"))), ""),
        registry_numbers=registered,
        mentioned_numbers=tuple(number for number in mentioned if number not in registered),
        links=parts.links(medline),
        status=medline.get("Status", ""),
        extra=_extra(article, medline, body) + banks,
        publication_type_ids=parts.identifiers(body, "PublicationTypeList/PublicationType"),
    )


def _child(element: Element, name: str) -> Element:
    child = element.find(name)
    return Element(name) if child is None else child


def _heading(heading: Element) -> str:
    """A MeSH heading as PubMed prints it: "Leukemia/*drug therapy", the asterisk before what the paper is mainly about."""
    names = (heading.find("DescriptorName"), *heading.findall("QualifierName"))
    return "/".join(_starred(name) for name in names if name is not None)


def _starred(name: Element) -> str:
    return ("*" if name.get("MajorTopicYN") == "Y" else "") + readable(name)


def _banks(body: Element) -> Iterator[tuple[str, str]]:
    for bank in body.findall("DataBankList/DataBank"):
        for number in parts.texts(bank, "AccessionNumberList/AccessionNumber"):
            yield parts.text(bank, "DataBankName"), number


def _extra(article: Element, medline: Element, body: Element) -> tuple[tuple[str, str], ...]:
    version = next((one.get("Version", "") for one in medline.findall("PMID")), "")
    complete = next((one.get("CompleteYN", "") for one in body.findall("AuthorList")), "")
    return parts.kept(
        ("Publication model", body.get("PubModel", "")),
        ("Publication status", parts.text(article, "PubmedData/PublicationStatus")),
        ("Author list", "incomplete" if complete == "N" else ""),
        ("Author", "; ".join(parts.no_persons(body, "AuthorList/Author"))),
        ("ArticleDate", printed_date(body.find("ArticleDate"))),
        ("PII", "; ".join(parts.locations(body, "ELocationID", "pii"))),
        ("PMID version", "" if version == "1" else version),
        ("Copyright", parts.text(body, "Abstract/CopyrightInformation")),
        ("Supplementary concept", "; ".join(parts.texts(medline, "SupplMeshList/SupplMeshName"))),
        ("Substance", "; ".join(parts.texts(medline, "ChemicalList/Chemical/NameOfSubstance"))),
        ("Note", "; ".join(parts.texts(medline, "GeneralNote"))),
        ("Conflict of interest", parts.text(medline, "CoiStatement")),
        ("Indexing", medline.get("IndexingMethod", "")),
    )
