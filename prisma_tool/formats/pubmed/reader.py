"""PubMed's XML (EFetch, the web site's download, baseline files): from bytes to an account of citations.

Articles are counted by their start tags in the text, apart from the tree, so that none slips through. Entities are never expanded
and no DTD is loaded; the usual DOCTYPE line is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.pubmed.article import article_citation
from prisma_tool.formats.pubmed.book import book_citation
from prisma_tool.formats.text.byte_source import ByteSource, blocks, starts_with
from prisma_tool.formats.text.decoding import Decoding, Look, decode, decoding
from prisma_tool.formats.text.framing import Frame, framed_by_tag
from prisma_tool.formats.text.inline_markup import readable
from prisma_tool.formats.text.tidy import line, quoted
from prisma_tool.formats.text.xml_tree import read_elements, read_tree

FORMAT = "pubmed-xml"
_START = re.compile(r"<Pubmed(?:Book)?Article(?=[\s>/])")
_END = re.compile(r"</Pubmed(?:Book)?Article\s*>")
_ARTICLES = frozenset({"PubmedArticle", "PubmedBookArticle"})
_ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle")
_TAGS = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_SHOWN, _WIDEST = 5000, 4
"""How many characters of a document that is none are looked at, and the bytes that a character takes at most."""
_BOM = b"\xef\xbb\xbf"


def recognises(look: Look) -> bool:
    """True for XML that holds an article of PubMed."""
    return look.opening == "<" and bool(_START.search(look.text))


def parse_pubmed_xml(data: ByteSource) -> Parsed:
    """The account of a PubMed XML document; an empty set is a valid answer with no entries.

    Raises:
        FormatError: not well-formed (with the line), or another document, such as an error message, which is then quoted.
    """
    return open_pubmed_xml(data).whole()


def open_pubmed_xml(data: ByteSource) -> FileAccount:
    """The account of the same, to be read article by article.

    Raises:
        FormatError: here, not text; while reading, as `parse_pubmed_xml`.
    """
    text = decoding(data)
    account = FileAccount(FORMAT, text.encoding)
    account.pieces = _pieces(data, text, account)
    return account


def _pieces(data: ByteSource, text: Decoding, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    """The articles, from the tree, each with its text; where there are more of one than of the other, the account does not balance."""
    pieces = framed_by_tag(text.blocks(end=">"), _START)
    next(pieces)
    articles = framed = 0
    for articles, element in enumerate(_articles(data), start=1):
        frame = next(pieces, None)
        if frame:
            framed = articles
            yield _entry(element, frame)
    framed += sum(1 for _ in pieces)
    account.declared = max(framed, articles)
    account.warnings += text.warnings


def _articles(data: ByteSource) -> Iterator[Element]:
    elements = read_elements(_document(data), _ARTICLES)
    try:
        if next(elements).tag not in _ROOTS:
            raise FormatError(f"Expected PubMed articles, but found “{quoted(_words(read_tree(b''.join(_document(data)))))}”.")
        yield from elements
    except ExpatError as error:
        problem = f"Not well-formed XML (line {error.lineno}: {str(error).partition(':')[0]})"
        head = decode(data[: _SHOWN * _WIDEST]).text[:_SHOWN]
        raise FormatError(f"{problem}; the text reads “{quoted(_TAGS.sub(' ', head))}”. Fetch or export it again.") from error
    except DefusedXmlException as error:
        raise FormatError(
            "The XML defines entities of its own, which is refused as unsafe. Export it again from PubMed."
        ) from error
    except (LookupError, ValueError) as error:
        raise FormatError("The XML names an encoding that cannot be read. Save it as UTF-8.") from error


def _document(data: ByteSource) -> Iterator[bytes]:
    """The bytes without what may stand before a document but not in it."""
    parts = blocks(data, len(_BOM) if starts_with(data, _BOM) else 0)
    begun = (part for part in map(bytes.lstrip, parts) if part)
    yield next(begun, b"")
    yield from parts


def _words(root: Element) -> str:
    return line(" ".join(root.itertext())) or f"<{root.tag}>"


def _entry(element: Element, frame: Frame) -> ParsedEntry | Reject:
    end = _END.search(frame.raw)
    raw = frame.raw[: end.end()] if end else frame.raw
    citation = article_citation(element) if element.tag == "PubmedArticle" else book_citation(element)
    if not citation.pmid:
        pmid = readable(element.find(".//PMID"))
        return Reject(frame.line, f"no valid PMID (“{quoted(pmid)}”)" if pmid else "no PMID", raw)
    return ParsedEntry(citation, accession=citation.pmid, raw=raw, line=frame.line)
