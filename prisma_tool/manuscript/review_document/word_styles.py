"""Styles of a document that its authors may have poured into a journal's template: ours are found there by name, or left out.

Pure. Invariant: an element never names a style that the document has not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from prisma_tool.manuscript.review_document.word_scan import W

_OWN_NAMES = {
    "Heading1": "heading 1",
    "Heading2": "heading 2",
    "Heading3": "heading 3",
    "Heading4": "heading 4",
    "ListBullet": "list bullet",
    "TableGrid": "table grid",
    "Strategy": "strategy",
    "Normal": "normal",
}
"""The identifiers of the styles of a new document, and their names, which stay the same in every program and language of Word."""
_POINTERS = ("pStyle", "tblStyle", "rStyle")


def style_ids(styles: bytes) -> Mapping[str, str]:
    """The identifiers of a document's styles by name, in small letters; empty where they cannot be read."""
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root = ElementTree.fromstring(styles, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return {}
    known = {}
    for style in root.iter(f"{{{W}}}style"):
        name = style.find(f"{{{W}}}name")
        if name is not None:
            known[name.get(f"{{{W}}}val", "").casefold()] = style.get(f"{{{W}}}styleId", "")
    return known


def restyled(element: Any, known: Mapping[str, str]) -> Any:
    """The element with the document's identifiers of its styles; a style that the document has not is left out."""
    for pointer in _POINTERS:
        for named in list(element.iter(f"{{{W}}}{pointer}")):
            own = named.get(f"{{{W}}}val")
            there = known.get(_OWN_NAMES.get(own, own).casefold())
            if there:
                named.set(f"{{{W}}}val", there)
            else:
                named.getparent().remove(named)
    return element
