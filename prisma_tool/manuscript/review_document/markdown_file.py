"""The manuscript as Markdown: generated parts stand between comments, on lines of their own.

Invariant: a refresh replaces whole lines between the two markers of a part; all else, the kind of line endings too, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prisma_tool.errors import PrismaError
from prisma_tool.manuscript.document.blocks import Heading
from prisma_tool.manuscript.document.markdown import render_block
from prisma_tool.manuscript.review_document.marks import Mark, mark_of, parsed_mark
from prisma_tool.manuscript.review_document.parts import GeneratedPart, Manuscript, PageTurn
from prisma_tool.manuscript.review_document.renewal import PartResult, PartState, judged

_BEGIN = re.compile(r"<!-- prisma-tool:begin (?P<name>[\w.-]+)(?: (?P<mark>[0-9a-f]+))? -->\s*")
_END = re.compile(r"<!-- prisma-tool:end (?P<name>[\w.-]+) -->\s*")
_MARKER = re.compile(r"^(?=<!-- prisma-tool:)", re.MULTILINE)
_BOM = "\ufeff"
NO_END = "the marker of its end is missing"
NESTED = "another part stands inside it"


@dataclass(frozen=True, slots=True)
class MarkdownPart:
    """A part as it stands in a file: the lines from its first marker to behind its last."""

    name: str
    mark: Mark
    text: str
    obstacle: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class MarkdownFile:
    """A file that exists, its lines with their endings, and the parts in it."""

    lines: tuple[str, ...]
    parts: tuple[MarkdownPart, ...]


def new_markdown_file(manuscript: Manuscript) -> bytes:
    """The document as it is first written."""
    pieces = [render_block(Heading(0, manuscript.title))]
    for piece in manuscript.pieces:
        match piece:
            case GeneratedPart(name=name):
                text = _text_of(piece)
                pieces.append(_framed(name, mark_of(_plain(text), manuscript.settings), text))
            case PageTurn():
                pass
            case _:
                pieces.append(render_block(piece))
    return ("\n\n".join(pieces) + "\n").encode()


def _framed(name: str, mark: Mark, text: str) -> str:
    return f"<!-- prisma-tool:begin {name} {mark} -->\n\n{text}\n\n<!-- prisma-tool:end {name} -->"


def _text_of(part: GeneratedPart) -> str:
    """The part's Markdown, of which no line could be taken for a marker."""
    return _MARKER.sub(" ", "\n\n".join(map(render_block, part.content)))


def _plain(text: str) -> str:
    """Text as marks know it: without the ends of lines, which editors change unasked."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def opened_markdown_file(data: bytes) -> MarkdownFile:
    """A file that its authors have worked on.

    Raises:
        PrismaError: it is no text in UTF-8; the message begins without naming the file.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PrismaError("it is no text in UTF-8; save it again in that encoding") from error
    lines = tuple(re.findall(r"[^\n]*\n|[^\n]+", text))
    return MarkdownFile(lines, tuple(_parts(lines)))


def _parts(lines: tuple[str, ...]) -> Iterator[MarkdownPart]:
    for place, line in enumerate(lines):
        begin = _BEGIN.fullmatch(line.removeprefix(_BOM))
        if begin is None:
            continue
        last = _end_of(lines, place, begin["name"])
        inside = lines[place + 1 : last]
        obstacle = NO_END if last is None else NESTED if any(map(_BEGIN.fullmatch, inside)) else ""
        text = _plain("".join(inside)) if last is not None else ""
        end = place + 1 if last is None else last + 1
        yield MarkdownPart(begin["name"], parsed_mark(begin["mark"] or ""), text, obstacle, place, end)


def _end_of(lines: tuple[str, ...], begin: int, name: str) -> int | None:
    ends = (at for at in range(begin + 1, len(lines)) if (end := _END.fullmatch(lines[at])) and end["name"] == name)
    return next(ends, None)


def renewed_markdown_file(file: MarkdownFile, manuscript: Manuscript, *, overwrite: bool) -> tuple[bytes, list[PartResult]]:
    """The file with its generated parts renewed, and what became of each part in it."""
    texts = {part.name: _text_of(part) for part in manuscript.parts}
    results: list[PartResult] = []
    pieces: list[str] = []
    at = 0
    for part in file.parts:
        text = texts.get(part.name)
        result = judged(part, None if text is None else _plain(text), manuscript.settings, overwrite=overwrite)
        results.append(result)
        if text is None or result.state is not PartState.RENEWED:
            continue
        pieces += [*file.lines[at : part.first], *_renewed(file.lines, part, text, manuscript)]
        at = part.last
    return "".join([*pieces, *file.lines[at:]]).encode(), results


def _renewed(lines: tuple[str, ...], part: MarkdownPart, text: str, manuscript: Manuscript) -> Iterator[str]:
    first, last = lines[part.first], lines[part.last - 1]
    ending = "\r\n" if first.endswith("\r\n") else "\n"
    bom = _BOM if first.startswith(_BOM) else ""
    framed = _framed(part.name, mark_of(_plain(text), manuscript.settings), text).replace("\n", ending)
    yield f"{bom}{framed}{last[len(last.rstrip()) :]}"
