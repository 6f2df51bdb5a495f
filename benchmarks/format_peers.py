"""Reads one file with one reader and says what it cost; for peers executed by the interpreter in which they are installed.

Usage: `python format_peers.py READER FILE [FORMAT]`; prints one JSON object: reader, version, entries, seconds (CPU) and peak memory in
MB, of which `base` had been taken before reading. Peers run as their own documentation shows.

`python format_peers.py fields READER FILE` prints the entries instead, as a list of objects with the fields that `peer_fidelity.py` compares.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any


def ours(path: Path, name: str) -> tuple[Callable[[], int], str]:
    from prisma_tool.formats.registry import open_entries
    from prisma_tool.version import VERSION

    return lambda: sum(1 for _ in open_entries(path.read_bytes(), format=name or None).entries), VERSION


def ours_with_citations(path: Path, name: str) -> tuple[Callable[[], int], str]:
    from prisma_tool.formats.registry import open_entries
    from prisma_tool.version import VERSION

    return lambda: sum(1 for one in open_entries(path.read_bytes(), format=name or None).entries if one.citation), VERSION


def rispy(path: Path, _: str) -> tuple[Callable[[], int], str]:
    import rispy

    def run() -> int:
        with path.open(encoding="utf-8") as file:
            return len(rispy.load(file))

    return run, version("rispy")


def nbib(path: Path, _: str) -> tuple[Callable[[], int], str]:
    import nbib

    return lambda: len(nbib.read(path.read_text(encoding="utf-8"))), version("nbib")


def bibtexparser(path: Path, _: str) -> tuple[Callable[[], int], str]:
    import bibtexparser

    return lambda: len(bibtexparser.parse_file(str(path)).entries), version("bibtexparser")


def pybtex(path: Path, _: str) -> tuple[Callable[[], int], str]:
    from pybtex.database import parse_file

    return lambda: len(parse_file(str(path), "bibtex").entries), version("pybtex")


READERS = {
    "prisma-tool": ours,
    "prisma-tool+citations": ours_with_citations,
    "rispy": rispy,
    "nbib": nbib,
    "bibtexparser": bibtexparser,
    "pybtex": pybtex,
}


Entry = dict[str, Any]


def rispy_fields(path: Path) -> list[Entry]:
    import rispy

    def one(entry: Entry) -> Entry:
        pages = [entry.get("start_page"), entry.get("end_page")]
        return {
            "title": entry.get("title") or entry.get("primary_title"),
            "authors": [name.partition(",")[0] for name in entry.get("authors", entry.get("first_authors", []))],
            "year": (entry.get("year") or entry.get("publication_year") or "")[:4],
            "journal": entry.get("journal_name") or entry.get("secondary_title") or entry.get("alternate_title3"),
            "volume": entry.get("volume"),
            "issue": entry.get("number"),
            "pages": "-".join(filter(None, pages)),
            "doi": entry.get("doi"),
            "abstract": entry.get("abstract") or entry.get("notes_abstract"),
        }

    with path.open(encoding="utf-8") as file:
        return [one(entry) for entry in rispy.load(file)]


def nbib_fields(path: Path) -> list[Entry]:
    import nbib

    def one(entry: Entry) -> Entry:
        return {
            "title": entry.get("title"),
            "authors": [
                name.get("author", name.get("author_abbreviated", "")).partition(",")[0] for name in entry.get("authors", [])
            ]
            + entry.get("corporate_authors", [entry["corporate_author"]] if "corporate_author" in entry else []),
            "year": str(entry.get("publication_date", ""))[:4],
            "journal": entry.get("journal"),
            "volume": entry.get("journal_volume"),
            "issue": entry.get("journal_issue"),
            "pages": entry.get("pages"),
            "doi": entry.get("doi"),
            "abstract": entry.get("abstract"),
        }

    return [one(entry) for entry in nbib.read(path.read_text(encoding="utf-8"))]


_BIBTEX = {name: name for name in ("title", "year", "journal", "volume", "pages", "doi", "abstract")} | {"issue": "number"}


def bibtexparser_fields(path: Path) -> list[Entry]:
    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts

    layers = [SeparateCoAuthors(), SplitNameParts(), LatexDecodingMiddleware()]
    entries = [entry.fields_dict for entry in bibtexparser.parse_file(str(path), append_middleware=layers).entries]

    def one(fields: dict[str, Any]) -> Entry:
        names = fields["author"].value if "author" in fields else []
        own = {name: fields[key].value for name, key in _BIBTEX.items() if key in fields}
        families = [" ".join((*name.von, *name.last)).strip("{}") for name in names]
        return {name: value.replace("{", "").replace("}", "") for name, value in own.items()} | {"authors": families}

    return [one(fields) for fields in entries]


def pybtex_fields(path: Path) -> list[Entry]:
    from pybtex.database import parse_file
    from pybtex.richtext import Text

    def one(entry: Any) -> Entry:
        own = {name: str(Text.from_latex(entry.fields[key])) for name, key in _BIBTEX.items() if key in entry.fields}
        persons = entry.persons.get("author", [])
        families = [str(Text.from_latex(" ".join((*one.prelast_names, *one.last_names)))) for one in persons]
        return own | {"authors": families}

    return [one(entry) for entry in parse_file(str(path), "bibtex").entries.values()]


def openpyxl_fields(path: Path) -> list[Entry]:
    from openpyxl import load_workbook

    header, *rows = load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
    cells = [dict(zip(header, row, strict=False)) for row in rows]
    return [one | {"authors": [name.partition(",")[0] for name in (one["authors"] or "").split("; ") if name]} for one in cells]


FIELDS = {
    "rispy": rispy_fields,
    "nbib": nbib_fields,
    "bibtexparser": bibtexparser_fields,
    "pybtex": pybtex_fields,
    "openpyxl": openpyxl_fields,
}


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(reader: str, path: str, name: str = "") -> None:
    run, number = READERS[reader](Path(path), name)
    base, started = peak_mb(), time.process_time()
    entries = run()
    seconds = time.process_time() - started
    print(
        json.dumps({"reader": reader, "version": number, "entries": entries, "seconds": seconds, "mb": peak_mb(), "base": base})
    )


if __name__ == "__main__":
    if sys.argv[1] == "fields":
        print(json.dumps(FIELDS[sys.argv[2]](Path(sys.argv[3])), default=str))
    else:
        main(*sys.argv[1:])
