"""The rejects of a file as a file of the same format, so that mending them is all that stands before importing them.

Invariant: each reject's untouched text is in it once; only what holds the entries together (a header, a root, brackets) is added.
"""

from __future__ import annotations

import csv
import io

from prisma_tool.formats import ctgov_json, pubmed_xml, table
from prisma_tool.formats.account import Parsed
from prisma_tool.formats.decode import decode


def rejects_text(parsed: Parsed, original: bytes) -> str:
    """The rejects of `parsed`, which was read from `original`."""
    raw = [reject.raw for reject in parsed.rejects]
    if parsed.format == table.FORMAT:
        return "\n".join([_header(original), *raw]) + "\n"
    if parsed.format == ctgov_json.FORMAT:
        return "[" + ",\n".join(raw) + "]\n"
    if parsed.format == pubmed_xml.FORMAT:
        return "\n".join(["<PubmedArticleSet>", *raw, "</PubmedArticleSet>", ""])
    return "\n\n".join(part.rstrip("\n") for part in raw) + "\n"


def _header(original: bytes) -> str:
    """The table's header as the rejected rows are written: with commas, whatever the file had."""
    text = decode(original).text
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter(text))
    header = io.StringIO()
    csv.writer(header, lineterminator="").writerow(next(row for row in rows if any(cell.strip() for cell in row)))
    return header.getvalue()
