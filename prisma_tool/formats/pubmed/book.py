"""One PubmedBookArticle (a book, or a chapter of one such as GeneReviews) as a citation.

A chapter's title is the record's title and the book stands where a journal would; a book without chapter title is its own title.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from prisma_tool.formats.pubmed import parts
from prisma_tool.formats.text.dates import printed_date, year_in
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.identifiers import normal_pmid


def book_citation(article: Element) -> Citation:
    """The citation in a PubmedBookArticle element; missing parts are empty."""
    document = article.find("BookDocument")
    body = Element("BookDocument") if document is None else document
    chapter, book = parts.text(body, "ArticleTitle"), parts.text(body, "Book/BookTitle")
    published = printed_date(body.find("Book/PubDate")) or printed_date(body.find("ContributionDate"))
    doi_candidates = (
        *parts.article_ids(article, "PubmedBookData/ArticleIdList/ArticleId", "doi"),
        *parts.article_ids(body, "ArticleIdList/ArticleId", "doi"),
        *parts.locations(body, "Book/ELocationID", "doi"),
    )
    return Citation(
        title=chapter or book,
        vernacular_title=parts.text(body, "VernacularTitle"),
        authors=parts.authors(body, "AuthorList[@Type='authors']/Author")
        or parts.authors(body, "Book/AuthorList[@Type='authors']/Author")
        or parts.authors(body, "Book/AuthorList/Author"),
        year=year_in(published),
        published=published,
        journal=book if chapter else "",
        volume=parts.text(body, "Book/Volume"),
        pages=parts.pages(body, "Pagination"),
        publisher=parts.text(body, "Book/Publisher/PublisherName"),
        languages=parts.texts(body, "Language"),
        abstract=parts.sections(body, "Abstract/AbstractText"),
        publication_types=parts.texts(body, "PublicationType"),
        keywords=parts.texts(body, "KeywordList/Keyword"),
        doi=parts.first_doi(doi_candidates),
        pmid=normal_pmid(parts.text(body, "PMID")),
        extra=_extra(body),
        publication_type_ids=parts.identifiers(body, "PublicationType"),
    )


def _extra(body: Element) -> tuple[tuple[str, str], ...]:
    editors = "; ".join(map(str, parts.authors(body, "Book/AuthorList[@Type='editors']/Author")))
    return parts.kept(
        ("Book accession", "; ".join(parts.article_ids(body, "ArticleIdList/ArticleId", "bookaccession"))),
        ("Editors", editors),
        ("Collection", parts.text(body, "Book/CollectionTitle")),
        ("ISBN", "; ".join(parts.texts(body, "Book/Isbn"))),
        ("Place", parts.text(body, "Book/Publisher/PublisherLocation")),
        ("Contributed", printed_date(body.find("ContributionDate"))),
    )
