"""What makes a PDF readable without seeing it: every line of text marked as part of a paragraph, everything else as decoration.

The structure is a document with one figure, whose alternative text is the layout's, and the paragraphs of its boxes in reading order; the
footnotes follow as paragraphs of the document (ISO 32000-1, 14.7 and 14.8). Invariant: each marked line belongs to one element.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from prisma_tool.figure.fonts.units import MM_PER_POINT
from prisma_tool.figure.layout.shapes import Layout, TextLine

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFObject
    from reportlab.pdfgen.canvas import Canvas

VERSION = (1, 7)
"""The oldest version of PDF in which all of this is defined."""
_ROOT, _DOCUMENT, _FIGURE = "structureRoot", "structureDocument", "structureFigure"


@dataclass(slots=True)
class PageTags:
    """The marks on the page of a figure; numbers of marked lines by paragraph, those of the figure and those below it."""

    canvas: Canvas
    in_figure: list[list[int]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)
    marked: int = 0

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Around what is drawn for the eye only."""
        _code(self.canvas).append("/Artifact BMC")
        yield
        _code(self.canvas).append("EMC")

    @contextmanager
    def text(self, line: TextLine, *, footnote: bool = False) -> Iterator[None]:
        """Around one line; it goes on with the paragraph of the line before unless it begins one."""
        paragraphs = self.below if footnote else self.in_figure
        if line.paragraph or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(self.marked)
        _code(self.canvas).append(f"/P <</MCID {self.marked}>> BDC")
        self.marked += 1
        yield
        _code(self.canvas).append("EMC")

    def add_structure(self, layout: Layout) -> None:
        """Writes the structure into the document, after its page is shown."""
        document: Any = self.canvas._doc  # type: ignore[attr-defined] # noqa: SLF001 # reportlab has no other way to tag a PDF
        _Structure(document, document.Pages.pages[0]).write(self, layout)


def _code(canvas: Canvas) -> list[str]:
    return canvas._code  # type: ignore[attr-defined,no-any-return] # noqa: SLF001 # the operators of the page so far


class _Structure:
    """The structure tree of one document with one page; elements are named, because parent and child name each other."""

    def __init__(self, document: Any, page: Any) -> None:
        self.document, self.page = document, page
        self.parents: dict[int, PDFObject] = {}

    def write(self, tags: PageTags, layout: Layout) -> None:
        from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

        inside = [self._paragraph(numbers, _FIGURE) for numbers in tags.in_figure]
        below = [self._paragraph(numbers, _DOCUMENT) for numbers in tags.below]
        size = [0, 0, layout.width / MM_PER_POINT, layout.height / MM_PER_POINT]
        area = PDFDictionary({"O": PDFName("Layout"), "BBox": PDFArray([f"{length:.3f}" for length in size])})
        figure = self._element("Figure", _DOCUMENT, inside, _FIGURE, {"Alt": PDFString(layout.alt_text), "A": area})
        whole = self._element("Document", _ROOT, [figure, *below], _DOCUMENT, {})
        by_number = PDFArray([self.parents[number] for number in sorted(self.parents)])
        parent_tree = PDFDictionary({"Nums": PDFArray([0, self.document.Reference(by_number)])})
        root = {
            "Type": PDFName("StructTreeRoot"),
            "K": whole,
            "ParentTree": self.document.Reference(parent_tree),
            "ParentTreeNextKey": 1,
        }
        catalog = self.document.Catalog
        catalog.StructTreeRoot = self.document.Reference(PDFDictionary(root), _ROOT)
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        # A page of reportlab writes the entries that it lists, and lists none of tagged PDF.
        self.page.__NoDefault__ = [*self.page.__NoDefault__, "StructParents", "Tabs"]
        self.page.StructParents, self.page.Tabs = 0, PDFName("S")

    def _paragraph(self, numbers: list[int], parent: str) -> PDFObject:
        from reportlab.pdfbase.pdfdoc import PDFObjectReference

        page = PDFObjectReference(self.page.__InternalName__)
        paragraph = self._element("P", parent, numbers, f"structureP{numbers[0]}", {"Pg": page})
        self.parents.update(dict.fromkeys(numbers, paragraph))
        return paragraph

    def _element(self, kind: str, parent: str, children: list[Any], name: str, more: dict[str, Any]) -> PDFObject:
        """A reference to a new element; its parent may still have to come."""
        from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference

        entries = {"Type": PDFName("StructElem"), "S": PDFName(kind), "P": PDFObjectReference(parent), "K": PDFArray(children)}
        reference: PDFObject = self.document.Reference(PDFDictionary(entries | more), name)
        return reference
