"""PubMed's XML (EFetch, the web site's download, baseline files): from bytes to an account of citations.

Articles are counted by their start tags in the text, apart from the tree, so that none slips through. Entities are never expanded
and no DTD is loaded; the usual DOCTYPE line is passed over.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry, Reject
from prisma_tool.formats.pubmed.article import article_citation
from prisma_tool.formats.pubmed.book import book_citation
from prisma_tool.formats.text.decoding import Decoded, Look, decode
from prisma_tool.formats.text.framing import Frame, frames
from prisma_tool.formats.text.inline_markup import readable
from prisma_tool.formats.text.tidy import line, quoted
from prisma_tool.formats.text.xml_tree import read_tree

FORMAT = "pubmed-xml"
_START = re.compile(r"<Pubmed(?:Book)?Article(?=[\s>/])")
_END = re.compile(r"</Pubmed(?:Book)?Article\s*>")
_ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle")
_TAGS = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_SHOWN = 5000
_BOM = b"\xef\xbb\xbf"


def recognises(look: Look) -> bool:
    """True for XML that holds an article of PubMed."""
    return look.opening == "<" and bool(_START.search(look.text))


def parse_pubmed_xml(data: bytes) -> Parsed:
    """The account of a PubMed XML document; an empty set is a valid answer with no entries.

    Raises:
        FormatError: not well-formed (with the line), or another document, such as an error message, which is then quoted.
    """
    decoded = decode(data)
    root = _root(data, decoded)
    if root.tag not in _ROOTS:
        raise FormatError(f"Expected PubMed articles, but found “{quoted(_words(root))}”.")
    articles = [element for element in root.iter() if element.tag in ("PubmedArticle", "PubmedBookArticle")]
    pieces = frames(decoded.text, _START)
    read = [_entry(element, frame) for element, frame in zip(articles, pieces, strict=False)]
    return Parsed(
        format=FORMAT,
        entries=tuple(one for one in read if isinstance(one, ParsedEntry)),
        rejects=tuple(one for one in read if isinstance(one, Reject)),
        declared=max(len(pieces), len(articles)),
        encoding=decoded.encoding,
        warnings=decoded.warnings,
    )


def _root(data: bytes, decoded: Decoded) -> Element:
    try:
        return read_tree(data.removeprefix(_BOM).lstrip())
    except ExpatError as error:
        problem = f"Not well-formed XML (line {error.lineno}: {str(error).partition(':')[0]})"
        raise FormatError(
            f"{problem}; the text reads “{quoted(_TAGS.sub(' ', decoded.text[:_SHOWN]))}”. Fetch or export it again."
        ) from error
    except DefusedXmlException as error:
        raise FormatError(
            "The XML defines entities of its own, which is refused as unsafe. Export it again from PubMed."
        ) from error
    except (LookupError, ValueError) as error:
        raise FormatError("The XML names an encoding that cannot be read. Save it as UTF-8.") from error


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
