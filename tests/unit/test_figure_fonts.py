"""Fonts that a user adds: measured as drawn, embedded, and asked before a character is given up."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import resvg_py
from figure_flows import many
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image, ImageChops

from prisma_tool.errors import PrismaError
from prisma_tool.figure.fonts.faces import font_set
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.shapes import Layout
from prisma_tool.figure.render.docx import render_docx
from prisma_tool.figure.render.eps import render_eps
from prisma_tool.figure.render.glyph_coverage import fonts_of, missing_glyphs
from prisma_tool.figure.render.pdf import render_pdf
from prisma_tool.figure.render.png import draw_dots, render_png, render_tiff
from prisma_tool.figure.render.pptx import render_pptx
from prisma_tool.figure.render.svg import render_outlined_svg, render_svg
from prisma_tool.figure.warnings import remarks
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.flow.flow import Flow, Template

RENDERERS: dict[str, Callable[[Layout], object]] = {
    "PNG": lambda layout: render_png(layout, 72),
    "TIFF": lambda layout: render_tiff(layout, 72),
    "PDF": render_pdf,
    "EPS": render_eps,
    "DOCX": lambda layout: render_docx(layout, ""),
    "PPTX": lambda layout: render_pptx(layout, ""),
}


def font_file(
    path: Path, characters: str, *, width: int = 1000, cubic: bool = False, licence: int = 0, weight: int = 400
) -> Path:
    """A font whose every letter is a black square, `width` thousandths of an em wide."""
    names = {ord(character): f"u{ord(character):04X}" for character in characters}
    order = [".notdef", *names.values()]
    builder = FontBuilder(1000, isTTF=not cubic)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    if cubic:
        builder.setupCFF("Squares", {}, {name: _square(T2CharStringPen(width, None)).getCharString() for name in order}, {})
    else:
        builder.setupGlyf({name: _square(TTGlyphPen(None)).glyph() for name in order})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (width, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular", "psName": "Squares"})
    builder.setupOS2(sCapHeight=700, fsType=licence, usWeightClass=weight)
    builder.setupPost()
    builder.save(path)
    return path


def _square(pen: Any) -> Any:
    pen.moveTo((100, 0))
    for corner in ((100, 700), (900, 700), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen


def flow_with(label: str) -> Flow:
    return Flow(Template.NEW_V1, dbr_excluded={label: many(17)})


@pytest.mark.parametrize("form", RENDERERS)
def test_a_letter_that_no_font_has_is_named_with_its_place_instead_of_drawn_as_a_box(form: str) -> None:
    layout = lay_out(flow_with("日本 population"))
    with pytest.raises(PrismaError, match=rf'日 \(U\+65E5\), 本 \(U\+672C\) in "日本 population \(n = 17\)".*no {form}.*--font'):
        RENDERERS[form](layout)


def test_an_svg_keeps_such_letters_for_the_readers_fonts_and_tells() -> None:
    flow = flow_with("日本 population")
    assert "日本 population" in render_svg(lay_out(flow))
    assert any("日 (U+65E5)" in remark for remark in remarks(flow, FigureOptions()))


@pytest.mark.parametrize("cubic", [False, True], ids=["TTF", "OTF"])
@pytest.mark.parametrize("form", RENDERERS)
def test_an_added_font_draws_what_the_bundled_one_lacks(form: str, cubic: bool, tmp_path: Path) -> None:
    font = font_file(tmp_path / "squares.otf", "日本", cubic=cubic)
    layout = lay_out(flow_with("日本 population"), FigureOptions(fonts=(font,)))
    assert missing_glyphs(layout) == ()
    assert RENDERERS[form](layout) == RENDERERS[form](layout)


@pytest.mark.parametrize("cubic", [False, True], ids=["TTF", "OTF"])
def test_the_letters_of_an_added_font_are_on_the_picture_where_the_layout_says(cubic: bool, tmp_path: Path) -> None:
    font = font_file(tmp_path / "squares.otf", "日", cubic=cubic)
    layout = lay_out(flow_with("日日日日"), FigureOptions(fonts=(font,)))
    [line] = [line for line in layout.lines if line.key == "dbr_excluded:日日日日"]
    picture = Image.open(io.BytesIO(render_png(layout, 300))).convert("L")
    em = line.size_pt / 72 * 300
    left, base = line.x / 25.4 * 300, line.y / 25.4 * 300
    for number in range(4):
        assert float(str(picture.getpixel((round(left + (number + 0.5) * em), round(base - 0.35 * em))))) < 60
        assert float(str(picture.getpixel((round(left + (number + 1) * em), round(base - 0.35 * em))))) > 200


def test_text_is_measured_with_the_font_that_draws_it(tmp_path: Path) -> None:
    ascii_letters = "".join(map(chr, range(0x20, 0x7F)))
    wide = font_set((font_file(tmp_path / "wide.ttf", ascii_letters, width=2000),))
    assert wide.width("aa", 72) == pytest.approx(2 * 2 * 25.4)
    assert font_set().width("17", 72) == pytest.approx(2 * 25.4 * 1139 / 2048, abs=0.001)


def test_a_font_with_gaps_in_ascii_never_splits_a_count(tmp_path: Path) -> None:
    fonts = font_set((font_file(tmp_path / "digits.ttf", "0123456789日"),))
    assert [run.text for run in fonts.runs("日 (n = 17)")] == ["日", " (n = 17)"]


def test_bold_text_takes_an_added_bold_font_only_where_it_is_bold(tmp_path: Path) -> None:
    fonts = font_set((font_file(tmp_path / "heavy.ttf", "日", weight=700), font_file(tmp_path / "light.ttf", "日")))
    assert [run.face.path.name for bold in (True, False) for run in fonts.runs("日", bold=bold) if run.face] == [
        "heavy.ttf",
        "light.ttf",
    ]


def test_an_added_font_is_embedded_in_svg_and_pdf_with_its_letters_only(tmp_path: Path) -> None:
    font = font_file(tmp_path / "squares.ttf", "日本語")
    layout = lay_out(flow_with("日本"), FigureOptions(fonts=(font,)))
    svg = render_svg(layout)
    assert re.search(r"@font-face\{font-family:'Squares';font-weight:normal;src:url\(data:font/ttf;base64,", svg)
    assert ET.fromstring(svg).get("font-family", "").startswith("'Squares', 'Liberation Sans', Arial")
    assert render_pdf(layout).count(b"/FontFile2") == 3


@pytest.mark.parametrize("content", [b"", b"\0\1\0\0" + b"\xff" * 300, b"OTTO\0\1", b"not a font \x1b[31m"])
def test_a_file_that_is_no_font_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(content)
    with pytest.raises(PrismaError, match=r"broken\.ttf is not a font that can be used") as refused:
        font_set((tmp_path / "broken.ttf",))
    assert "\x1b" not in refused.value.message


def test_a_font_cut_off_anywhere_is_refused_or_used_but_never_a_crash(tmp_path: Path) -> None:
    whole = font_file(tmp_path / "whole.ttf", "日本").read_bytes()
    cut = tmp_path / "cut.ttf"
    for length in range(0, len(whole), 61):
        cut.write_bytes(whole[:length])
        try:
            layout = lay_out(flow_with("日本"), FigureOptions(fonts=(cut,)))
            render_eps(layout)
            render_pdf(layout)
        except PrismaError as refused:
            assert "font" in refused.message  # noqa: PT017 # both ends are allowed, a crash is not


def test_a_missing_font_file_and_a_licence_that_forbids_embedding_are_told(tmp_path: Path) -> None:
    with pytest.raises(PrismaError, match=r"none\.ttf does not exist"):
        font_set((tmp_path / "none.ttf",))
    with pytest.raises(PrismaError, match="licence flags forbid"):
        font_set((font_file(tmp_path / "closed.ttf", "日", licence=2),))


@pytest.mark.parametrize("render", [render_pdf, render_eps])
def test_a_script_that_needs_shaping_is_refused_where_letters_are_set_one_by_one(render: Callable[[Layout], object]) -> None:
    with pytest.raises(PrismaError, match=r"א \(U\+05D0\).*runs from the right"):
        render(lay_out(flow_with("אב")))
    assert render_png(lay_out(flow_with("אב")), 72)


def test_an_svg_brings_its_letters_along_and_holds_every_line_to_its_measured_width() -> None:
    layout = lay_out(flow_with("Wrong population"))
    svg = render_svg(layout)
    assert len(re.findall(r"@font-face\{font-family:'Liberation Sans';font-weight:(?:normal|bold);src:url\(data:", svg)) == 2
    lengths = {
        (element.text or ""): float(element.get("textLength", 0))
        for element in ET.fromstring(svg).iter()
        if element.tag.endswith("}text")
    }
    for line in layout.lines:
        width = fonts_of(layout).width(line.text, line.size_pt, bold=line.bold)
        assert lengths[line.text] == pytest.approx(width, abs=0.001)


def test_an_svg_of_outlines_has_no_text_but_its_words_as_labels_and_looks_the_same() -> None:
    layout = lay_out(flow_with("Wrong population"))
    svg = render_outlined_svg(layout)
    assert "<text" not in svg
    assert "font-face" not in svg
    labels = [element.get("aria-label") for element in ET.fromstring(svg).iter() if element.tag.endswith("}path")]
    assert labels == [line.text for line in (*layout.lines,)]
    outlined = bytes(resvg_py.svg_to_bytes(svg_string=svg, dpi=80, background="#ffffff", skip_system_fonts=True))
    drawn, expected = (Image.open(io.BytesIO(data)).convert("L") for data in (outlined, draw_dots(layout, 80, "PNG")))
    mean_difference = sum(ImageChops.difference(drawn, expected).tobytes()) / (drawn.width * drawn.height)
    assert mean_difference < 2, "antialiasing apart"


def test_outlines_need_a_font_for_every_letter() -> None:
    with pytest.raises(PrismaError, match="no SVG of outlines was written"):
        render_outlined_svg(lay_out(flow_with("日本")))
