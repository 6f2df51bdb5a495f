"""The manuscript as a Word document: written for the first time, and renewed in a file that its authors have worked on.

Invariant: a refresh replaces bytes inside generated parts and adds what their picture needs; every other byte of the document's text, and
every other member of the file, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from prisma_tool.manuscript.document.blocks import Heading
from prisma_tool.manuscript.document.docx import add_blocks, new_word, saved, turn_page
from prisma_tool.manuscript.review_document.parts import GeneratedPart, Manuscript, ManuscriptSettings, PageTurn
from prisma_tool.manuscript.review_document.renewal import PartResult, PartState, judged
from prisma_tool.manuscript.review_document.word_archive import DOCUMENT, RELATIONS, STYLES, TYPES, members_of, with_members
from prisma_tool.manuscript.review_document.word_controls import (
    WordContent,
    control,
    marked,
    tag_value,
    word_contents,
    xml_of,
)
from prisma_tool.manuscript.review_document.word_scan import TAG, W, WordPart, word_parts
from prisma_tool.manuscript.review_document.word_styles import restyled, style_ids

_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_LAST_END = re.compile(rb"</(?:[\w.-]+:)?(\w+)>\s*$")


def new_word_file(manuscript: Manuscript) -> bytes:
    """The document as it is first written; equal manuscripts give equal bytes."""
    word = new_word(manuscript.title, landscape=False)
    add_blocks(word, (Heading(0, manuscript.title),), landscape=False)
    contents = word_contents(manuscript.parts)
    for piece in manuscript.pieces:
        match piece:
            case GeneratedPart(name=name):
                word.element.body.sectPr.addprevious(control(contents[name], manuscript.settings))
            case PageTurn():
                turn_page(word)
            case _:
                add_blocks(word, (piece,), landscape=False)
    data = saved(word)
    pictures = {name: png for content in contents.values() for name, png in content.pictures.items()}
    return with_members(data, _with_pictures(members_of(data), pictures))


@dataclass(frozen=True, slots=True)
class WordFile:
    """A document that exists, and the parts in it."""

    data: bytes
    members: Mapping[str, bytes]
    parts: tuple[WordPart, ...] = field(default=())


def opened_word_file(data: bytes) -> WordFile:
    """A document that its authors have worked on.

    Raises:
        PrismaError: it is none, or not a safe one; the message begins without naming the file.
    """
    members = members_of(data)
    return WordFile(data, members, tuple(word_parts(members[DOCUMENT])))


def renewed_word_file(file: WordFile, manuscript: Manuscript, *, overwrite: bool) -> tuple[bytes, list[PartResult]]:
    """The document with its generated parts renewed, and what became of each part in it."""
    contents = word_contents(manuscript.parts)
    settings, styles = manuscript.settings, style_ids(file.members.get(STYLES, b""))
    results: list[PartResult] = []
    pieces: list[bytes] = []
    used, at = dict[str, None](), 0
    text = file.members[DOCUMENT]
    for part in file.parts:
        content = contents.get(part.name)
        result = judged(part, content.text if content else None, settings, overwrite=overwrite)
        results.append(result)
        if content is None or result.state is not PartState.RENEWED:
            continue
        for (start, end), new in _replacements(part, content, settings, styles, first=part.name not in used):
            pieces += [text[at:start], new]
            at = end
        used[part.name] = None
    renewed = b"".join([*pieces, text[at:]])
    pictures = {name: png for name in used for name, png in contents[name].pictures.items()}
    changed = {DOCUMENT: renewed, **_with_pictures(file.members, pictures)} if used else {}
    return (with_members(file.data, changed) if used else file.data), results


def _replacements(
    part: WordPart, content: WordContent, settings: ManuscriptSettings, styles: Mapping[str, str], *, first: bool
) -> Iterable[tuple[tuple[int, int], bytes]]:
    mark = content.mark(settings)
    elements = [xml_of(restyled(element, styles)) for element in marked(content, mark, bookmarks=first)]
    inner = b"".join(elements)
    if part.tag is None:
        # LibreOffice took the control apart; it is put around the part again.
        yield part.content, _control_xml(content.name, tag_value(content.name, mark), inner)
        return
    yield part.tag, _w("tag", tag_value(content.name, mark))
    yield part.content, f'<w:sdtContent xmlns:w="{W}">'.encode() + inner + b"</w:sdtContent>"


def _control_xml(name: str, tag: str, inner: bytes) -> bytes:
    opening = f'<w:sdt xmlns:w="{W}"><w:sdtPr>'.encode() + _w("alias", f"{TAG}: {name}") + _w("tag", tag)
    return opening + b"</w:sdtPr><w:sdtContent>" + inner + b"</w:sdtContent></w:sdt>"


def _w(name: str, value: str) -> bytes:
    return f'<w:{name} xmlns:w="{W}" w:val={quoteattr(value)}/>'.encode()


def _with_pictures(members: Mapping[str, bytes], pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """The pictures as members, with their relations and their type where the document has none of them yet."""
    new = {name: png for name, png in pictures.items() if f'"{name}"'.encode() not in members[RELATIONS]}
    if not new:
        return {}
    relations = "".join(
        f'<Relationship Id="{name}" Type="{_IMAGE}" Target="{_target(name)}" '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
        for name in new
    )
    types = members[TYPES]
    if not re.search(rb'Extension="png"', types, re.IGNORECASE):
        added = '<Default Extension="png" ContentType="image/png" xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        types = _appended(types, added)
    files = {f"word/{_target(name)}": png for name, png in new.items()}
    return {RELATIONS: _appended(members[RELATIONS], relations), TYPES: types, **files}


def _target(relation: str) -> str:
    return f"media/prisma-tool-{relation.removeprefix('rIdPrismaTool')}.png"


def _appended(xml: bytes, added: str) -> bytes:
    """XML with more children at the end of its root."""
    end = _LAST_END.search(xml)
    return xml[: end.start()] + added.encode() + xml[end.start() :] if end else xml
