"""Word and PowerPoint: native shapes that a co-author can edit, described, and drawn alike by LibreOffice; and EPS by Ghostscript."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
from figure_flows import COUNT, assert_ink, extreme, usual
from PIL import Image

from prisma_tool.errors import PrismaError
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.render.docx import render_docx
from prisma_tool.figure.render.pptx import render_pptx
from prisma_tool.figure.words.caption import caption
from prisma_tool.figure.words.labels import SOURCE
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.figure.write import RENDERERS, draw
from prisma_tool.flow.flow import Template

FLOW = usual(Template.UPDATED_V2)
LAYOUT = lay_out(FLOW)
WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def slide_of(data: bytes) -> Any:
    [slide] = pptx.Presentation(io.BytesIO(data)).slides
    return slide


def test_powerpoint_connectors_hang_on_the_boxes_that_the_arrows_join() -> None:
    slide = slide_of(render_pptx(LAYOUT, ""))
    boxes = {shape.shape_id: shape for shape in slide.shapes}
    connectors = [shape for shape in slide.shapes if shape.element.tag.endswith("}cxnSp")]
    assert len(connectors) == len(LAYOUT.arrows)
    for connector, arrow in zip(connectors, LAYOUT.arrows, strict=True):
        start, end = (connector.element.find(f".//{A}{name}") for name in ("stCxn", "endCxn"))
        assert (boxes[int(start.get("id"))].name, boxes[int(end.get("id"))].name) == (arrow.start, arrow.end)
        for glued, point in ((start, arrow.points[0]), (end, arrow.points[-1])):
            assert site(boxes[int(glued.get("id"))], int(glued.get("idx"))) == pytest.approx(
                [36_000 * at for at in point], abs=40
            )


def site(shape: Any, number: int) -> tuple[float, float]:
    """Where a rectangle has its connection sites: the middles of its top, left, lower and right side."""
    shares = [(0.5, 0), (0, 0.5), (0.5, 1), (1, 0.5)][number]
    return shape.left + shares[0] * shape.width, shape.top + shares[1] * shape.height


def test_a_powerpoint_slide_is_as_large_as_the_figure_and_describes_it() -> None:
    data = render_pptx(LAYOUT, caption(FLOW))
    slide = slide_of(data)
    [described] = [element for element in slide.element.iter() if element.get("descr")]
    assert described.get("descr") == LAYOUT.alt_text
    assert slide.notes_slide.notes_text_frame.text == caption(FLOW)
    presentation = pptx.Presentation(io.BytesIO(data))
    assert (presentation.slide_width, presentation.slide_height) == (190 * 36_000, round(LAYOUT.height * 36_000))
    assert presentation.core_properties.author == ""


def test_a_word_document_holds_shapes_connectors_description_caption_and_footnotes() -> None:
    document = docx.Document(io.BytesIO(render_docx(LAYOUT, caption(FLOW))))
    body = document.element.body
    shapes = {element.get("name") for element in body.iter(f"{WPS}cNvPr")}
    assert {box.key for box in LAYOUT.boxes} <= shapes
    assert len(list(body.iter(f"{WPS}cNvCnPr"))) == len(LAYOUT.arrows)
    assert LAYOUT.alt_text in [element.get("descr") for element in body.iter() if element.tag.endswith("}docPr")]
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert caption(FLOW) in texts
    assert SOURCE in texts
    assert not list(body.iter("{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"))


def test_a_figure_higher_than_any_page_of_word_is_refused_with_what_to_do() -> None:
    with pytest.raises(PrismaError, match=r"a page of Word ends at 558 mm\..*--hide"):
        render_docx(lay_out(extreme()), "")


# --- drawn by other programs ---------------------------------------------------------------------------------------------------


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=120)
    return done.stdout.decode()


@pytest.mark.desktop
def test_libreoffice_prints_every_count_of_word_and_powerpoint_whole(tmp_path: Path) -> None:
    office, to_text = program("soffice"), program("pdftotext")
    files = [tmp_path / "word.docx", tmp_path / "slide.pptx"]
    draw(FLOW, files)
    run(
        office,
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "pdf",
        "--outdir",
        tmp_path,
        *files,
    )
    expected = {COUNT.findall(line.text)[-1] for line in LAYOUT.lines if line.key}
    for file in files:
        printed = run(to_text, "-raw", file.with_suffix(".pdf"), "-")
        assert expected <= set(COUNT.findall(printed))
        assert "Identification" in printed


@pytest.mark.desktop
def test_ghostscript_and_poppler_draw_the_same_ink_in_every_box(tmp_path: Path) -> None:
    ghostscript, poppler = program("gs"), program("pdftoppm")
    for suffix in (".eps", ".pdf"):
        (tmp_path / f"figure{suffix}").write_bytes(RENDERERS[suffix](FLOW, PLAIN))
    options = [
        "-q",
        "-dSAFER",
        "-dBATCH",
        "-dNOPAUSE",
        "-dEPSCrop",
        "-sDEVICE=png16m",
        "-r150",
        f"-sOutputFile={tmp_path}/eps.png",
    ]
    assert run(ghostscript, *options, tmp_path / "figure.eps") == ""
    run(poppler, "-png", "-r", "150", "-singlefile", tmp_path / "figure.pdf", tmp_path / "pdf")
    for name in ("eps", "pdf"):
        assert_ink(Image.open(tmp_path / f"{name}.png"), LAYOUT, 150)


@pytest.mark.desktop
def test_poppler_reads_every_count_of_the_pdf_and_finds_its_fonts_embedded(tmp_path: Path) -> None:
    to_text, fonts = program("pdftotext"), program("pdffonts")
    file = tmp_path / "figure.pdf"
    file.write_bytes(RENDERERS[".pdf"](FLOW, FigureOptions(width_mm=90)))
    printed = run(to_text, "-raw", file, "-")
    assert {COUNT.findall(line.text)[-1] for line in LAYOUT.lines if line.key} <= set(COUNT.findall(printed))
    assert "β-blocker" in printed
    listed = run(fonts, file).splitlines()[2:]
    assert len(listed) == 2
    assert all(" yes yes yes" in line for line in listed)
