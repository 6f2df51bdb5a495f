"""The formats that are understood, one a line, in the order in which a file is compared with them.

A format is a module with a name (`FORMAT`), a recogniser `recognises(look) -> bool` and a parser `parse_x(data) -> Parsed`; formats
of large exports also have a reader `open_x(data) -> Account`. Invariant: names are unique; the first recogniser that says yes wins,
so what is unmistakable (an opening bracket, a signature) stands before what is merely likely (a header of a table).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from prisma_tool.formats.account.account import FileAccount, Parsed
from prisma_tool.formats.bibtex import reader as bibtex
from prisma_tool.formats.csl import reader as csl
from prisma_tool.formats.endnote import xml_reader
from prisma_tool.formats.europepmc import reader as europepmc
from prisma_tool.formats.jsonl import reader as jsonl
from prisma_tool.formats.medline import reader as medline
from prisma_tool.formats.pubmed import reader as pubmed_xml
from prisma_tool.formats.registers import ctgov_reader, ctgov_xml, ictrp
from prisma_tool.formats.ris import reader as ris
from prisma_tool.formats.tables import csv_reader, xlsx_reader
from prisma_tool.formats.tagged import ebsco_xml, euctr_text, ovid, refer
from prisma_tool.formats.tagged.dialect_reader import TaggedReader
from prisma_tool.formats.text.decoding import Look


@dataclass(frozen=True, slots=True)
class Format:
    """One format; `open` reads entry by entry where the format allows it, `table` says that it has columns.

    The parser of a table also takes `source_column` (a header) and `columns` (field to header), see `csv_reader.parse_table`.
    """

    name: str
    title: str
    recognises: Callable[[Look], bool]
    parse: Callable[..., Parsed]
    open: Callable[..., FileAccount] | None = None
    table: bool = False


_TAGGED = re.compile(r"\W*[A-Z][A-Z0-9]{1,3}\s*-(?:\s|$)")


def _no_table(recognises: Callable[[Look], bool]) -> Callable[[Look], bool]:
    """A recogniser that looks for lines, which an abstract in the cell of a table may quote: a table says first what it is."""
    return lambda look: recognises(look) and not csv_reader.announced(look)


def _no_tags(recognises: Callable[[Look], bool]) -> Callable[[Look], bool]:
    """Likewise for lines that an abstract in tagged text may quote."""
    return lambda look: recognises(look) and not _TAGGED.match(look.text.lstrip())


def _of(platform: str) -> Format:
    """Tagged text that is read by the table of its platform."""
    reader = TaggedReader(platform)
    return Format(reader.dialect.format, reader.dialect.title, reader.recognises, reader.parse, reader.open)


KNOWN: tuple[Format, ...] = (
    Format(
        xlsx_reader.FORMAT,
        "XLSX with a header",
        xlsx_reader.recognises,
        xlsx_reader.parse_xlsx,
        xlsx_reader.open_xlsx,
        table=True,
    ),
    Format(pubmed_xml.FORMAT, "PubMed XML", pubmed_xml.recognises, pubmed_xml.parse_pubmed_xml, pubmed_xml.open_pubmed_xml),
    Format(jsonl.FORMAT, "JSON lines of this program", jsonl.recognises, jsonl.parse_jsonl, jsonl.open_jsonl),
    _of("noteexpress"),
    Format(europepmc.FORMAT, "Europe PMC JSON", europepmc.recognises, europepmc.parse_europepmc),
    Format(csl.FORMAT, "CSL-JSON", csl.recognises, csl.parse_csl_json, csl.open_csl_json),
    Format(
        ctgov_reader.FORMAT,
        "ClinicalTrials.gov JSON",
        ctgov_reader.recognises,
        lambda data: ctgov_reader.parse_studies(data).parsed,
        ctgov_reader.open_studies,
    ),
    Format(ictrp.FORMAT, "ICTRP XML", ictrp.recognises, ictrp.parse_ictrp, ictrp.open_ictrp),
    Format(
        ctgov_xml.FORMAT,
        "classic ClinicalTrials.gov XML",
        ctgov_xml.recognises,
        ctgov_xml.parse_ctgov_xml,
        ctgov_xml.open_ctgov_xml,
    ),
    Format(ebsco_xml.FORMAT, "EBSCO XML", ebsco_xml.recognises, ebsco_xml.parse_ebsco_xml, ebsco_xml.open_ebsco_xml),
    Format(xml_reader.FORMAT, "EndNote XML", xml_reader.recognises, xml_reader.parse_endnote_xml, xml_reader.open_endnote_xml),
    Format(bibtex.FORMAT, "BibTeX", _no_tags(_no_table(bibtex.recognises)), bibtex.parse_bibtex, bibtex.open_bibtex),
    _of("web_of_science"),
    Format(
        euctr_text.FORMAT,
        "EU Clinical Trials Register text",
        _no_table(euctr_text.recognises),
        euctr_text.parse_euctr_text,
        euctr_text.open_euctr_text,
    ),
    _of("refworks"),
    Format(
        refer.FORMAT,
        "EndNote tagged text (.enw)",
        refer.recognises,
        refer.parse_endnote_tagged,
        refer.open_endnote_tagged,
    ),
    Format(ris.FORMAT, "RIS", _no_table(ris.recognises), ris.parse_ris, ris.open_ris),
    Format(
        ovid.FORMAT,
        "Ovid tagged text",
        _no_table(ovid.recognises),
        ovid.parse_ovid_tagged,
        ovid.open_ovid_tagged,
    ),
    Format(
        csv_reader.FORMAT,
        "CSV or TSV with a header",
        _no_tags(csv_reader.recognises),
        csv_reader.parse_table,
        csv_reader.open_table,
        table=True,
    ),
    Format(medline.FORMAT, "MEDLINE (.nbib)", medline.recognises, medline.parse_medline, medline.open_medline),
)
BY_NAME: dict[str, Format] = {known.name: known for known in KNOWN}
