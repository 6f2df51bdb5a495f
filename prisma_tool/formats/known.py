"""The formats that are understood, one a line, in the order in which a file is compared with them.

A format is a module with a name (`FORMAT`), a recogniser `recognises(look) -> bool` and a parser `parse_x(data) -> Parsed`; formats
of large exports also have a reader `open_x(data) -> Account`. Invariant: names are unique; the first recogniser that says yes wins,
so what is unmistakable (an opening bracket, a signature) stands before what is merely likely (a header of a table).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from prisma_tool.formats import (
    bibtex,
    ctgov_json,
    ctgov_xml,
    endnote_tagged,
    endnote_xml,
    ictrp,
    jsonl,
    medline,
    ovid_tagged,
    pubmed_xml,
    ris,
    table,
    wos_tagged,
    xlsx,
)
from prisma_tool.formats.account import Account, Parsed
from prisma_tool.formats.decode import Look


@dataclass(frozen=True, slots=True)
class Format:
    """One format; `open` reads entry by entry where the format allows it, `table` says that it has columns.

    The parser of a table also takes `source_column` (a header) and `columns` (field to header), see `table.parse_table`.
    """

    name: str
    title: str
    recognises: Callable[[Look], bool]
    parse: Callable[..., Parsed]
    open: Callable[..., Account] | None = None
    table: bool = False


_TAGGED = re.compile(r"\W*[A-Z][A-Z0-9]{1,3}\s*-(?:\s|$)")


def _no_table(recognises: Callable[[Look], bool]) -> Callable[[Look], bool]:
    """A recogniser that looks for lines, which an abstract in the cell of a table may quote: a table says first what it is."""
    return lambda look: recognises(look) and not table.announced(look)


def _no_tags(recognises: Callable[[Look], bool]) -> Callable[[Look], bool]:
    """Likewise for lines that an abstract in tagged text may quote."""
    return lambda look: recognises(look) and not _TAGGED.match(look.text.lstrip())


KNOWN: tuple[Format, ...] = (
    Format(xlsx.FORMAT, "XLSX with a header", xlsx.recognises, xlsx.parse_xlsx, xlsx.open_xlsx, table=True),
    Format(pubmed_xml.FORMAT, "PubMed XML", pubmed_xml.recognises, pubmed_xml.parse_pubmed_xml),
    Format(jsonl.FORMAT, "JSON lines of this program", jsonl.recognises, jsonl.parse_jsonl, jsonl.open_jsonl),
    Format(
        ctgov_json.FORMAT, "ClinicalTrials.gov JSON", ctgov_json.recognises, lambda data: ctgov_json.parse_studies(data).parsed
    ),
    Format(ictrp.FORMAT, "ICTRP XML", ictrp.recognises, ictrp.parse_ictrp, ictrp.open_ictrp),
    Format(
        ctgov_xml.FORMAT,
        "classic ClinicalTrials.gov XML",
        ctgov_xml.recognises,
        ctgov_xml.parse_ctgov_xml,
        ctgov_xml.open_ctgov_xml,
    ),
    Format(
        endnote_xml.FORMAT, "EndNote XML", endnote_xml.recognises, endnote_xml.parse_endnote_xml, endnote_xml.open_endnote_xml
    ),
    Format(bibtex.FORMAT, "BibTeX", _no_tags(_no_table(bibtex.recognises)), bibtex.parse_bibtex, bibtex.open_bibtex),
    Format(
        wos_tagged.FORMAT,
        "Web of Science tagged text",
        wos_tagged.recognises,
        wos_tagged.parse_wos_tagged,
        wos_tagged.open_wos_tagged,
    ),
    Format(
        endnote_tagged.FORMAT,
        "EndNote tagged text (.enw)",
        endnote_tagged.recognises,
        endnote_tagged.parse_endnote_tagged,
        endnote_tagged.open_endnote_tagged,
    ),
    Format(ris.FORMAT, "RIS", _no_table(ris.recognises), ris.parse_ris, ris.open_ris),
    Format(
        ovid_tagged.FORMAT,
        "Ovid tagged text",
        _no_table(ovid_tagged.recognises),
        ovid_tagged.parse_ovid_tagged,
        ovid_tagged.open_ovid_tagged,
    ),
    Format(table.FORMAT, "CSV or TSV with a header", _no_tags(table.recognises), table.parse_table, table.open_table, table=True),
    Format(medline.FORMAT, "MEDLINE (.nbib)", medline.recognises, medline.parse_medline, medline.open_medline),
)
BY_NAME: dict[str, Format] = {known.name: known for known in KNOWN}
