"""The file format of the R package PRISMA2020: its rows in order, and how it reads lists.

Source: Haddaway et al., Campbell Syst Rev 2022;18:e1230, and the package's own PRISMA.csv.

Invariant: what `cell_of` writes, the package reads as the same labels and numbers, and `items_in` reads back too; a label that cannot
be written as it is, is changed visibly and its exact form stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prisma_tool.figure.exchange.typed_flow import whole_number
from prisma_tool.figure.words.labels import UNLABELLED
from prisma_tool.formats.text.spreadsheet_cells import SIGNS
from prisma_tool.model.text import printable

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
NONE = "NA"
LIST_ROWS = ("database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded")


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One row: its data key (empty for titles), the shape it belongs to (empty where another row names it), its box and its label.

    `plain` is the label in a review that is no update.
    """

    data: str
    node: str
    box: str
    label: str
    plain: str = ""
    origin: str = ""

    def text(self, *, update: bool) -> str:
        """The label as the figure prints it."""
        return self.label if update else self.plain or self.label

    def description(self, *, update: bool) -> str:
        """The label with the column it belongs to."""
        return self.text(update=update) + (f" ({self.origin})" if self.origin else "")


_LEFT, _OTHER = "databases and registers", "other methods"
_NEW, _ANY = "Identification of new studies via", "Identification of studies via"
_SOUGHT, _MISSING, _ASSESSED = "Reports sought for retrieval", "Reports not retrieved", "Reports assessed for eligibility"
ROWS = (
    PackageRow("", "node4", "prevstud", "Previous studies"),
    PackageRow("previous_studies", "node5", "box1", "Studies included in previous version of review"),
    PackageRow("previous_reports", "", "box1", "Reports of studies included in previous version of review"),
    PackageRow("", "node6", "newstud", f"{_NEW} {_LEFT}", f"{_ANY} {_LEFT}"),
    PackageRow("database_results", "node7", "box2", "Databases"),
    PackageRow("database_specific_results", "", "box2", "Specific databases"),
    PackageRow("register_results", "", "box2", "Registers"),
    PackageRow("register_specific_results", "", "box2", "Specific registers"),
    PackageRow("", "node16", "othstud", f"{_NEW} {_OTHER}", f"{_ANY} {_OTHER}"),
    PackageRow("website_results", "node17", "box11", "Websites"),
    PackageRow("organisation_results", "", "box11", "Organisations"),
    PackageRow("citations_results", "", "box11", "Citation searching"),
    PackageRow("duplicates", "node8", "box3", "Duplicate records removed"),
    PackageRow("excluded_automatic", "", "box3", "Records marked as ineligible by automation tools"),
    PackageRow("excluded_other", "", "box3", "Records removed for other reasons"),
    PackageRow("records_screened", "node9", "box4", "Records screened", origin=_LEFT),
    PackageRow("records_excluded", "node10", "box5", "Records excluded", origin=_LEFT),
    PackageRow("dbr_sought_reports", "node11", "box6", _SOUGHT, origin=_LEFT),
    PackageRow("dbr_notretrieved_reports", "node12", "box7", _MISSING, origin=_LEFT),
    PackageRow("other_sought_reports", "node18", "box12", _SOUGHT, origin=_OTHER),
    PackageRow("other_notretrieved_reports", "node19", "box13", _MISSING, origin=_OTHER),
    PackageRow("dbr_assessed", "node13", "box8", _ASSESSED, origin=_LEFT),
    PackageRow("dbr_excluded", "node14", "box9", "Reports excluded", origin=_LEFT),
    PackageRow("other_assessed", "node20", "box14", _ASSESSED, origin=_OTHER),
    PackageRow("other_excluded", "node21", "box15", "Reports excluded", origin=_OTHER),
    PackageRow("new_studies", "node15", "box10", "New studies included in review", "Studies included in review"),
    PackageRow("new_reports", "", "box10", "Reports of new included studies", "Reports of included studies"),
    PackageRow("total_studies", "node22", "box16", "Total studies included in review"),
    PackageRow("total_reports", "", "box16", "Reports of total included studies"),
    PackageRow("identification", "node1", "identification", "Identification"),
    PackageRow("screening", "node2", "screening", "Screening"),
    PackageRow("included", "node3", "included", "Included"),
    PackageRow(
        "total_studies_ma", "node23", "box17", "Total studies included in meta-analysis", "Studies included in meta-analysis"
    ),
    PackageRow(
        "total_reports_ma",
        "",
        "box17",
        "Reports of total included studies in meta-analysis",
        "Reports of studies included in meta-analysis",
    ),
)
"""The 34 rows in the package's order."""
BARS = ("identification", "screening", "included")
"""Keys of rows that name phases and hold no number."""

_THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
_PARTS = re.compile(r"\s*[,;]\s*")
_FORMULA = re.compile(rf"^[{re.escape(SIGNS)}]+\s*")
_ITEM = re.compile(r"(?P<label>.*?),\s*(?P<n>[^,]*|[0-9]{1,3}(?:,[0-9]{3})+)\s*", re.DOTALL)
_BRACKETED = re.compile(r"(?P<label>.*?)\s*(?P<n>\(n\s*=[^()]*\))\s*", re.DOTALL | re.IGNORECASE)
_PLACEHOLDER = re.compile(r"x+", re.IGNORECASE)


def plain(label: str) -> str:
    """A label that the package reads whole: no comma or semicolon, no quote or backslash (Graphviz), no start of a formula."""
    text = _PARTS.sub(" / ", _THOUSANDS.sub(" ", printable(label)))
    text = text.replace("'", "’").replace('"', "”").replace("\\", "/")
    return _FORMULA.sub("– ", text).strip() or UNLABELLED


def cell_of(lines: Mapping[str, int]) -> str:
    """The list as one cell; a list without lines is 0."""
    return "; ".join(f"{plain(label)}, {n}" for label, n in lines.items()) or "0"


_EXAMPLE = re.compile(r"(?:database|register|reason)\s?[0-9]+", re.IGNORECASE)
"""What the package's own file calls the lines of its lists, until somebody fills it in."""


@dataclass(frozen=True, slots=True)
class ListItem:
    """One line of a list as it was read; `n` is None for a placeholder that nobody filled. `clear` is False where R reads otherwise."""

    label: str
    n: int | None
    clear: bool = True


def items_in(cell: str) -> Iterator[ListItem]:
    """The lines of a list. The last comma parts label and number, so that labels may hold commas; in quotes also semicolons.

    A number alone is a line without a label, which is how R reads it too.

    Raises:
        ValueError: a line has no number; the line is the error's text.
    """
    if not cell.strip() or cell.strip().upper() == NONE:
        return
    try:
        whole = whole_number(cell)
    except ValueError:
        yield from (_item(part.strip()) for part in _split(cell) if part.strip())
        return
    if whole:
        yield ListItem("", whole)


def _split(cell: str) -> Iterator[str]:
    part, quoted = "", False
    for character in cell:
        if character == ";" and not quoted:
            yield part
            part = ""
        else:
            quoted ^= character == '"'
            part += character
    # A quote that is never closed is a letter like any other.
    yield from part.split(";") if quoted else (part,)


def _item(text: str) -> ListItem:
    match = _BRACKETED.fullmatch(text) or _ITEM.fullmatch(text)
    if match is None:
        raise ValueError(text)
    label, number = match["label"].strip(), match["n"].strip()
    bare = label[1:-1].strip() if label.startswith('"') and label.endswith('"') and len(label) > 1 else label
    if _PLACEHOLDER.fullmatch(number):
        return ListItem(bare, None)
    try:
        n = whole_number(number)
    except ValueError:
        raise ValueError(text) from None
    if not n and _EXAMPLE.fullmatch(bare):
        return ListItem(bare, None)
    if n is None:
        raise ValueError(text)
    return ListItem(bare, n, clear="," not in label and '"' not in label and match.re is _ITEM)
