"""A PDF can be read without seeing it: a figure with its description, and each line of text in one paragraph of the structure."""

from __future__ import annotations

import base64
import re
import zlib

import pytest
from figure_flows import usual

from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.render.pdf import render_pdf
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.flow.flow import Template

Objects = dict[int, str]
LAYOUT = lay_out(usual(Template.UPDATED_V2), FigureOptions(width_mm=90.0))
"""Narrow, so that statements are broken into several lines."""


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render_pdf(LAYOUT)


@pytest.fixture(scope="module")
def objects(pdf: bytes) -> Objects:
    text = pdf.decode("latin-1")
    return {int(number): body for number, body in re.findall(r"(\d+) 0 obj\n(.*?)\nendobj", text, re.DOTALL)}


@pytest.fixture(scope="module")
def page(pdf: bytes) -> str:
    """The operators of the page."""
    [stream] = re.findall(rb"/ASCII85Decode /FlateDecode \].*?stream\n(.*?)endstream", pdf, re.DOTALL)
    return zlib.decompress(base64.a85decode(b"<~" + stream.strip(), adobe=True)).decode("latin-1")


def entry(objects: Objects, kind: str) -> str:
    """The one object of a type."""
    [body] = [body for body in objects.values() if re.search(rf"/Type /{kind}\b", body)]
    return body


def reference(body: str, key: str) -> int:
    match = re.search(rf"/{key} (\d+) 0 R", body)
    assert match, (key, body)
    return int(match[1])


def children(body: str) -> list[int]:
    """The references in an element's list of children."""
    match = re.search(r"/K \[(.*?)\]", body, re.DOTALL)
    assert match, body
    return [int(number) for number in re.findall(r"(\d+) 0 R", match[1])]


def marks(body: str) -> list[int]:
    """The numbers of the marked lines in a paragraph."""
    match = re.search(r"/K \[([\d\s]*)\]", body)
    assert match, body
    return [int(number) for number in match[1].split()]


def alternative_text(body: str) -> str:
    """The text of a string object in UTF-16, of which some bytes are written as octal codes."""
    match = re.search(r"/Alt \((.*?)(?<!\\)\)\s", body, re.DOTALL)
    assert match, body
    named = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
    written = re.sub(
        r"\\([0-7]{1,3}|.)",
        lambda code: chr(int(code[1], 8)) if code[1].isdecimal() else named.get(code[1], code[1]),
        match[1],
        flags=re.DOTALL,
    )
    return written.encode("latin-1").decode("utf-16")


def figure_and_paragraphs(objects: Objects) -> tuple[str, list[str]]:
    """The figure, and what follows it in the document."""
    document = objects[reference(entry(objects, "StructTreeRoot"), "K")]
    assert "/S /Document" in document
    figure, *below = (objects[number] for number in children(document))
    return figure, below


def test_the_document_says_that_it_is_tagged_its_language_and_that_its_title_is_shown(objects: Objects) -> None:
    catalog = entry(objects, "Catalog")
    assert "/Lang (en-GB)" in catalog
    assert "/Marked true" in objects[reference(catalog, "MarkInfo")]
    assert "/DisplayDocTitle true" in objects[reference(catalog, "ViewerPreferences")]
    assert "/Type /StructTreeRoot" in objects[reference(catalog, "StructTreeRoot")]


def test_the_figure_carries_its_description(objects: Objects) -> None:
    figure, _ = figure_and_paragraphs(objects)
    assert "/S /Figure" in figure
    assert alternative_text(figure) == LAYOUT.alt_text
    assert "Reports sought for retrieval (n = " in LAYOUT.alt_text


def test_paragraphs_are_the_statements_of_the_figure_in_their_order(objects: Objects) -> None:
    figure, below = figure_and_paragraphs(objects)
    inside = [objects[number] for number in children(figure)]
    lines = list(LAYOUT.lines)
    starts = [index for index, line in enumerate(lines) if line.paragraph]
    paragraphs = [marks(body) for body in (*inside, *below)]
    assert [numbers[0] for numbers in paragraphs] == starts
    assert [number for numbers in paragraphs for number in numbers] == list(range(len(lines)))
    assert len(below) == sum(bool(line.paragraph) for line in LAYOUT.footnotes)


def test_all_that_is_drawn_is_marked_as_text_or_as_decoration(page: str) -> None:
    depth = 0
    for operator in page.split("\n"):
        depth += operator.endswith((" BDC", " BMC"))
        depth -= operator == "EMC"
        assert depth in (0, 1), operator
        assert depth == 1 or not re.search(r"( Tj|^S|^B\*?|^f\*?)( |$)", operator), operator
    assert depth == 0
    assert page.count("/P <</MCID ") == len(list(LAYOUT.lines))


def test_each_mark_leads_back_to_its_paragraph(objects: Objects) -> None:
    root = entry(objects, "StructTreeRoot")
    [listed] = re.findall(r"/Nums \[ 0 (\d+) 0 R", objects[reference(root, "ParentTree")].replace("\n", " "))
    parents = [int(number) for number in re.findall(r"(\d+) 0 R", objects[int(listed)])]
    assert len(parents) == len(list(LAYOUT.lines))
    assert all(number in marks(objects[parent]) for number, parent in enumerate(parents))
    assert "/StructParents 0" in entry(objects, "Page")
