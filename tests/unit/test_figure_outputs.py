"""What the renderers write: stable, safe, and visible on the page."""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import pptx
import pytest
from figure_flows import COUNT, assert_ink, extreme, many, usual
from PIL import Image

from prisma_tool.errors import UsageError
from prisma_tool.figure.fonts import subset
from prisma_tool.figure.layout import arrange
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.render.docx import render_docx
from prisma_tool.figure.render.eps import render_eps
from prisma_tool.figure.render.glyph_coverage import missing_glyphs
from prisma_tool.figure.render.pdf import render_pdf
from prisma_tool.figure.render.png import render_png, render_tiff
from prisma_tool.figure.render.pptx import render_pptx
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.render.terminal import render_text
from prisma_tool.figure.warnings import remarks
from prisma_tool.figure.words.options import FigureOptions, Palette, Thousands
from prisma_tool.figure.write import RENDERERS, draw
from prisma_tool.flow.flow import Count, Flow, Template
from prisma_tool.model.protocol.figure_words import FigureWords

COMMAS = FigureOptions(thousands=Thousands.COMMA)


def flow_with(label: str) -> Flow:
    return Flow(Template.NEW_V2, website_results=Count(), dbr_excluded={label: many(17)})


PLAIN = flow_with("Wrong population")


def svg_runs(data: bytes) -> Iterator[str]:
    return (element.text or "" for element in ET.fromstring(data).iter() if element.tag.endswith("}text"))


def pdf_runs(data: bytes) -> Iterator[str]:
    """The strings that the page shows; the codes of ASCII letters are the letters themselves."""
    for stream in re.findall(rb"/ASCII85Decode /FlateDecode \].*?stream\n(.*?)endstream", data, re.DOTALL):
        page = zlib.decompress(
            base64.a85decode(stream.strip(), adobe=False)
            if not stream.strip().endswith(b"~>")
            else base64.a85decode(b"<~" + stream.strip(), adobe=True)
        )
        for shown in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", page, re.DOTALL):
            yield re.sub(rb"\\([()\\])", rb"\1", shown).decode("latin-1")


def docx_runs(data: bytes) -> Iterator[str]:
    return (element.text or "" for element in docx.Document(io.BytesIO(data)).element.body.iter() if element.tag.endswith("}t"))


def pptx_runs(data: bytes) -> Iterator[str]:
    [slide] = pptx.Presentation(io.BytesIO(data)).slides
    return (
        run.text
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
    )


def eps_comments(data: bytes) -> Iterator[str]:
    return (line[2:] for line in data.decode("ascii").splitlines() if line.startswith("% "))


def text_lines(data: bytes) -> Iterator[str]:
    return iter(data.decode().splitlines())


RUNS: dict[str, Callable[[bytes], Iterator[str]]] = {
    ".svg": svg_runs, ".pdf": pdf_runs, ".docx": docx_runs, ".pptx": pptx_runs, ".eps": eps_comments, ".txt": text_lines,
}  # fmt: skip


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("suffix", RUNS)
def test_every_count_of_every_template_is_one_run_of_text(suffix: str, template: Template) -> None:
    flow = usual(template)
    expected = {COUNT.findall(line.text)[-1] for line in lay_out(flow, COMMAS).lines if line.key}
    assert len(expected) > 15
    found = {count for run in RUNS[suffix](RENDERERS[suffix](flow, COMMAS)) for count in COUNT.findall(run)}
    assert expected <= found


@pytest.mark.parametrize("suffix", RUNS)
def test_the_most_extreme_flow_is_written_whole_in_every_form(suffix: str) -> None:
    shown = " ".join(RUNS[suffix](RENDERERS[suffix](extreme(), FigureOptions())))
    assert shown.count("(n = 9999999)") >= 90
    assert shown.replace(" ", "").count("W" * 20) >= 1


@pytest.mark.parametrize("suffix", [suffix for suffix in RENDERERS if suffix != ".tif"])
def test_the_same_flow_gives_the_same_bytes_in_every_form(suffix: str) -> None:
    options = FigureOptions(dpi=72, width_mm=140)
    first, second = (drawn_from_nothing(suffix, options) for _ in range(2))
    assert first == second


def drawn_from_nothing(suffix: str, options: FigureOptions) -> bytes:
    """A figure for which nothing is kept of the one before."""
    subset._kept.cache_clear()
    arrange.text_lines.cache_clear()
    return RENDERERS[suffix](usual(Template.UPDATED_V2), options)


def test_drawing_tells_what_to_know_and_writes_nothing_where_one_output_cannot_be_drawn(tmp_path: Path) -> None:
    good, bad = tmp_path / "figure.svg", tmp_path / "figure.gif"
    with pytest.raises(UsageError, match=r"figure\.gif: figures are written as \.svg"):
        draw(PLAIN, [good, bad])
    assert not good.exists()
    assert draw(PLAIN, [good]) == ()
    assert any("was made wider than 190 mm" in remark for remark in remarks(extreme(), FigureOptions(), frozenset({".docx"})))


def test_markup_and_controls_in_a_label_arrive_as_text() -> None:
    label = "</text><script>x('&amp;')</script>\x1b[31m\x00\ufffe \"q\""
    svg = render_svg(lay_out(flow_with(label)))
    root = ET.fromstring(svg)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    [keyed] = [element for element in root.iter() if (element.get("data-key") or "").startswith("dbr_excluded:")]
    assert keyed.text is not None
    assert keyed.text.endswith("(n = 17)")
    assert "\x1b" not in svg
    assert "\x1b" not in render_text(flow_with(label))


def test_arrowheads_are_triangles_and_the_figure_is_described() -> None:
    layout = lay_out(PLAIN)
    svg = render_svg(layout)
    assert "<marker" not in svg
    assert svg.count("<polygon") == len(layout.arrows)
    assert "Wrong population (n = 17)" in svg[svg.index("<desc") : svg.index("</desc>")]
    assert 'width="190mm"' in svg


def test_the_picture_has_its_printed_size_and_text_in_every_box() -> None:
    layout = lay_out(PLAIN)
    dpi = 150
    picture = Image.open(io.BytesIO(render_png(layout, dpi)))
    assert picture.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert picture.width == pytest.approx(layout.width / 25.4 * dpi, abs=1)
    assert_ink(picture, layout, dpi)


def test_greek_cyrillic_and_accents_are_drawn() -> None:
    layout = lay_out(flow_with("α-блокатор, e\u0301tude ≥ 5 µg"))
    assert missing_glyphs(layout) == ()
    assert render_png(layout, 72)


def test_the_pdf_embeds_its_fonts_and_is_as_wide_as_the_figure() -> None:
    page = render_pdf(lay_out(PLAIN))
    assert page.count(b"/FontFile2") == 2
    [box] = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ", page)
    assert float(box) == pytest.approx(190 / 25.4 * 72, abs=0.02)


def test_a_resolution_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="0 dpi"):
        render_png(lay_out(PLAIN), 0)


def test_a_picture_too_large_to_draw_is_refused_with_its_size() -> None:
    with pytest.raises(UsageError, match="million dots"):
        render_png(lay_out(extreme()), 1200)


@pytest.mark.parametrize(("palette", "mode"), [(Palette.COLOUR, "RGB"), (Palette.GREY, "L"), (Palette.LINE_ART, "L")])
def test_a_tiff_is_flat_compressed_and_says_its_resolution(palette: Palette, mode: str) -> None:
    layout = lay_out(PLAIN, FigureOptions(palette=palette))
    picture = Image.open(io.BytesIO(render_tiff(layout, 150)))
    assert (picture.mode, picture.info["compression"]) == (mode, "tiff_lzw")
    assert picture.info["dpi"] == pytest.approx((150, 150))
    assert_ink(picture, layout, 150)


def test_an_eps_conforms_to_the_structuring_conventions() -> None:
    layout = lay_out(flow_with("β-blocker %% ) ( \\"))
    lines = render_eps(layout).decode("ascii").splitlines()
    assert lines[0] == "%!PS-Adobe-3.0 EPSF-3.0"
    [box] = [line for line in lines if line.startswith("%%BoundingBox:")]
    _, _, width, height = map(int, box.split()[1:])
    assert 0 <= width - layout.width / 25.4 * 72 < 1
    assert 0 <= height - layout.height / 25.4 * 72 < 1
    assert max(map(len, lines)) < 255
    assert [line for line in lines if line.startswith(("%%Begin", "%%End"))] == ["%%EndComments", "%%BeginProlog", "%%EndProlog"]
    assert "% \\u03b2-blocker %% ) ( \\ (n = 17)" in lines
    assert lines[-1] == "%%EOF"


def test_documents_have_the_date_of_the_newest_event_and_the_author_that_the_review_names() -> None:
    moment = datetime(2025, 2, 3, 9, 0, 40, 123, tzinfo=UTC)
    flow = replace(usual(Template.NEW_V1), dated=moment, words=FigureWords(author="Ada & Ben"))
    layout = lay_out(flow)
    word, slides = docx.Document(io.BytesIO(render_docx(layout, ""))), pptx.Presentation(io.BytesIO(render_pptx(layout, "")))
    for about in (word.core_properties, slides.core_properties):
        assert (about.author, about.created.replace(tzinfo=None), about.modified) == (
            "Ada & Ben",
            datetime(2025, 2, 3, 9, 0, 40),  # noqa: DTZ001 # as the formats store it
            about.created,
        )
    pdf = render_pdf(layout)
    assert b"(D:20250203090040Z)" in pdf
    assert b"<dc:creator><rdf:Seq><rdf:li>Ada &amp; Ben</rdf:li>" in pdf
    assert b"<xmp:CreateDate>2025-02-03T09:00:40Z</xmp:CreateDate>" in pdf


def test_a_pdf_says_its_title_and_language_in_xmp_and_names_no_author_whom_nobody_named() -> None:
    layout = lay_out(usual(Template.NEW_V1))
    pdf = render_pdf(layout)
    packet = pdf[pdf.index(b"<x:xmpmeta") : pdf.index(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")]
    values = [element.text for element in ET.fromstring(packet).iter() if element.text and element.text.strip()]
    assert values == ["application/pdf", layout.title, layout.alt_text, "en-GB", "prisma-tool"]
    assert b"/Author ()" in pdf
    assert b"/Lang (en-GB) " in pdf
    assert b"anonymous" not in pdf


@pytest.mark.parametrize(("palette", "mode"), [(Palette.COLOUR, "RGB"), (Palette.GREY, "L"), (Palette.LINE_ART, "L")])
def test_a_png_has_no_transparency(palette: Palette, mode: str) -> None:
    layout = lay_out(usual(Template.NEW_V1), FigureOptions(palette=palette))
    with Image.open(io.BytesIO(render_png(layout, 72))) as picture:
        assert picture.mode == mode
        assert "transparency" not in picture.info
