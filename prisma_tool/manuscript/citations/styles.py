"""Styles of the Citation Style Language: our own two, and any that a user names.

The two in `styles/` are small ones of our own. Invariant: a style from outside is parsed only after it was found to be XML of bounded
size without entities or a document type, so that reading it opens no other file.
"""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.file_io import read_file

_CSL = "{http://purl.org/net/xbiblio/csl}"
_LARGEST = 1_000_000
"""In bytes; the largest of the styles that journals share has about 150,000."""
_PARENT = "independent-parent"


class OwnStyle(StrEnum):
    """The styles that need no file."""

    VANCOUVER = "vancouver"
    APA = "apa"


def load_style(named: str) -> Any:
    """The style of this name, or in this file.

    Raises:
        UsageError: neither a style of our own nor a .csl file.
        PrismaError: the file cannot be read or holds no style.
    """
    if named.casefold() in tuple(OwnStyle):
        return _parsed(files(__package__).joinpath("styles", f"{named.casefold()}.csl").read_bytes(), named)
    path = Path(named)
    if path.suffix.lower() != ".csl":
        own = ", ".join(OwnStyle)
        raise UsageError(f"'{named}' is no citation style: name {own}, or a style file of zotero.org/styles that ends in .csl.")
    return _parsed(_checked(read_file(path), path), str(path))


def _checked(data: bytes, path: Path) -> bytes:
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    if len(data) > _LARGEST:
        raise PrismaError(f"{path} has {len(data):,} bytes; a citation style has at most {_LARGEST:,}.")
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise PrismaError(f"{path} is not the XML of a citation style: {error}.") from error
    if root.tag != f"{_CSL}style":
        raise PrismaError(f"{path} is XML, but no citation style (CSL); download one from zotero.org/styles.")
    parents = [link.get("href", "") for link in root.iter(f"{_CSL}link") if link.get("rel") == _PARENT]
    if root.find(f"{_CSL}bibliography") is None:
        other = f"; it only points to {parents[0]}: download that one" if parents else ""
        raise PrismaError(f"{path} is a citation style without a bibliography{other}.")
    return data


def _parsed(data: bytes, named: str) -> Any:
    from citeproc import CitationStylesStyle

    try:
        return CitationStylesStyle(BytesIO(data), validate=False)
    except Exception as error:  # the library raises whatever its parts raise
        raise PrismaError(f"The citation style {named} cannot be read: {error}.") from error
