"""What the renderers write: stable, safe, and visible on the page."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.flow.flow import Adjustment, Count, Flow, Template
from prisma_tool.flow.glyphs import missing_glyphs
from prisma_tool.flow.layout import lay_out
from prisma_tool.flow.metrics import text_width
from prisma_tool.flow.pdf import render_pdf
from prisma_tool.flow.png import render_png
from prisma_tool.flow.svg import render_svg
from prisma_tool.flow.terminal import render_text


def flow_with(label: str) -> Flow:
    return Flow(Template.NEW_V2, website_results=Count(), dbr_excluded={label: Count(adjustments=(Adjustment(17, "before"),))})


PLAIN = flow_with("Wrong population")


def test_the_same_flow_gives_the_same_bytes_in_every_form() -> None:
    assert render_svg(lay_out(PLAIN)) == render_svg(lay_out(flow_with("Wrong population")))
    assert render_pdf(lay_out(PLAIN)) == render_pdf(lay_out(PLAIN))
    assert render_png(lay_out(PLAIN), 72) == render_png(lay_out(PLAIN), 72)
    assert render_text(PLAIN) == render_text(PLAIN)


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
    grey = picture.convert("L")
    inset = 1.0
    for box in (*layout.boxes, *layout.bars):
        edges = (box.x + inset, box.y + inset, box.right - inset, box.bottom - inset)
        left, top, right, bottom = (round(edge / 25.4 * dpi) for edge in edges)
        darkest, brightest = grey.crop((left, top, right, bottom)).getextrema()
        assert float(str(darkest)) < 90, box.key
        assert float(str(brightest)) > 150, box.key


def test_letters_that_the_font_lacks_are_named_instead_of_drawn_as_boxes() -> None:
    layout = lay_out(flow_with("日本 population"))
    assert missing_glyphs(layout) == ("日", "本")
    for render in (render_png, render_pdf):
        with pytest.raises(PrismaError, match=r"日 \(U\+65E5\).*SVG"):
            render(layout)
    assert "日本 population" in render_svg(layout)


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


def test_widths_are_those_of_arial() -> None:
    # Digits of Arial are 1139/2048 of the size wide, in both weights.
    assert text_width("17", 72) == pytest.approx(2 * 25.4 * 1139 / 2048, abs=0.02)
    assert text_width("17", 72, bold=True) == pytest.approx(2 * 25.4 * 1139 / 2048, abs=0.02)
