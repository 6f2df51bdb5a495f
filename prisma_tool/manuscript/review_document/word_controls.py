"""Generated parts as content controls of Word: their elements, for a new document or for one that exists.

Invariant: the first and the last element of a part are paragraphs, each with a bookmark that names the part and its mark, so that the part
is found again after LibreOffice has saved the document.
"""

from __future__ import annotations

import copy
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prisma_tool.manuscript.document.docx import add_blocks, new_word
from prisma_tool.manuscript.review_document.marks import Mark, mark_of
from prisma_tool.manuscript.review_document.parts import GeneratedPart, ManuscriptSettings
from prisma_tool.manuscript.review_document.word_scan import BEGIN, END, TAG, W
from prisma_tool.manuscript.review_document.word_text import fragment_facts

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_HIGHEST = 1 << 30
"""Numbers of ours begin here, where no program comes by counting."""


@dataclass(frozen=True, slots=True)
class WordContent:
    """A part as elements of Word; `pictures` are the PNG files behind its relations, by the relation's name."""

    name: str
    elements: tuple[Any, ...]
    text: str
    pictures: Mapping[str, bytes]

    def mark(self, settings: ManuscriptSettings) -> Mark:
        """Its mark."""
        return mark_of(self.text, settings)


def word_contents(parts: tuple[GeneratedPart, ...]) -> dict[str, WordContent]:
    """The parts as elements, by name."""
    word = new_word("", landscape=False)
    return {part.name: _content(word, part) for part in parts}


def _content(word: Any, part: GeneratedPart) -> WordContent:
    """The elements of a part, made in a document that holds no other at that time."""
    add_blocks(word, part.content, landscape=part.landscape)
    body = word.element.body
    elements = tuple(element for element in body if element is not body.sectPr)
    pictures = {}
    for blip in body.iter(f"{{{_A}}}blip"):
        own = blip.get(f"{{{_R}}}embed")
        png = word.part.related_parts[own].blob
        name = f"rIdPrismaTool{hashlib.sha256(png).hexdigest()[:12]}"
        blip.set(f"{{{_R}}}embed", name)
        pictures[name] = png
    for number, described in enumerate(
        body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    ):
        described.set("id", str(_number(part.name) + number))
    for element in elements:
        body.remove(element)
    framed = _framed(elements)
    facts = fragment_facts(b"".join(map(xml_of, framed)))
    return WordContent(part.name, framed, facts.text, pictures)


def _framed(elements: tuple[Any, ...]) -> tuple[Any, ...]:
    """With a paragraph at the beginning and at the end."""
    before = () if _is_paragraph(elements[0]) else (_element("p"),)
    after = () if _is_paragraph(elements[-1]) else (_element("p"),)
    return (*before, *elements, *after)


def _is_paragraph(element: Any) -> bool:
    return bool(element.tag == f"{{{W}}}p")


def control(content: WordContent, settings: ManuscriptSettings) -> Any:
    """The content control of a part."""
    mark = content.mark(settings)
    properties, inner, whole = _element("sdtPr"), _element("sdtContent"), _element("sdt")
    properties.append(_element("alias", val=f"{TAG}: {content.name}"))
    properties.append(_element("tag", val=tag_value(content.name, mark)))
    properties.append(_element("id", val=str(_number(content.name))))
    inner.extend(marked(content, mark))
    whole.extend([properties, inner])
    return whole


def tag_value(name: str, mark: Mark) -> str:
    """What a control's tag says."""
    return f"{TAG}:{name}:{mark}"


def marked(content: WordContent, mark: Mark, *, bookmarks: bool = True) -> list[Any]:
    """Copies of the elements of a part with its bookmarks; a second place of a part has none, as their names must differ."""
    elements = [copy.deepcopy(element) for element in content.elements]
    if bookmarks:
        first = elements[0]
        place = 1 if len(first) and first[0].tag == f"{{{W}}}pPr" else 0
        for number, bookmark in enumerate(_bookmark(BEGIN, content.name, mark)):
            first.insert(place + number, bookmark)
        elements[-1].extend(_bookmark(END, content.name, mark))
    return elements


def _bookmark(which: str, name: str, mark: Mark) -> Iterator[Any]:
    number = str(_number(f"{which} {name}"))
    yield _element("bookmarkStart", id=number, name=f"{which}_{name.replace('.', '_')}_{mark}")
    yield _element("bookmarkEnd", id=number)


def xml_of(element: Any) -> bytes:
    """An element as XML that declares its own prefixes."""
    from lxml import etree

    own = copy.deepcopy(element)
    etree.cleanup_namespaces(own)
    return bytes(etree.tostring(own, encoding="utf-8", with_tail=False))


def _element(tag: str, /, **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(f"{{{W}}}{name}", value)
    return made


def _number(name: str) -> int:
    return _HIGHEST + zlib.crc32(name.encode()) % (_HIGHEST - 100)
